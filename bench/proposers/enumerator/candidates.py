"""What the families give to the search, and what they may spend on it."""

import time
from dataclasses import dataclass

from bench.proposers.enumerator.examples import Examples
from bench.proposers.enumerator.language import Expr


@dataclass(frozen=True, slots=True)
class Candidate:
    """A bool expression and on how many examples it is wrong.

    Without an expression it is a milestone: its family has nothing left that costs less than
    `bits`.
    """

    bits: float
    expr: Expr | None = None
    wrong: int = 0

    @property
    def program(self) -> Expr:
        """The expression of a candidate that is no milestone."""
        if self.expr is None:
            raise ValueError("a milestone has no program")
        return self.expr


def errors(expr: Expr, examples: Examples) -> int | None:
    """On how many examples it is wrong; None as soon as that is every other one, which makes it worth no more time."""
    wrong = 0
    for i, (x, label) in enumerate(zip(examples.values, examples.labels, strict=True)):
        wrong += expr(x) != label
        if 8 <= i < 2 * wrong:
            return None
    return wrong


class Exhausted(Exception):
    """The search has used up its CPU time or memory."""


class Effort:
    """What one search has spent and may spend: CPU seconds of its thread, bytes held.

    The families bound themselves by counts, which are the same on every machine; the seconds are a
    backstop.
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
        """Account for candidates tried and bytes to be held. Raises Exhausted."""
        before, self.tried = self.tried, self.tried + tried
        self._memory_left -= size
        if self._memory_left < 0:
            raise Exhausted
        # Reading the clock costs as much as many a candidate does.
        if (
            before >> 4 != self.tried >> 4
            and self.seconds + time.thread_time() - self._since > self._limit
        ):
            raise Exhausted
