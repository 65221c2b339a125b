"""From the fork to the candidate: a child gives up all but two pipes, and runs what it is sent."""

import _signal
import os
import signal
from dataclasses import dataclass
from typing import NoReturn

from bench.jail.inside import child, interpreter
from bench.jail.walls import restrict
from bench.jail.walls.restrict import Restrictions, Shares
from bench.jail.walls.sight import Proc, peak_kib
from bench.jail.wire import NOT_CONFINED, OUTCOMES, REPLY, message, messages, request

_REHEARSED = request("def f(x): return 0", "text", b"0\n")
_REHEARSED_REPLY = REPLY.pack(OUTCOMES.index(None), 1, 0) + b"\0"
_REHEARSED_CPU_SECONDS = 60
_REHEARSED_MEMORY = 1 << 30


@dataclass(frozen=True, slots=True)
class Ends:
    """A child's ends of its pipes, and the zygote's."""

    request: int
    reply: int
    status: int
    marks: int | None = None
    """Only of an interpreter. The zygote reads it, and the child closes it."""


def become_child(restrictions: Restrictions, ends: Ends, shares: Shares, parent: int) -> NoReturn:
    """Called in the child right after the fork; never returns.

    If a restriction fails, the child says so and runs no program.
    """
    try:
        signal.set_wakeup_fd(-1)
        _signal.signal(signal.SIGCHLD, _signal.SIG_DFL)  # the one in `signal` looks up enums
        restrict.apply(restrictions, shares, parent)
        os.dup2(ends.request, child.REQUEST_FD)
        os.dup2(ends.reply, child.REPLY_FD)
        # What is left open would be a way to the harness, or to other children.
        os.closerange(1, child.REPLY_FD)
        os.closerange(child.REPLY_FD + 1, ends.status)
        os.closerange(ends.status + 1, restrict.ALL_FILES)
        restrict.seal(restrictions)
    except BaseException as error:  # noqa: BLE001 - the candidate must not run with less
        os.write(ends.status, message(NOT_CONFINED, f"{type(error).__name__}: {error}".encode()))
        os._exit(1)
    try:
        os.close(ends.status)
        if ends.marks is not None:
            interpreter.main()
        child.main()
    finally:
        os._exit(1)


def rehearse(restrictions: Restrictions, proc: Proc) -> int:
    """Evaluate a program that does nothing, and give its peak in KiB: every child takes as much.

    Raises OSError if that fails: then every program would fail, through no fault of its own.
    """
    request_from, request_to = os.pipe()
    reply_from, reply_to = os.pipe()
    status_from, status_to = os.pipe()
    os.write(request_to, _REHEARSED)
    os.close(request_to)
    users = restrictions.counting.users
    user = users[0] if users else None
    address_space = proc.address_space() + _REHEARSED_MEMORY
    shares = Shares(user=user, cpu_seconds=_REHEARSED_CPU_SECONDS, address_space=address_space)
    parent = os.getpid()
    pid = os.fork()
    if pid == 0:
        become_child(restrictions, Ends(request_from, reply_to, status_to), shares, parent)
    for end in (request_from, reply_to, status_to):
        os.close(end)
    with os.fdopen(status_from, "rb") as pipe:
        troubles = [body.decode(errors="replace") for _, body in messages(pipe.read())]
    with os.fdopen(reply_from, "rb") as pipe:
        reply = pipe.read()
    _, ended, usage = os.wait4(pid, 0)
    if troubles:
        raise OSError(f"no process can be confined: {troubles[0]}")
    if reply != _REHEARSED_REPLY:
        how = os.waitstatus_to_exitcode(ended)
        raise OSError(f"a program that does nothing ended with {how}, and without its prediction")
    return peak_kib(usage)
