"""What goes into the jail beside program and inputs, and what comes back: `Limits` and `Verdict`."""

from dataclasses import dataclass


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
