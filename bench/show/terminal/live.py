"""The line below pytest's own output that tells how far a run is. On a terminal alone."""

from collections.abc import Callable
from dataclasses import dataclass, field
from time import monotonic

from bench.record.wording import duration, money


@dataclass
class LiveLine:
    """What the line counts."""

    clock: Callable[[], float] = monotonic
    total: int = 0
    done: int = 0
    running: int = 0
    attempts: int = 0
    spent_usd: float = 0.0
    batch: str = ""
    """The batch that all wait for, in words. Nobody knows how long it takes."""
    _started: float = field(init=False)

    def __post_init__(self) -> None:
        self._started = self.clock()

    def render(self) -> str:
        """Points, attempts and money so far, and the time left at the pace so far."""
        waiting = max(0, self.total - self.done - self.running)
        flying = [self.batch] if self.batch else [f"{self.running} running", f"{waiting} waiting"]
        parts = [f"{self.done}/{self.total} points", *flying, f"{self.attempts} attempts"]
        if self.spent_usd:
            parts.append(f"{money(self.spent_usd)} spent")
        if 0 < self.done < self.total and not self.batch:
            left = (self.clock() - self._started) / self.done * (self.total - self.done)
            parts.append(f"about {duration(left)} left")
        return " · ".join(parts)
