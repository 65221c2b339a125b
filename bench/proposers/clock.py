"""When an answer was asked for, and how long it took."""

import time
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
