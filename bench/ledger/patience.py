"""Waiting with an end. Where it takes long, one line tells the user why."""

import asyncio
from time import monotonic

import structlog

from bench.record.wording import duration

LOOK_SECONDS = 0.2
"""Between two checks whether the wait is over."""

TOLD_AFTER_SECONDS = 2.0

log = structlog.get_logger(__name__)


class Patience:
    """One wait, for up to so many seconds."""

    def __init__(self, seconds: float, point: str) -> None:
        self._seconds = seconds
        self._point = point
        self._since = monotonic()
        self._told = False

    @property
    def is_over(self) -> bool:
        """Whether its time is up."""
        return monotonic() - self._since >= self._seconds

    async def wait(self, why: str) -> None:
        """Wait a moment. `why` says for what, in one line."""
        if not self._told and monotonic() - self._since >= TOLD_AFTER_SECONDS:
            self._told = True
            log.warning(
                "waiting",
                detail=f"{self._point}: waiting, for up to {duration(self._seconds)}: {why}",
            )
        await asyncio.sleep(LOOK_SECONDS)
