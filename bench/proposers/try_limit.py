"""How long an answer may take, where the process itself may be stopped meanwhile."""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager

import anyio

HELD_UP_SECONDS = 1.0
"""A limit that is noticed so much later was not waited for: the process was stopped."""


@contextmanager
def at_most(seconds: float) -> Iterator[anyio.CancelScope]:
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
            limit.cancel()
        else:
            timer = wait(min(late, seconds))

    def wait(longer: float) -> asyncio.TimerHandle:
        due = loop.time() + longer
        return loop.call_at(due, look, due)

    # Not asyncio.timeout: it cancels once, and code that goes on all the same has no limit then.
    with anyio.CancelScope() as limit:
        timer = wait(seconds)
        try:
            yield limit
        finally:
            timer.cancel()
    if limit.cancelled_caught:
        raise TimeoutError
