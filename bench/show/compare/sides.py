"""What is compared: the points of a run, or of one value of an axis inside a run."""

from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from bench.record.key import AXES, PointKey
from bench.run.points import Point
from bench.run.results import Results

_OF_FILES = (
    "dataset_dir", "raw_dir", "reports_dir", "ledger", "out_jsonl", "out_csv", "baseline",
    "write_baseline", "api_key_file",
)  # fmt: skip
"""Options that change where things are, and no result."""


class CompareError(ValueError):
    """One line: what cannot be compared, why, and what to do."""


@dataclass(frozen=True, slots=True)
class Side:
    """One side of a comparison: a run, or one value of an axis."""

    name: str
    points: Mapping[Hashable, Point]
    """By what was asked. Those that were cut short count for what they took, and for nothing
    else.
    """
    options: Mapping[str, Any] = field(default_factory=dict)
    """The run's, where its manifest is known."""

    @property
    def decided(self) -> Mapping[Hashable, Point]:
        """The points that can be compared."""
        return {key: p for key, p in self.points.items() if p.decided}


def sides_of_runs(runs: Sequence[Results]) -> list[Side]:
    """A side for each run.

    Axes on which each side has one single value name the sides, and do not part the points.
    """
    points = [[p for p in run.points if not p.dry] for run in runs]
    apart = [
        axis
        for axis in AXES
        if any(len({getattr(p.key, axis) for p in some}) > 1 for some in points)
    ]
    names = _names([run.name for run in runs])
    return [
        Side(name, {_identity(p.key, apart): p for p in some}, _options(run))
        for name, run, some in zip(names, runs, points, strict=True)
    ]


def sides_of_axis(run: Results, axis: str) -> list[Side]:
    """A side for each value of an axis inside a run, in the order in which the run's options give them."""
    others = [other for other in AXES if other != axis]
    sides: dict[str, dict[Hashable, Point]] = {}
    for p in run.points:
        if not p.dry:
            sides.setdefault(getattr(p.key, axis), {})[_identity(p.key, others)] = p
    if len(sides) < 2:
        only = next(iter(sides), "none at all")
        raise CompareError(
            f"{run.path}: comparing by {axis} needs two values of it, and the run has {only}"
        )
    order = _given_order(run, axis)
    names = sorted(sides, key=lambda name: order.index(name) if name in order else len(order))
    return [Side(name, sides[name]) for name in names]


def differing_options(a: Side, b: Side) -> dict[str, tuple[Any, Any]]:
    """The options that the two runs were given different values of, those for files apart."""
    names = [name for name in a.options if name in b.options and name not in _OF_FILES]
    return {
        name: (a.options[name], b.options[name])
        for name in names
        if a.options[name] != b.options[name]
    }


def _given_order(run: Results, axis: str) -> list[str]:
    """The values of an axis as the manifest has them; with several workers the points end in any order."""
    given = _options(run).get("prompt_template" if axis == "prompt_name" else axis)
    values = map(str, given) if isinstance(given, list) else ()
    return [Path(value).stem if axis == "prompt_name" else value for value in values]


def _options(run: Results) -> Mapping[str, Any]:
    options = run.run.get("options")
    return options if isinstance(options, Mapping) else {}


def _identity(key: PointKey, axes: Sequence[str]) -> Hashable:
    return (key.question, tuple(getattr(key, axis) for axis in axes))


def _names(names: Sequence[str]) -> list[str]:
    """The names, with a number where one comes twice."""
    return [f"{name} ({i + 1})" if names.count(name) > 1 else name for i, name in enumerate(names)]
