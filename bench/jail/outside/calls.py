"""An interpreter as the harness sees it: one call after the other goes to a child that stays.

Everything that the child sends is hostile until it is parsed (callresult.py). A result that has not
the form of one ends the child, and so do bytes that come while no call runs.
"""

import os
from contextlib import AbstractAsyncContextManager, ExitStack, suppress
from dataclasses import dataclass, field
from typing import Protocol

import anyio

from bench.jail.outside.callresult import (
    UNSOLICITED,
    ZYGOTE_DIED,
    CallResult,
    lost,
    parse,
    result_of,
    size_of,
)
from bench.jail.outside.exchange import (
    CHUNK,
    Pipes,
    ZygoteGone,
    collect,
    collect_status,
    drain,
    feed,
    forked,
    push,
    widen,
)
from bench.jail.outside.launch import Zygote
from bench.jail.verdict import Limits
from bench.jail.wire import (
    CALL_BEGINS,
    CALL_ENDS,
    CALLED,
    ENDED,
    RESULT,
    call,
    longest_result,
)


class Host(Protocol):
    """What an interpreter needs of its jail."""

    def turn(self) -> AbstractAsyncContextManager[None]:
        """Wait for a processor, and hold it."""

    async def running(self) -> Zygote:
        """The zygote, started if there is none. Raises JailBroken."""

    async def discard(self, zygote: Zygote) -> None:
        """End a zygote with its children."""


@dataclass(slots=True)
class _Child:
    """A child that stays."""

    zygote: Zygote
    pipes: Pipes
    ends: ExitStack
    """Closes the pipes, by which the child ends."""
    first: bytes
    """What it reads before its next call: examples, or nothing."""
    calls: int = 0
    """How many it has been sent."""
    status: bytearray = field(default_factory=bytearray)
    """What came through the status pipe since the last call."""


class Interpreter:
    """The interpreter of one attempt. A call that ends its child is followed by a new child.

    A child that waits for a call takes no turn at the processors, and no time: it is stopped.
    """

    def __init__(self, host: Host, session: bytes, limits: Limits, output_chars: int) -> None:
        self._host = host
        self._session = session
        self._limits = limits
        self._output_chars = output_chars
        self._child: _Child | None = None
        self._one_at_a_time = anyio.Lock()

    async def run(self, code: str) -> CallResult:
        """Run a piece of code where the earlier ones ran. Raises JailBroken.

        If it is cancelled, the next call finds a fresh interpreter.
        """
        async with self._one_at_a_time, self._host.turn():
            kept, self._child = self._child, None
            if kept is not None:
                return await self._run_in(kept, code) or lost(ZYGOTE_DIED)
            for _ in range(2):
                child = await self._start()
                result = None if child is None else await self._run_in(child, code)
                if result is not None:
                    return result
            return lost(ZYGOTE_DIED)

    async def aclose(self) -> None:
        """End the child. A further call would start another."""
        if self._child is not None:
            self._child.ends.close()
            self._child = None

    async def _start(self) -> _Child | None:
        """A new child; None if the zygote has died. Raises JailBroken."""
        zygote = await self._host.running()
        with ExitStack() as ends:
            try:
                pipes = ends.enter_context(forked(zygote, self._limits, stays=True))
            except ZygoteGone:
                await self._host.discard(zygote)
                return None
            widen(pipes.reply, max(CHUNK, longest_result(self._output_chars)))
            return _Child(zygote, pipes, ends.pop_all(), self._session)

    async def _run_in(self, child: _Child, code: str) -> CallResult | None:
        """The result of a call in a child, which is kept for the next one if nothing ended it.

        None if the zygote has died.
        """
        with ExitStack() as ending:
            ending.callback(child.ends.close)
            try:
                result = await self._call(child, code)
            except ZygoteGone:
                await self._host.discard(child.zygote)
                return None
            if result.error is None:
                ending.pop_all()
                self._child = child
            return result

    async def _call(self, child: _Child, code: str) -> CallResult:
        """Send a call, and wait for its result or the child's end. Raises ZygoteGone."""
        pipes, reply = child.pipes, bytearray()
        drain(pipes.reply.fileno(), reply, 1)
        if reply:
            return lost(UNSOLICITED)
        child.calls += 1
        data = child.first + call(child.calls, code)
        child.first = b""
        if len(data) > CHUNK:
            widen(pipes.request, len(data))
        # Before the child goes on, so that it need not wait for the harness.
        rest = push(pipes.request, memoryview(data))
        _mark(pipes, CALL_BEGINS)
        async with anyio.create_task_group() as tasks:

            async def listen() -> None:
                await _hear_of_an_end(child)
                tasks.cancel_scope.cancel()

            tasks.start_soon(listen)
            if rest:
                tasks.start_soon(feed, pipes.request, rest)
            await self._collect_result(pipes.reply.fileno(), reply)
            tasks.cancel_scope.cancel()
        _mark(pipes, CALL_ENDS)
        await _hear_of_an_end(child)
        self._read_rest(pipes.reply.fileno(), reply)
        shown = parse(reply, child.calls, self._output_chars)
        result = result_of(child.status, reply, shown, self._limits)
        child.status.clear()
        return result

    async def _collect_result(self, fd: int, into: bytearray) -> None:
        """Read one result, or the head of one that is too long.

        Does not return if the pipe ends before: then the child does too, or passes a limit.
        """
        await collect(fd, into, RESULT.size)
        if len(into) == RESULT.size:
            size = size_of(into, self._output_chars)
            await collect(fd, into, size or 0)
            if size is None or len(into) == size:
                return
        await anyio.sleep_forever()

    def _read_rest(self, fd: int, into: bytearray) -> None:
        """Read what is left of a result: a child's end may be told before its last one is read."""
        drain(fd, into, RESULT.size)
        if len(into) >= RESULT.size:
            drain(fd, into, size_of(into, self._output_chars) or 0)


def _mark(pipes: Pipes, mark: bytes) -> None:
    with suppress(BrokenPipeError):  # the child has ended, or the zygote, as the status tells
        os.write(pipes.marks, mark)


async def _hear_of_an_end(child: _Child) -> None:
    """Read until the zygote tells that the call or the child has ended, or is silent too long."""
    await collect_status(child.pipes.status, child.status, (CALLED, ENDED))
