"""What one evaluation is limited to, `Limits`, and what comes back of it, a `Verdict`."""

from dataclasses import dataclass

from bench.jail.isolation import Isolation
from bench.record.errors import Error

WALL_FACTOR = 5
"""A candidate's wall time, running and waiting together, is at most this times its CPU time."""

WAITING_SECONDS = 5.0
"""Longer than any function of its input alone needs to wait for a lock, a pipe or a sleep."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """What one evaluation may use. The limits on wall time follow from that on CPU time."""

    cpu_seconds: float
    memory_mib: int

    @property
    def wall_seconds(self) -> float:
        """The most that it may run and wait; where waiting cannot be seen, all time that passes."""
        return WALL_FACTOR * self.cpu_seconds

    @property
    def waiting_seconds(self) -> float:
        """The longest that it may wait with no thread at work. Waiting for a processor is free."""
        return min(WAITING_SECONDS, self.wall_seconds - self.cpu_seconds)


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """What the jail says of a candidate: predictions, or why there are none."""

    predictions: bytes | None
    """One byte for each input, in their order: one of the four codes of wire.py.

    None with every error except `runtime_error` and `bad_output`, and with a `bad_output` that
    concerns the whole reply.
    """
    error: Error | None
    detail: str | None
    """The first exception's type and message, printable and at most 2,000 characters long."""
    cpu_ms: float
    wall_ms: float
    peak_kib: int | None
    isolation: Isolation
    """How well the child was isolated that ran the candidate."""
