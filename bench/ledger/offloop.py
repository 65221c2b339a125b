"""The ledger's own thread: a file that another process has locked stops no event loop."""

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextvars import copy_context
from functools import partial
from typing import ParamSpec, TypeVar

import anyio

P = ParamSpec("P")
T = TypeVar("T")


class OffLoop:
    """Runs calls that touch a ledger in a thread, one after the other, in the order they came."""

    def __init__(self) -> None:
        self._one = ThreadPoolExecutor(1, "ledger")

    async def __call__(self, function: Callable[P, T], *arguments: P.args, **named: P.kwargs) -> T:
        """What the function gives or raises. A call that was made ends, whoever is cancelled."""
        with anyio.CancelScope(shield=True):
            given = await in_thread(self._one, function, *arguments, **named)
        return given  # noqa: RET504 - to mypy, a scope may swallow what is raised in it

    def close(self) -> None:
        """End the thread, after the calls that were made."""
        self._one.shutdown(wait=False)


async def in_thread(
    one: ThreadPoolExecutor, function: Callable[P, T], *arguments: P.args, **named: P.kwargs
) -> T:
    """What the function gives or raises, called in an executor's thread with this task's context.

    anyio's threads take twice the time for a call, as each may take any thread.
    """
    call = partial(copy_context().run, partial(function, *arguments, **named))
    return await asyncio.get_running_loop().run_in_executor(one, call)
