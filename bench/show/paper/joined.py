"""The decided points of several runs, put together as those of one."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from bench.options.resolve import flag_of
from bench.record.key import PointKey, varying
from bench.record.undecided import Cause
from bench.run.points import Point, grid_rank
from bench.run.readback import Results

_OF_THE_DATA = ("seed", "negatives", "tabular_representation")
"""Options that runs have to share: with others the tasks were drawn or shown otherwise."""


class PaperError(ValueError):
    """Why there is no table, and what to do, in one line."""


@dataclass(frozen=True)
class Joined:
    """The decided points of some runs, in the grid's order, and what they were drawn with."""

    points: tuple[Point, ...]
    options: Mapping[str, Any]
    """The options of the data, as far as a manifest tells them."""
    undecided: int
    """Points that were cut short, and are left out."""

    @cached_property
    def axes(self) -> tuple[str, ...]:
        """What tells the methods apart: the axes that vary, but for the number of examples."""
        varied = varying(p.key for p in self.points)
        return tuple(axis for axis in varied if axis != "train_size")

    def method(self, point: Point) -> str:
        """What to call the method of a point."""
        return point.key.said(self.axes) if self.axes else point.key.model


def join(runs: Sequence[Results]) -> Joined:
    """The points of these runs.

    Raises PaperError where two runs have the same point, or met other data.
    """
    options = _shared_options(runs)
    found: dict[PointKey, tuple[Point, Results]] = {}
    undecided: set[PointKey] = set()
    for run in runs:
        for point in run.points:
            if not point.decided:
                undecided |= set() if point.dry else {point.key}
            elif point.key in found:
                other = found[point.key][1]
                raise PaperError(
                    f"{run.ids[point.key]} is in {other.path} and in {run.path}: "
                    "give runs of different points"
                )
            else:
                found[point.key] = (point, run)
    _refuse_other_datasets(found.values())
    points = sorted((p for p, _ in found.values()), key=lambda p: grid_rank(p.key))
    cut_short = max(len(undecided - found.keys()), _without_attempts(runs))
    return Joined(tuple(points), options, cut_short)


def _without_attempts(runs: Sequence[Results]) -> int:
    """How many points of one run came to no end, also those that have not even an attempt.

    0 of several runs: what one of them did not come to may be in another.
    """
    if len(runs) > 1 or runs[0].whole:
        return 0
    undecided = runs[0].manifest.undecided
    return sum(one.points for one in undecided if one.cause is not Cause.LEFT_OUT)


def _shared_options(runs: Sequence[Results]) -> Mapping[str, Any]:
    """The options of the data. Raises PaperError where two runs differ in one."""
    shared: dict[str, tuple[Any, Results]] = {}
    for run in runs:
        options = {name: run.manifest.options.get(name) for name in _OF_THE_DATA}
        if options["seed"] is None and run.attempts:
            options["seed"] = run.attempts[0].seed
        for name, value in options.items():
            if value is None:
                continue
            first, other = shared.setdefault(name, (value, run))
            if first != value:
                raise PaperError(
                    f"{other.path} has {flag_of(name)} {first}, and {run.path} {value}: "
                    "their datasets differ; give runs of one of them"
                )
    return {name: value for name, (value, _) in shared.items()}


def _refuse_other_datasets(found: Iterable[tuple[Point, Results]]) -> None:
    """Raise PaperError where two points of the same question and sizes met different datasets."""
    met: dict[tuple[Any, ...], tuple[str, Results]] = {}
    for point, run in found:
        key, options = point.key, run.manifest.options
        asked = (*key.question, key.train_size, options.get("val_size"), options.get("test_size"))
        sha256 = point.attempts[0].dataset_sha256
        first, other = met.setdefault(asked, (sha256, run))
        if first != sha256:
            raise PaperError(
                f"{run.ids[key]} has another dataset in {run.path} than in {other.path} "
                "(another version, or other train sizes beside it?): give one of them"
            )
