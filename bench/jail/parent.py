"""The harness's side of the jail: hands programs to a zygote, and trusts nothing that comes back."""

import fcntl
import os
import random
import signal
import socket
from array import array
from collections.abc import Collection, Sequence
from contextlib import ExitStack, suppress
from dataclasses import dataclass

import anyio

from bench.jail import launch
from bench.jail.launch import JailBroken, Zygote
from bench.jail.verdict import Limits, Verdict
from bench.jail.wire import (
    BAD_VALUE,
    DETAIL_CHARS,
    KINDS,
    ORDER,
    OUTCOMES,
    RAISED,
    REPLY,
    REQUEST,
    STATUS,
    InputKind,
    encode,
    longest_reply,
)

WALL_FACTOR = 5
"""Wall time that a candidate may take, in multiples of its CPU time."""

_GRACE_SECONDS = 10.0
"""How long a zygote may take over a child's wall time until it counts as hung."""

_CHUNK = 1 << 16
_LARGEST_PIPE = 1 << 20  # what an ordinary user may ask for, /proc/sys/fs/pipe-max-size


class _ZygoteGone(Exception):
    """The zygote died, or hung, before it said how the child ended."""


@dataclass(frozen=True, slots=True)
class _End:
    """How a child ended: STATUS, unpacked."""

    wait_status: int
    killed: bool
    cpu_seconds: float
    wall_seconds: float
    peak_kib: int


class Jail:
    """Evaluates candidates, several at a time if asked. Starts its zygote when the first one arrives.

    `without` leaves out parts of the isolation (`restrict.PARTS`), to see how the jail holds where they are missing.
    """

    def __init__(self, *, without: Collection[str] = ()) -> None:
        self._without = tuple(without)
        self._zygote: Zygote | None = None
        self._starting = anyio.Lock()
        # More children than processors would only wait for one another, and run into their wall time.
        self._slots = anyio.CapacityLimiter(len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else 2)

    async def evaluate(self, source: str, inputs: Sequence[str], kind: InputKind, limits: Limits, seed: int) -> Verdict:
        """Run a program on inputs (strings without line feeds), within the limits.

        The seed orders the inputs (the verdict is in the order given) and feeds the candidate's random numbers.
        Raises JailBroken where nothing can be run, ValueError for an input with a line feed.
        """
        keys = array("Q", random.Random(seed).randbytes(8 * len(inputs)))  # noqa: S311 - repeatable on purpose
        order = sorted(range(len(inputs)), key=keys.__getitem__)
        request = _request(source, [inputs[i] for i in order], kind, seed)
        async with self._slots:
            for _ in range(2):
                zygote = await self._running()
                try:
                    end, reply = await _exchange(zygote, request, longest_reply(len(inputs)), limits)
                except _ZygoteGone:
                    await self._discard(zygote)
                    continue
                return _verdict(end, reply, order, limits, zygote.isolation)
        detail = "the jail's zygote died under this candidate, twice"
        return Verdict(
            predictions=None, error="crashed", detail=detail, cpu_ms=0, wall_ms=0, peak_kib=None,
            isolation=zygote.isolation,
        )  # fmt: skip

    async def aclose(self) -> None:
        """End the zygote, and with it every child."""
        if self._zygote is not None:
            await self._discard(self._zygote)

    async def _running(self) -> Zygote:
        async with self._starting:
            if self._zygote is None:
                self._zygote = await anyio.to_thread.run_sync(lambda: launch.start(without=self._without))
            return self._zygote

    async def _discard(self, zygote: Zygote) -> None:
        if self._zygote is zygote:
            self._zygote = None
        with anyio.CancelScope(shield=True):
            await anyio.to_thread.run_sync(zygote.stop)


def _request(source: str, inputs: list[str], kind: InputKind, seed: int) -> bytes:
    program, lines = encode(source), encode("\n".join(inputs))
    if lines.count(b"\n") != max(0, len(inputs) - 1):
        raise ValueError("an input holds a line feed")
    head = REQUEST.pack(len(program), len(lines), len(inputs), KINDS.index(kind), seed % 2**64)
    return head + program + lines


