"""When an answer was asked for, how long it took, and when to look for it again."""

import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime


@dataclass(frozen=True, slots=True)
class Clock:
    """When an answer was asked for, and how long ago that was."""

    started_at: str = field(default_factory=lambda: datetime.now(UTC).isoformat())
    """UTC, ISO 8601."""
    _start: float = field(default_factory=time.perf_counter)

    @property
    def ms(self) -> float:
        """Milliseconds since then."""
        return (time.perf_counter() - self._start) * 1000


def growing_pauses(first: float, longest: float) -> Iterator[float]:
    """Seconds between two looks at what takes a server long: each half as much again."""
    pause = first
    while True:
        yield pause
        pause = min(pause * 1.5, longest)
