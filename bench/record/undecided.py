"""Points without an outcome: what became of them, and what kept them from being decided."""

from dataclasses import dataclass
from enum import Enum, auto

_BUDGET = "budget: "
"""The beginning of the reason where no more money may be spent."""


class Cause(Enum):
    """What kept a point from being decided."""

    OUTAGE = auto()
    """The question could not be put."""
    BUDGET = auto()
    """`--max-cost` was reached."""
    INTERRUPTION = auto()
    """The run ended before the point did."""
    LEFT_OUT = auto()
    """It was skipped on purpose, as for the want of a raw table."""


@dataclass(frozen=True, slots=True)
class Undecided:
    """Points that ended without an outcome in one way, as the manifest of their run has them."""

    outcome: str = ""
    """What became of them: `error`, `skipped`, `cut off`, `unasked`, or another word of pytest."""
    reason: str = ""
    """Why, in one line."""
    points: int = 1

    @property
    def cause(self) -> Cause:
        """What kept them from being decided. Here alone the two texts are read."""
        if self.outcome == "error":
            return Cause.OUTAGE
        if self.outcome in ("cut off", "unasked"):
            return Cause.INTERRUPTION
        return Cause.BUDGET if self.reason.startswith(_BUDGET) else Cause.LEFT_OUT


def budget_line(why: str) -> str:
    """The reason of a point that was not decided because of the budget."""
    return _BUDGET + why
