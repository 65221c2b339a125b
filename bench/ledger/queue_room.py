"""How much of a provider's queue a batch may take: what is too large for it is halved.

A provider takes so many tokens in batches at once, and tells how many by refusing. A batch that is
over that by itself never gets in; one that is so beside others may once those have ended.
"""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any

from bench.ledger import polling
from bench.proposers.api.batch_lines import PartLimits
from bench.proposers.clock import growing_pauses

FULL = "token_limit_exceeded"


class QueueRoom:
    """What is known of the room in one queue."""

    def __init__(self, limits: PartLimits) -> None:
        self.limits = limits
        """Of the next batch."""
        self.is_scarce = False
        """Whether batches go one after the other: one of them was refused."""
        self._pauses = growing_pauses(polling.FIRST_POLL, polling.SLOWEST_POLL)

    def refuses(self, errors: Iterable[Mapping[str, Any]]) -> bool:
        """Whether this is why a batch failed: the queue has no room for it."""
        return any(error.get("code") == FULL and not error.get("line") for error in errors)

    def make_smaller(self, requests: int, *, is_alone: bool) -> float | None:
        """After how many seconds to send a refused batch of so many requests again.

        It is halved where it `is_alone`, with no other of ours under way. None where it has one
        request: that is too large by itself, or the queue is full of what others sent.
        """
        self.is_scarce = True
        if not is_alone:
            return 0.0
        if requests < 2:
            return None
        self.limits = replace(self.limits, requests=-(-requests // 2))
        return next(self._pauses)
