"""How many threads a child may have, counted by themselves: what others start must not matter to it.

The kernel counts threads by user id and user namespace (RLIMIT_NPROC in getrlimit(2)). So each
child gets a user id that nobody else has, or else a namespace. Where neither is to be had, all
children of this user are counted together, and the zygote looks now and then how many threads each
one has.
"""

import _thread
import os
import resource
import sys
import time
from dataclasses import dataclass, replace

from bench.jail.verdict import TASKS
from bench.jail.walls import linux, rlimits
from bench.jail.walls.proofs import reason_against
from bench.jail.walls.sight import Proc

NOBODY = 65534

_FIRST_USER, _AFTER_LAST_USER, _USERS = 0x7000_0000, 0x8000_0000, 256
"""User ids that systems leave unused (systemd's UIDS-GIDS), and how many of them each zygote
takes.
"""


@dataclass(frozen=True, slots=True)
class Counting:
    """By what a child's threads are counted."""

    users: range | None
    """User ids for children, each for one at a time; None: children keep the zygote's."""
    own_namespace: bool
    most: int
    """Threads in such a count."""

    @property
    def leaves_capabilities(self) -> bool:
        """Whether `enter` leaves some, which a change from root to another user does not."""
        return self.users is None or self.own_namespace


def counting(proc: Proc, *, as_nobody: bool, can_fork: bool) -> Counting:
    """The best count that this machine gives, found by trying. `can_fork`: of processes, too."""
    if as_nobody:
        users = _own_users()
        own = Counting(users, own_namespace=False, most=TASKS)
        if _holds(own):
            return own
    nobody = range(NOBODY, NOBODY + 1) if as_nobody else None
    own = Counting(nobody, own_namespace=True, most=TASKS)
    if sys.platform == "linux" and _holds(own):
        return own
    # Threads alone, the zygote can count: then there is room for as many children as run at a time.
    children = 1 if can_fork else os.cpu_count() or 1
    user = NOBODY if as_nobody else os.getuid()
    return Counting(nobody, own_namespace=False, most=proc.tasks_of(user) + TASKS * children)


def enter(count: Counting, user: int | None) -> None:
    """Put this process under such a count, as one of its users. Raises OSError."""
    if user is not None:
        become(user)
    if count.own_namespace:
        linux.unshare(linux.CLONE_NEWUSER)
    # Not before the namespace is there: the limit would hold for all that is in it.
    rlimits.cap(resource.RLIMIT_NPROC, count.most)


def become(user: int) -> None:
    """Only root can; and leaving root drops all capabilities, see capabilities(7)."""
    os.setgroups([])
    os.setresgid(NOBODY, NOBODY, NOBODY)
    os.setresuid(user, user, user)


def _own_users() -> range:
    """User ids that are this zygote's alone, by chance."""
    places = (_AFTER_LAST_USER - _FIRST_USER) // _USERS
    place = int.from_bytes(os.urandom(8), "little") % places
    start = _FIRST_USER + place * _USERS
    return range(start, start + _USERS)


def _holds(count: Counting) -> bool:
    """Whether a limit of two, so counted, is two threads: its own, and none of others."""
    two = replace(count, most=2)
    return reason_against(lambda: _start_one_thread(two)) is None


def _start_one_thread(count: Counting) -> None:
    enter(count, count.users[0] if count.users else None)
    held = _thread.allocate_lock()
    held.acquire()
    _thread.start_new_thread(held.acquire, ())  # RuntimeError: the threads of others count
    try:
        _thread.start_new_thread(time.time, ())
    except RuntimeError:
        return
    raise OSError("the limit has no effect")
