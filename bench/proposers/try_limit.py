"""How long an answer may take, where the process itself may be stopped meanwhile."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

HELD_UP_SECONDS = 1.0
"""A limit that is noticed so much later was not waited for: the process was stopped."""


@asynccontextmanager
async def at_most(seconds: float) -> AsyncIterator[asyncio.Timeout]:
    """Raise TimeoutError in a block that takes longer.

    A process that was stopped over the limit (Ctrl-Z, a container that pauses) has the answer at
    its door, which was paid for: it gets as long again as it was stopped, and once more `seconds`
    at most.
    """
    loop = asyncio.get_running_loop()
    timer: asyncio.TimerHandle

    def look(due: float) -> None:
        nonlocal timer
        late = loop.time() - due
        if late < HELD_UP_SECONDS:
            limit.reschedule(due)
        else:
            timer = wait(min(late, seconds))

    def wait(longer: float) -> asyncio.TimerHandle:
        due = loop.time() + longer
        return loop.call_at(due, look, due)

    timer = wait(seconds)
    try:
        async with asyncio.timeout(None) as limit:
            yield limit
    finally:
        timer.cancel()
