"""The ledger's own thread: a file that another process has locked stops no event loop."""

from collections.abc import Callable
from functools import partial
from typing import ParamSpec, TypeVar

import anyio
import anyio.to_thread

P = ParamSpec("P")
T = TypeVar("T")


class OffLoop:
    """Runs calls that touch a ledger in a thread, one after the other, in the order they came."""

    def __init__(self) -> None:
        self._one = anyio.CapacityLimiter(1)

    async def __call__(self, function: Callable[P, T], *arguments: P.args, **named: P.kwargs) -> T:
        """What the function gives or raises. A call that was made ends, whoever is cancelled."""
        call = partial(function, *arguments, **named)
        with anyio.CancelScope(shield=True):
            given = await anyio.to_thread.run_sync(call, limiter=self._one)
        return given  # noqa: RET504 - to mypy, a scope may swallow what is raised in it
