"""How many threads a child may have, whatever other processes have.

The kernel counts threads for each user id and user namespace (RLIMIT_NPROC in getrlimit(2)). So
each child gets a user id that nobody else has, or else a user namespace of its own. Where neither
is possible, all processes of this user are counted together, and the zygote looks at times how many
threads each child has.
"""

import _thread
import os
import resource
import sys
import time
from dataclasses import dataclass

from bench.jail.walls import linux, rlimits
from bench.jail.walls.linux import NOBODY, Step
from bench.jail.walls.proofs import reason_against
from bench.jail.walls.rlimits import TASKS
from bench.jail.walls.sight import Proc

_FIRST_USER, _AFTER_LAST_USER = 0x7000_0000, 0x8000_0000
"""A range of user ids that systems leave unused, see UIDS-GIDS of systemd."""

_USERS = 256
"""How many of these user ids each zygote takes."""


@dataclass(frozen=True, slots=True)
class Counting:
    """How a child's threads are counted, and how many there may be."""

    users: range | None
    """User ids, each for one child at a time; None: children keep the zygote's."""
    own_namespace: bool
    """Whether each child gets a user namespace of its own."""
    most: int
    """How many threads the kernel may count."""

    @property
    def leaves_capabilities(self) -> bool:
        """Whether `entering` leaves capabilities; a change from root to another user drops them."""
        return self.users is None or self.own_namespace


def counting(proc: Proc, *, as_nobody: bool, can_fork: bool) -> Counting:
    """The best way to count that works here, found by trying; `can_fork`: children may fork."""
    if as_nobody:
        users = _own_users()
        own = Counting(users, own_namespace=False, most=TASKS)
        if _holds(own):
            return own
    nobody = range(NOBODY, NOBODY + 1) if as_nobody else None
    own = Counting(nobody, own_namespace=True, most=TASKS)
    if sys.platform == "linux" and _holds(own):
        return own
    # The zygote can count a child's threads, but not its processes. So if children cannot fork, the
    # limit has room for all that run at a time, and else for one.
    children = 1 if can_fork else os.cpu_count() or 1
    user = NOBODY if as_nobody else os.getuid()
    return Counting(nobody, own_namespace=False, most=proc.tasks_of(user) + TASKS * children)


def entering(count: Counting, user: int | None) -> list[Step]:
    """Have a process counted so, with one of the user ids."""
    steps = [] if user is None else becoming(user)
    if count.own_namespace:
        steps.append(linux.unshare_step(linux.CLONE_NEWUSER))
    # After the namespace is made: before, the limit would hold for all of the user's threads.
    return [*steps, rlimits.cap(resource.RLIMIT_NPROC, count.most)]


def becoming(user: int) -> list[Step]:
    """Change to another user. Only root can, and loses all capabilities, see capabilities(7)."""
    return [
        (os.setgroups, ([],)),
        (os.setresgid, (NOBODY, NOBODY, NOBODY)),
        (os.setresuid, (user, user, user)),
    ]


def _own_users() -> range:
    """User ids for this zygote, drawn at random, so that hardly another one has them."""
    places = (_AFTER_LAST_USER - _FIRST_USER) // _USERS
    place = int.from_bytes(os.urandom(8), "little") % places
    start = _FIRST_USER + place * _USERS
    return range(start, start + _USERS)


def _holds(count: Counting) -> bool:
    """Whether such a limit of two allows this process exactly two threads."""
    two = Counting(count.users, own_namespace=count.own_namespace, most=2)
    return reason_against(lambda: _start_one_thread(two)) is None


def _start_one_thread(count: Counting) -> None:
    linux.take(entering(count, count.users[0] if count.users else None))
    held = _thread.allocate_lock()
    held.acquire()
    _thread.start_new_thread(held.acquire, ())  # RuntimeError if others' threads are counted
    try:
        _thread.start_new_thread(time.time, ())
    except RuntimeError:
        return
    raise OSError("the limit has no effect")
