"""One evaluation as the harness sees it: have a child forked, feed it, collect its reply."""

import asyncio
import fcntl
import io
import os
import signal
import socket
import sys
from collections.abc import Container, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass

import anyio

from bench.jail.outside.launch import JailBroken, Zygote
from bench.jail.outside.scarcity import MEMORY
from bench.jail.verdict import Limits
from bench.jail.wire import ENDED, KILLS, NOT_CONFINED, NOT_FORKED, ORDER, STATUS, messages

SILENCE_SECONDS = 30.0
"""A zygote that says nothing of a child for so long is hung: it should do so each second."""

HELD_UP_SECONDS = 1.0
"""If this process notices so late that nothing was said, it was stopped itself."""

CHUNK = 1 << 16
"""Bytes that are read at a time, and what a pipe holds as it is made."""
_SOON_SECONDS = 0.05

_WRITTEN = (True, False, False, True)
"""Whether the harness writes a pipe: request, reply, status, and an interpreter's marks."""

_LARGEST_PIPE = 1 << 20  # what an ordinary user may ask for, /proc/sys/fs/pipe-max-size


class ZygoteGone(Exception):
    """The zygote died or hung before it told how the child ended."""


@dataclass(frozen=True, slots=True)
class End:
    """How a child ended: STATUS, unpacked."""

    wait_status: int
    killed: str | None
    """One of KILLS."""
    cpu_seconds: float
    wall_seconds: float
    peak_kib: int


@dataclass(frozen=True, slots=True)
class Pipes:
    """The harness's ends of a child's pipes."""

    request: io.FileIO
    reply: io.FileIO
    status: int
    marks: int
    """-1 for a candidate: only an interpreter has it."""


@contextmanager
def forked(zygote: Zygote, limits: Limits, *, stays: bool = False) -> Iterator[Pipes]:
    """Order a child, which starts in the background. Closing its pipes ends it.

    One that `stays` is an interpreter. Raises ZygoteGone.
    """
    ours: list[io.FileIO] = []
    theirs: list[int] = []
    try:
        try:
            for is_written in _WRITTEN if stays else _WRITTEN[:3]:
                _add_pipe(ours, theirs, is_written=is_written)
            seconds = (limits.cpu_seconds, limits.waiting_seconds, limits.wall_seconds)
            order = ORDER.pack(*seconds, limits.memory_mib)
            try:
                socket.send_fds(zygote.control, [order], theirs)
            except OSError as error:
                raise ZygoteGone from error
        finally:
            for end in theirs:
                os.close(end)
        request, reply, status, *marks = ours
        yield Pipes(request, reply, status.fileno(), marks[0].fileno() if stays else -1)
    finally:
        for pipe in ours:
            pipe.close()


def _add_pipe(ours: list[io.FileIO], theirs: list[int], *, is_written: bool) -> None:
    """Make a pipe that the harness writes, or reads, without blocking. Raises JailBroken."""
    try:
        reading, writing = os.pipe()
    except OSError as error:
        raise JailBroken(f"the jail has no pipe for a process: {error.strerror}") from None
    if is_written and sys.platform == "linux":
        # Else a child might open it once more by /proc, to write: its input would never end, and
        # no time count in which it waits.
        os.fchmod(reading, 0)
    end, other = (writing, reading) if is_written else (reading, writing)
    theirs.append(other)
    ours.append(io.FileIO(end, "w" if is_written else "r"))
    os.set_blocking(end, False)


async def converse(pipes: Pipes, request: bytes, longest: int) -> tuple[End, bytes]:
    """Send the child its request, and wait for its end: how it ended, and its reply.

    At most one byte more than `longest` is read of the reply. Raises ZygoteGone, and JailBroken if
    the child could not be forked or restricted.
    """
    reply, status = bytearray(), bytearray()
    if len(request) > CHUNK:
        widen(pipes.request, len(request))
    rest = push(pipes.request, memoryview(request))
    if not rest:
        pipes.request.close()
    if rest or not await _ends_soon(pipes.status, status):
        async with anyio.create_task_group() as tasks:
            if rest:
                tasks.start_soon(_feed_all, pipes.request, rest)
            tasks.start_soon(_collect_reply, pipes.reply, reply, longest)
            await collect_status(pipes.status, status, (ENDED,))
            tasks.cancel_scope.cancel()
    if not pipes.reply.closed:
        drain(pipes.reply.fileno(), reply, longest + 1)
    return end_in(status), bytes(reply)


def widen(pipe: io.FileIO, size: int) -> None:
    """Let a pipe hold so many bytes, or as many as the system lets it."""
    if hasattr(fcntl, "F_SETPIPE_SZ"):
        with suppress(OSError):  # this user's pipes together may have no room for it
            fcntl.fcntl(pipe.fileno(), fcntl.F_SETPIPE_SZ, min(size, _LARGEST_PIPE))