async def _exchange(zygote: Zygote, request: bytes, longest: int, limits: Limits) -> tuple[_End, bytes]:
    """Have a child forked, feed it the request, and collect its reply and its end.

    Raises _ZygoteGone, and JailBroken where the child could not be forked or restricted.
    """
    wall = WALL_FACTOR * limits.cpu_seconds
    reply, status = bytearray(), bytearray()
    with ExitStack() as ours:
        with ExitStack() as theirs:
            pipes = [os.pipe() for _ in range(3)]
            (request_end, feed), (reply_from, reply_end), (status_from, status_end) = pipes
            for fd in (feed, reply_from, status_from):
                ours.callback(os.close, fd)
                os.set_blocking(fd, False)
            for fd in (request_end, reply_end, status_end):
                theirs.callback(os.close, fd)
            if hasattr(fcntl, "F_SETPIPE_SZ"):
                with suppress(OSError):  # above what this user's pipes may take together
                    fcntl.fcntl(feed, fcntl.F_SETPIPE_SZ, min(len(request), _LARGEST_PIPE))
            message = ORDER.pack(limits.cpu_seconds, wall, limits.memory_mib)
            try:
                socket.send_fds(zygote.control, [message], [request_end, reply_end, status_end])
            except OSError as error:
                raise _ZygoteGone from error
        with anyio.move_on_after(wall + _GRACE_SECONDS):
            async with anyio.create_task_group() as tasks:
                if rest := _push(feed, memoryview(request)):
                    tasks.start_soon(_feed, feed, rest)
                if longest >= _CHUNK:  # more than a pipe holds
                    tasks.start_soon(_collect, reply_from, reply, longest + 1)
                await _collect(status_from, status, _CHUNK)
                tasks.cancel_scope.cancel()
        _drain(reply_from, reply, longest + 1)
    if len(status) < STATUS.size:
        if status:
            raise JailBroken(f"the jail cannot start a process: {bytes(status).decode(errors='replace')}")
        raise _ZygoteGone
    if trouble := status[: -STATUS.size]:
        raise JailBroken(f"the jail cannot isolate a process any more: {bytes(trouble).decode(errors='replace')}")
    return _End(*STATUS.unpack(status)), bytes(reply)


async def _feed(fd: int, data: memoryview) -> None:
    """Write all of the data, or as much as anyone reads."""
    while data:
        await anyio.wait_writable(fd)
        data = _push(fd, data)


def _push(fd: int, data: memoryview) -> memoryview:
    """Write what the pipe takes now. The rest: nothing where there is no reader any more."""
    try:
        while data:
            data = data[os.write(fd, data) :]
    except BlockingIOError:
        return data
    except BrokenPipeError:
        pass
    return data[:0]


async def _collect(fd: int, into: bytearray, most: int) -> None:
    """Read to the end of the pipe, or until there are `most` bytes."""
    while not _drain(fd, into, most):
        await anyio.wait_readable(fd)


def _drain(fd: int, into: bytearray, most: int) -> bool:
    """Read what is there now, up to `most` bytes altogether. True once nothing more can come."""
    while len(into) < most:
        try:
            part = os.read(fd, min(_CHUNK, most - len(into)))
        except BlockingIOError:
            return False
        if not part:
            return True
        into += part
    return True


def _verdict(end: _End, reply: bytes, order: list[int], limits: Limits, isolation: str) -> Verdict:
    error, detail, codes = _judge(end, reply, len(order), limits)
    predictions = None
    if codes is not None:
        restored = bytearray(len(order))
        for i, code in zip(order, codes, strict=True):
            restored[i] = code
        predictions = bytes(restored)
    return Verdict(
        predictions=predictions,
        error=error,
        detail=None if detail is None else _printable(detail),
        cpu_ms=end.cpu_seconds * 1000,
        wall_ms=end.wall_seconds * 1000,
        peak_kib=end.peak_kib,
        isolation=isolation,
    )


def _judge(end: _End, reply: bytes, count: int, limits: Limits) -> tuple[str | None, str | None, bytes | None]:
    """Error, detail and codes (in the child's order) from what a child left."""
    if end.cpu_seconds > limits.cpu_seconds:
        return "timeout", f"more than {limits.cpu_seconds:g} s of CPU time", None
    if end.killed:
        return "timeout", f"more than {WALL_FACTOR * limits.cpu_seconds:g} s of wall time", None
    if os.WIFSIGNALED(end.wait_status):
        name = signal.Signals(os.WTERMSIG(end.wait_status)).name
        if name == "SIGSYS":
            return "violation", "SIGSYS: a system call that no candidate needs", None
        return "timeout" if name == "SIGXCPU" else "crashed", name, None
    if not reply:
        return "crashed", f"left with exit status {os.waitstatus_to_exitcode(end.wait_status)}, without a reply", None
    parsed = _parse(reply, count)
    if parsed is None:
        return "bad_output", "the reply is not one byte an input", None
    outcome, codes, detail = parsed
    if outcome is not None:
        return outcome, detail or None, None
    if RAISED in codes:
        return "runtime_error", detail, codes
    if BAD_VALUE in codes:
        return "bad_output", detail, codes
    return None, None, codes


def _parse(reply: bytes, count: int) -> tuple[str | None, bytes, str] | None:
    """Outcome, codes and detail of a well-formed reply to `count` inputs, else None."""
    if len(reply) < REPLY.size:
        return None
    outcome, codes_size, detail_size = REPLY.unpack_from(reply)
    if outcome >= len(OUTCOMES) or len(reply) != REPLY.size + codes_size + detail_size:
        return None
    codes = reply[REPLY.size : REPLY.size + codes_size]
    if codes_size != (count if OUTCOMES[outcome] is None else 0) or any(code > BAD_VALUE for code in codes):
        return None
    return OUTCOMES[outcome], codes, reply[REPLY.size + codes_size :].decode(errors="replace")


def _printable(text: str) -> str:
    """The text with everything that is no printable character escaped, at most DETAIL_CHARS long."""
    text = text[:DETAIL_CHARS]
    if not text.isprintable():
        text = "".join(c if c.isprintable() else c.encode("unicode_escape").decode() for c in text)
    return text[:DETAIL_CHARS]
