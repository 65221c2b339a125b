"""From the fork to the candidate: a child gives up all but two pipes, and runs what it is sent."""

import os
import sys
from collections.abc import Callable
from dataclasses import dataclass
from typing import NoReturn

from bench.jail.inside import child
from bench.jail.inside.orders import Ends
from bench.jail.walls import linux, restrict
from bench.jail.walls.linux import Step
from bench.jail.walls.restrict import Restrictions, Shares
from bench.jail.walls.sight import Proc, peak_kib
from bench.jail.wire import NOT_CONFINED, OUTCOMES, REPLY, message, messages, request

_REHEARSED = request("def f(x): return 0", "text", b"0\n")
_REHEARSED_REPLY = REPLY.pack(OUTCOMES.index(None), 1, 0) + b"\0"
_REHEARSED_MEMORY = 1 << 30

STATUS_FD = 5
"""Where a child has its status pipe, until it is confined."""


@dataclass(frozen=True, slots=True)
class Walls:
    """What a child does before it reads a program: all of it is made ready before the fork."""

    before: tuple[Step, ...]
    """With the descriptors where the zygote has them."""
    after: tuple[Step, ...]
    """With the pipes at the child's own descriptors, and no others."""


def walls(restrictions: Restrictions, shares: Shares) -> Walls:
    """What children of this process, with these shares, are to do."""
    before: tuple[Step, ...] = (
        *restrict.confining(restrictions, shares),
        (_stay_with, (os.getpid(),)),
    )
    after: tuple[Step, ...] = (*restrict.sealing(restrictions), (os.close, (STATUS_FD,)))
    return Walls(before, after)


def empty_pipe() -> int:
    """A pipe of its own for each child's standard input: what a child does to it, no other sees."""
    reading, writing = os.pipe()
    os.close(writing)
    return reading


def steps(walls: Walls, ends: Ends, nothing: int) -> tuple[Step, ...]:
    """All steps of a child with these ends of pipes, and an empty one as its standard input."""
    return (
        *walls.before,
        (os.dup2, (nothing, 0)),
        (os.dup2, (ends.request, child.REQUEST_FD)),
        (os.dup2, (ends.reply, child.REPLY_FD)),
        (os.dup2, (ends.status, STATUS_FD)),
        # What is left open would be a way to the harness, or to other children.
        (os.closerange, (1, child.REPLY_FD)),
        (os.closerange, (STATUS_FD + 1, restrict.ALL_FILES)),
        *walls.after,
    )


def become_child(steps: tuple[Step, ...], status: int, main: Callable[[], NoReturn]) -> NoReturn:
    """Called in the child right after the fork; never returns.

    If a step fails, the child says so and runs no program.
    """
    try:
        linux.take(steps)
    except BaseException as error:  # noqa: BLE001 - the candidate must not run with less
        _say_why_not(error, status)
    try:
        main()
    finally:
        os._exit(1)


def _stay_with(parent: int) -> None:
    """End this process if its parent has ended before it could be told so."""
    if os.getppid() != parent:
        os._exit(1)


def _say_why_not(error: BaseException, status: int) -> NoReturn:
    """Tell the harness why there is no program, wherever the status pipe is by now, and end."""
    what = message(NOT_CONFINED, f"{type(error).__name__}: {error}".encode())
    for fd in (status, STATUS_FD):
        try:
            os.write(fd, what)
        except OSError:  # not open, or not there yet
            continue
        break
    os._exit(1)


def warm_up() -> None:
    """Take such steps as a child's, of those that change nothing here: see child.warm_up."""
    harmless: list[Step] = [(_stay_with, (os.getppid(),))]
    if sys.platform == "linux":
        harmless.append(linux.prctl_step(linux.PR_SET_NO_NEW_PRIVS, 1))
    for _ in range(child.WARM_UPS):
        linux.take(harmless)


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
    shares = Shares(user=user, is_candidate=True, address_space=address_space)
    ready = steps(walls(restrictions, shares), Ends(request_from, reply_to, status_to), 0)
    pid = os.fork()
    if pid == 0:
        become_child(ready, status_to, child.main)
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
