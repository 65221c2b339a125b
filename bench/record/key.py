"""Which grid point, and what its test is called."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from targets import registered

AXES = ("model", "reasoning_effort", "prompt_name")
"""The fields of a point that an option with several values multiplies."""
AXIS_NAMES = {"model": "model", "reasoning-effort": "reasoning_effort", "prompt": "prompt_name"}
"""The same, by what a command line calls them."""


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

    def id(self, axes: Sequence[str] = ()) -> str:
        """The point's test id; `axes` are the fields that had more than one value in the run."""
        trial = () if self.trial == 1 else (f"t{self.trial}",)
        values = (id_part(getattr(self, axis)) for axis in axes)
        return "-".join((stem(self.fn, self.target), f"L{self.length}", *trial, *values))

    @property
    def question(self) -> tuple[str, int, int]:
        """What is asked, whoever is asked: target, length, trial."""
        return (self.target, self.length, self.trial)

    @property
    def series(self) -> tuple[str, str, str]:
        """Who is asked, and how: the value of each axis."""
        return (self.model, self.reasoning_effort, self.prompt_name)


def id_part(value: str) -> str:
    """An axis's value as a test id holds it: `_` for characters that an id cannot carry."""
    return re.sub(r"[^A-Za-z0-9._-]", "_", value)


def stem(fn: str, target: str) -> str:
    """What the test ids of a target begin with."""
    if (entry := registered(target)) is not None:
        return entry.stem
    return target if fn == target else f"{fn}-{target}"
