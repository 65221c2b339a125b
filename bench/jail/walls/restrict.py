"""What a child gives up before it reads a program, and which of it this machine can enforce.

The zygote tries every part of the isolation once (`detect`). A part that does not hold is named in
the level of isolation, and is not used. If a part that held once fails in a child later, that
evaluation ends: no program ever runs with less isolation than the level says.
"""

import _signal
import _socket
import os
import resource
import sys
from collections.abc import Callable
from dataclasses import dataclass

from bench.jail.inside.libraries import Readable
from bench.jail.walls import denials, landlock, linux, rlimits, seccomp, tasks
from bench.jail.walls.linux import Step
from bench.jail.walls.proofs import must_refuse, reason_against
from bench.jail.walls.sight import Proc

PARTS = (
    "namespaces",
    "private root",
    "nobody's user id",
    "Landlock",
    "seccomp",
    "address-space limit",
)
"""All parts of the isolation: whatever a level can lack."""

LINUX_PARTS = PARTS[:5]
"""The parts that only Linux has."""

ALL_FILES = 4096
"""How many descriptors a zygote may have, each of which a child closes if it is not its own."""
_CPU_SECONDS = 24 * 3600
"""The same for all candidates, which would tell their split by it. The zygote counts the time, and
one that could not is ended by the harness, with its children."""

OPEN_FILES = 64
"""How many descriptors a child may have."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Restrictions:
    """What children give up on this machine, beside what they give up on all machines."""

    refuse: denials.Hook
    """The audit hook. It is made before the fork, as that takes longer than to add it."""
    counting: tasks.Counting
    ruleset: int | None = None
    """Descriptor of the Landlock ruleset."""
    system_calls: tuple[Step, ...] | None = None
    address_space: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Shares:
    """One child's user id and limits."""

    user: int | None
    """One of `Restrictions.counting.users`."""
    is_candidate: bool
    """And not an interpreter, whose calls have their limit each."""
    address_space: int


def detect(readable: Readable, missing: dict[str, str], proc: Proc) -> Restrictions:
    """Try all parts that are not `missing` yet, and add those that do not hold, with the reason."""

    def holds(part: str, attempt: Callable[[], None]) -> bool:
        if part not in missing and (reason := reason_against(attempt)):
            missing[part] = reason
        return part not in missing

    # Each place makes each child dearer: the kernel copies all rules for it.
    ruled = readable if "private root" in missing else readable.in_few_places()
    landlock_holds = holds("Landlock", lambda: _try_landlock(ruled, readable))
    ruleset = landlock.create_ruleset(ruled) if landlock_holds else None
    as_nobody = os.geteuid() == 0 and holds("nobody's user id", lambda: _try_nobody(readable))
    system_calls = seccomp.prepare() if holds("seccomp", _try_seccomp) else None
    return Restrictions(
        refuse=denials.denier(readable),
        ruleset=ruleset,
        system_calls=system_calls,
        address_space=holds("address-space limit", _try_address_space),
        counting=tasks.counting(proc, as_nobody=as_nobody, can_fork=system_calls is None),
    )


def settle() -> None:
    """Give up in the zygote what it does not need either. Its children inherit that."""
    linux.take([rlimits.cap(resource.RLIMIT_FSIZE, 0), rlimits.cap(resource.RLIMIT_CORE, 0)])
    linux.take([rlimits.cap(resource.RLIMIT_NOFILE, ALL_FILES)])
    if sys.platform == "linux":
        linux.prctl(linux.PR_SET_NO_NEW_PRIVS, 1)


def confining(restrictions: Restrictions, shares: Shares) -> tuple[Step, ...]:
    """Put limits on a child, and give up its user, capabilities and files.

    They are made ready in the zygote. Descriptors and system calls are still needed for the next
    steps: `sealing` has the last ones.
    """
    found: list[Step] = [(os.setsid, ())]
    if shares.is_candidate:
        found.append(rlimits.cap(resource.RLIMIT_CPU, _CPU_SECONDS))
    found.append(rlimits.cap(resource.RLIMIT_NOFILE, OPEN_FILES))
    if restrictions.address_space:
        found.append(rlimits.cap(resource.RLIMIT_AS, shares.address_space))
    found += tasks.entering(restrictions.counting, shares.user)
    if sys.platform == "linux":
        if restrictions.counting.leaves_capabilities:
            found += linux.without_capabilities()
        # Only after the change of user, which would clear it.
        found.append(linux.prctl_step(linux.PR_SET_PDEATHSIG, _signal.SIGKILL))
    if restrictions.ruleset is not None:
        found.append(landlock.restricted_to(restrictions.ruleset))
    return tuple(found)


def sealing(restrictions: Restrictions) -> tuple[Step, ...]:
    """Give up system calls, once the descriptors are in place."""
    return (*(restrictions.system_calls or ()), (sys.addaudithook, (restrictions.refuse,)))


def _try_landlock(ruled: Readable, readable: Readable) -> None:
    linux.prctl(linux.PR_SET_NO_NEW_PRIVS, 1)
    linux.take([landlock.restricted_to(landlock.create_ruleset(ruled))])
    must_refuse("reading the root folder", lambda: os.scandir("/"))
    _read(readable)


def _try_nobody(readable: Readable) -> None:
    linux.take(tasks.becoming(linux.NOBODY))
    _read(readable)


def _read(readable: Readable) -> None:
    """Read one module from each folder that holds places, to see that they can be read."""
    read: set[str] = set()
    for place in readable.places:
        folder = os.path.dirname(place)
        if folder not in read and (module := _module_of(place)) is not None:
            with open(module, "rb") as file:
                file.read()
            read.add(folder)


def _module_of(place: str) -> str | None:
    """The place itself if it is a file, else a module in that folder."""
    if os.path.isfile(place):
        return place
    return next((f"{place}/{name}" for name in os.listdir(place) if name.endswith(".py")), None)


def _try_seccomp() -> None:
    linux.prctl(linux.PR_SET_NO_NEW_PRIVS, 1)
    linux.take(seccomp.prepare())
    must_refuse("a socket", _socket.socket)
    must_refuse("a new process", os.fork)


def _try_address_space() -> None:
    linux.take([rlimits.cap(resource.RLIMIT_AS, 2**30)])
    try:
        bytearray(2**31)
    except MemoryError:
        return
    raise OSError("the limit has no effect")
