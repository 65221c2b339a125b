"""Which grid point, and what its test is called."""

import hashlib
import json
import re
from collections import Counter
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass

from bench.record.tools import NO_TOOLS
from targets import registered

AXIS_NAMES = {
    "model": "model",
    "reasoning-effort": "reasoning_effort",
    "prompt": "prompt_name",
    "tools": "tools",
    "train-size": "train_size",
}
"""The axes: what a command line calls each, and the field of a point that holds its value."""
AXES = tuple(AXIS_NAMES.values())


@dataclass(frozen=True, slots=True, order=True)
class PointKey:
    """Which grid point. Stable between runs: nothing here depends on what else was in the grid."""

    fn: str
    target: str
    length: int
    trial: int
    model: str
    reasoning_effort: str
    prompt_name: str
    tools: str = NO_TOOLS
    train_size: int = 0
    """How many examples were shown; 0 where an earlier version did not write it down."""

    def id(self, axes: Sequence[str] = ()) -> str:
        """The point's test id, where no other point has the same; see `test_ids`.

        `axes` are the fields that had more than one value in the run.
        """
        trial = () if self.trial == 1 else (f"t{self.trial}",)
        values = (id_part(str(getattr(self, axis))) for axis in axes)
        return "-".join((stem(self.fn, self.target), f"L{self.length}", *trial, *values))

    @property
    def question(self) -> tuple[str, int, int]:
        """What is asked, whoever is asked: target, length, trial."""
        return (self.target, self.length, self.trial)

    @property
    def series(self) -> "Series":
        """Who is asked, and how: the value of each axis."""
        return (*self._asked, self.train_size)

    @property
    def asked(self) -> tuple[str, ...]:
        """Who is asked, for people: tools only where there are any."""
        return self._asked[:-1] if self.tools == NO_TOOLS else self._asked

    @property
    def _asked(self) -> tuple[str, str, str, str]:
        return (self.model, self.reasoning_effort, self.prompt_name, self.tools)

    def said(self, axes: Iterable[str]) -> str:
        """The values of these axes, for people."""
        values = ((axis, getattr(self, axis)) for axis in axes)
        return " · ".join(f"{v} examples" if axis == "train_size" else v for axis, v in values)


Series = tuple[str, str, str, str, int]
"""The value of each axis, in the order of `AXES`."""


def test_ids(keys: Iterable[PointKey], axes: Collection[str] = ()) -> dict[PointKey, str]:
    """The test ids of a run's points, no two of them alike.

    `axes` are those with more than one value in the whole grid: that these points, of one shard
    perhaps, have one value of an axis alone changes no id.
    Characters that an id cannot carry are replaced, so that two names, as of two models in Chinese,
    may become one. The ids of such points end in a short hash of the names.
    """
    points = tuple(dict.fromkeys(keys))
    varied = varying(points)
    shown = tuple(axis for axis in AXES if axis in varied or axis in axes)
    plain = {key: key.id(shown) for key in points}
    times = Counter(plain.values())
    ambiguous = {key.asked for key in points if times[plain[key]] > 1}
    return {
        key: f"{plain[key]}-{_hash(key.asked)}" if key.asked in ambiguous else plain[key]
        for key in points
    }


def varying(keys: Iterable[PointKey]) -> tuple[str, ...]:
    """The axes with more than one value among these points."""
    values: dict[str, set[str | int]] = {axis: set() for axis in AXES}
    for key in keys:
        for axis in AXES:
            values[axis].add(getattr(key, axis))
    return tuple(axis for axis in AXES if len(values[axis]) > 1)


def _hash(asked: Sequence[str]) -> str:
    return hashlib.sha256(json.dumps(asked).encode()).hexdigest()[:8]


def id_part(value: str) -> str:
    """An axis's value as a test id holds it: `_` for characters that an id cannot carry."""
    return re.sub(r"[^A-Za-z0-9._-]", "_", value)


def stem(fn: str, target: str) -> str:
    """What the test ids of a target begin with."""
    if (entry := registered(target)) is not None:
        return entry.stem
    return target if fn == target else f"{fn}-{target}"
