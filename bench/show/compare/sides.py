"""What is compared: the points of a run, or of one value of an axis inside a run."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from bench.options.resolve import places
from bench.record.key import AXES, PointKey, varying
from bench.run.points import Point
from bench.run.readback import Results

Asked = tuple[tuple[str, int, int], tuple[str | int, ...]]
"""What was asked: target, length and trial, and the values of the axes that the sides share."""


class CompareError(ValueError):
    """What cannot be compared, why, and what to do, in one line."""


@dataclass(frozen=True, slots=True)
class Side:
    """One side of a comparison: a run, or one value of an axis."""

    name: str
    points: Mapping[Asked, Point]
    """By what was asked. Of those that were cut short only tokens, cost and time count."""
    options: Mapping[str, Any] = field(default_factory=dict)
    """The run's options, where its manifest is known."""

    @property
    def decided(self) -> Mapping[Asked, Point]:
        """The points that can be compared."""
        return {key: p for key, p in self.points.items() if p.decided}


def sides_of_runs(runs: Sequence[Results]) -> list[Side]:
    """A side for each run.

    Points are told apart by the axes that vary inside a run. On the other axes the sides may have
    different values: that is what is compared.
    """
    varied: set[str] = set()
    for run in runs:
        varied.update(varying(p.key for p in _asked(run)))
    axes = [axis for axis in AXES if axis in varied]
    names = _names([run.name for run in runs])
    sides = []
    for name, run in zip(names, runs, strict=True):
        points = {identity(p.key, axes): p for p in _asked(run)}
        sides.append(Side(name, points, run.manifest.options))
    return sides


def _asked(run: Results) -> list[Point]:
    """The points of a run but for those of a dry run."""
    return [p for p in run.points if not p.dry]


def sides_of_axis(run: Results, axis: str) -> list[Side]:
    """A side for each value of an axis inside a run, in the order of the run's options."""
    others = [other for other in AXES if other != axis]
    sides: dict[str, dict[Asked, Point]] = {}
    for p in _asked(run):
        sides.setdefault(str(getattr(p.key, axis)), {})[identity(p.key, others)] = p
    if len(sides) < 2:
        only = next(iter(sides), "none at all")
        raise CompareError(
            f"{run.path}: comparing by {axis} needs two values of it, and the run has {only}"
        )
    order = _given_order(run, axis)
    names = sorted(sides, key=lambda name: order.index(name) if name in order else len(order))
    return [Side(name, sides[name]) for name in names]


def differing_options(a: Side, b: Side) -> dict[str, tuple[Any, Any]]:
    """The options in which the two runs differ, but for those of files: name to both values."""
    of_files = {*places(), "baseline"}
    shared = [name for name in a.options if name in b.options and name not in of_files]
    pairs = {name: (a.options[name], b.options[name]) for name in shared}
    return {name: (of_a, of_b) for name, (of_a, of_b) in pairs.items() if of_a != of_b}


def _given_order(run: Results, axis: str) -> list[str]:
    """The values of an axis, in the manifest's order: several workers end points in any order."""
    given = run.manifest.options.get("prompt_template" if axis == "prompt_name" else axis)
    values = map(str, given) if isinstance(given, list) else ()
    return [Path(value).stem if axis == "prompt_name" else value for value in values]


def identity(key: PointKey, axes: Sequence[str] = ()) -> Asked:
    """What was asked: a point of another side with the same is the counterpart."""
    return (key.question, tuple(getattr(key, axis) for axis in axes))


def _names(names: Sequence[str]) -> list[str]:
    """The names, with a number where one comes twice."""
    return [f"{name} ({i + 1})" if names.count(name) > 1 else name for i, name in enumerate(names)]