def is_killed(wait_status: int) -> bool:
    """Whether SIGKILL ended the child."""
    return os.WIFSIGNALED(wait_status) and os.WTERMSIG(wait_status) == signal.SIGKILL


def end_in(status: bytearray) -> End:
    """How the child ended, from what came through its status pipe.

    Raises JailBroken if it ran no candidate, or the machine ran out of memory under it; ZygoteGone
    if its end is not told.
    """
    end = None
    for kind, body in messages(status):
        why = body.decode(errors="replace")
        if kind == NOT_FORKED:
            raise JailBroken(f"the jail cannot start a process: {why}")
        if kind == NOT_CONFINED:
            raise JailBroken(f"the jail cannot isolate a process any more: {why}")
        if kind == ENDED:
            wait_status, killed, *measured = STATUS.unpack(body)
            end = End(wait_status, KILLS[killed], *measured)
            if KILLS[killed] is None and is_killed(wait_status):
                MEMORY.need()
    if end is None:
        raise ZygoteGone
    return end


async def _feed_all(pipe: io.FileIO, data: memoryview) -> None:
    """Write all of the data, or as much as is read, and close the pipe."""
    await feed(pipe, data)
    pipe.close()


async def feed(pipe: io.FileIO, data: memoryview) -> None:
    """Write all of the data, or as much as is read."""
    while data:
        await anyio.wait_writable(pipe.fileno())
        data = push(pipe, data)


def push(pipe: io.FileIO, data: memoryview) -> memoryview:
    """Write what the pipe takes now; the rest of the data, nothing where nobody reads it."""
    try:
        while data:
            data = data[os.write(pipe.fileno(), data) :]
    except BlockingIOError:
        return data
    except BrokenPipeError:
        return data[:0]
    return data


async def collect(fd: int, into: bytearray, most: int) -> None:
    """Read to the end of the pipe, or until there are `most` bytes."""
    while not drain(fd, into, most):
        await anyio.wait_readable(fd)


async def _ends_soon(fd: int, into: bytearray) -> bool:
    """Whether the child ends soon, as most do: the tasks to serve it meanwhile are dearer."""
    loop = asyncio.get_running_loop()
    deadline = loop.time() + _SOON_SECONDS
    while not _hears_the_last(fd, into, (ENDED,)):
        if not await _is_readable(fd, deadline):
            return False
    return True


async def _is_readable(fd: int, deadline: float) -> bool:
    """Wait until something can be read, or up to a time of the loop's; whether something can.

    That is half as dear as anyio's way, and each candidate pays for it.
    """
    loop = asyncio.get_running_loop()
    ready: asyncio.Future[bool] = loop.create_future()

    def tell(can_be_read: bool) -> None:
        if not ready.done():
            ready.set_result(can_be_read)

    timer = loop.call_at(deadline, tell, False)
    loop.add_reader(fd, tell, True)
    try:
        return await ready
    finally:
        timer.cancel()
        loop.remove_reader(fd)


async def collect_status(fd: int, into: bytearray, last: Container[int]) -> None:
    """Read until a message of a kind in `last`, or until the zygote is silent for too long."""
    while not _hears_the_last(fd, into, last):
        heard = len(into)
        with anyio.move_on_after(SILENCE_SECONDS) as silence:
            await anyio.wait_readable(fd)
        # Read once more: this process may have been held up itself, and something come meanwhile;
        # or the zygote was stopped with it, and says something soon.
        was_stopped = anyio.current_time() > silence.deadline + HELD_UP_SECONDS
        if _hears_the_last(fd, into, last) or (len(into) == heard and not was_stopped):
            return


def _hears_the_last(fd: int, into: bytearray, last: Container[int]) -> bool:
    """Read what the zygote says; True if that is all: such a message, or the end of the pipe."""
    return drain(fd, into, CHUNK) or any(kind in last for kind, _ in messages(into))


async def _collect_reply(pipe: io.FileIO, into: bytearray, longest: int) -> None:
    """Read to the end of the pipe, or close it at one byte too many, so that the child ends."""
    await collect(pipe.fileno(), into, longest + 1)
    if len(into) > longest:
        pipe.close()


def drain(fd: int, into: bytearray, most: int) -> bool:
    """Read what is there now, up to `most` bytes altogether; True if no more is to be read."""
    while len(into) < most:
        try:
            part = os.read(fd, min(CHUNK, most - len(into)))
        except BlockingIOError:
            return False
        if not part:
            return True
        into += part
    return True
