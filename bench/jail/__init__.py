"""Where candidates run: hostile programs, with limits, and without a label in sight."""

from dataclasses import dataclass
from typing import Literal

RIGHT_ZERO, RIGHT_ONE, RAISED, BAD_VALUE = 0, 1, 2, 3
"""The one byte that comes back for each input: the prediction 0 or 1, or why there is none."""

InputKind = Literal["text", "features"]
"""What `f` receives: the input string itself, or the dict of features it spells (tabular targets)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """What one evaluation may take: CPU seconds (wall time at most five times that), MiB of memory."""

    cpu_seconds: float
    memory_mib: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """What the jail says of a candidate: predictions, or why there are none."""

    predictions: bytes | None
    """One of the four codes an input, in the order of the inputs; None with every error but
    `runtime_error` and `bad_output` (and with a `bad_output` of the whole reply)."""
    error: str | None
    """One of `record.ERRORS`, or None."""
    detail: str | None
    """The first exception's type and message, at most 2,000 characters, control characters escaped."""
    cpu_ms: float
    wall_ms: float
    peak_kib: int | None
    isolation: str
    """`strong`, `partial: <what is missing>` or `process: <what is missing>`."""
