"""What the families give to a search, and how much a search may spend."""

import time
from dataclasses import dataclass

from bench.proposers.enumerator.examples import Examples
from bench.proposers.enumerator.language import Expr


@dataclass(frozen=True, slots=True)
class Contender:
    """A bool expression, and the number of examples that it is wrong on.

    Without an expression it is a milestone: its family has nothing left below this many `bits`.
    """

    bits: float
    expr: Expr | None = None
    wrong: int = 0

    @property
    def program(self) -> Expr:
        """The expression. Raises ValueError for a milestone."""
        if self.expr is None:
            raise ValueError("a milestone has no program")
        return self.expr


def errors(expr: Expr, examples: Examples) -> int | None:
    """The number of examples that it is wrong on; None once that is every other one.

    Then it is not worth any more time.
    """
    wrong = 0
    for i, (x, label) in enumerate(zip(examples.values, examples.labels, strict=True)):
        wrong += expr(x) != label
        if 8 <= i < 2 * wrong:
            return None
    return wrong


class Exhausted(Exception):
    """The search has used up its CPU time or memory."""


class Effort:
    """What one search has spent and may spend: CPU seconds of its thread, and bytes.

    Families limit themselves by counts, which are the same on every machine. The seconds are only
    there for the worst case.
    """

    def __init__(self, seconds: float, memory_bytes: int) -> None:
        self.tried = 0
        self.seconds = 0.0
        self._limit = seconds
        self._memory_left = memory_bytes
        self._since = 0.0

    def __enter__(self) -> None:
        """Start the clock, in the thread that will search."""
        self._since = time.thread_time()

    def __exit__(self, *_: object) -> None:
        self.seconds += time.thread_time() - self._since

    def spend(self, tried: int = 1, size: int = 0) -> None:
        """Count contenders that were tried and bytes that will be held. Raises Exhausted."""
        before, self.tried = self.tried, self.tried + tried
        self._memory_left -= size
        if self._memory_left < 0:
            raise Exhausted
        # Only every 16th time: reading the clock takes about as long as a contender.
        is_time_to_look = before >> 4 != self.tried >> 4
        if is_time_to_look and self.seconds + time.thread_time() - self._since > self._limit:
            raise Exhausted
