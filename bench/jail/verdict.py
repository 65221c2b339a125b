"""What goes into the jail beside program and inputs, and what comes back: `Limits` and `Verdict`."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:  # the jail's own side reads this file too, and is to import no more than it uses
    from bench.record.errors import Error

WALL_FACTOR = 5
"""Wall time, what a candidate runs and what it waits, in multiples of its CPU time."""

WAITING_SECONDS = 5.0
"""More than a function of its input alone ever waits, be it for a lock, a pipe or a sleep's end."""


TASKS = 256
"""How many threads (and processes, where seccomp is missing) a child may have."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """What one evaluation may take: CPU seconds (wall time at most five times that), MiB of memory."""

    cpu_seconds: float
    memory_mib: int

    @property
    def wall_seconds(self) -> float:
        """What it may run and wait together; all time that passes, where waiting cannot be seen."""
        return WALL_FACTOR * self.cpu_seconds

    @property
    def waiting_seconds(self) -> float:
        """How long it may wait with no thread at work; for a processor, it may wait for ever."""
        return min(WAITING_SECONDS, self.wall_seconds - self.cpu_seconds)


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """What the jail says of a candidate: predictions, or why there are none."""

    predictions: bytes | None
    """One of the four codes an input, in the order of the inputs; None with every error but
    `runtime_error` and `bad_output` (and with a `bad_output` of the whole reply)."""
    error: "Error | None"
    detail: str | None
    """The first exception's type and message, at most 2,000 characters, control characters
    escaped.
    """
    cpu_ms: float
    wall_ms: float
    peak_kib: int | None
    isolation: str
    """`strong`, `partial: <what is missing>` or `process: <what is missing>`."""
