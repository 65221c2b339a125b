"""What a child gives up before it reads a program, and which of it this machine can enforce.

The zygote tries every part of the isolation once (`detect`). A part that does not hold is named in
the level of isolation, and is not used. If a part that held once fails in a child later, that
evaluation ends: no program ever runs with less isolation than the level says.
"""

import os
import resource
import signal
import socket
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from bench.jail.inside.libraries import Readable
from bench.jail.walls import denials, landlock, linux, rlimits, seccomp, tasks
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
"""Larger than any descriptor of a zygote."""
OPEN_FILES = 64
"""How many descriptors a child may have."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Restrictions:
    """What children give up on this machine, beside what they give up on all machines."""

    refuse: denials.Hook
    """The audit hook. It is made before the fork, as that takes longer than the rest of `seal`."""
    counting: tasks.Counting
    ruleset: int | None = None
    """Descriptor of the Landlock ruleset."""
    system_calls: seccomp.Filter | None = None
    address_space: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Shares:
    """One child's user id and limits."""

    user: int | None
    """One of `Restrictions.counting.users`."""
    cpu_seconds: int | None
    """None for an interpreter, whose calls have their limit each: the zygote alone counts them."""
    address_space: int


def detect(readable: Readable, missing: dict[str, str], proc: Proc) -> Restrictions:
    """Try all parts that are not `missing` yet, and add those that do not hold, with the reason."""

    def holds(part: str, attempt: Callable[[], None]) -> bool:
        if part not in missing and (reason := reason_against(attempt)):
            missing[part] = reason
        return part not in missing

    landlock_holds = holds("Landlock", lambda: _try_landlock(readable))
    ruleset = landlock.create_ruleset(readable) if landlock_holds else None
    as_nobody = os.geteuid() == 0 and holds("nobody's user id", lambda: _try_nobody(readable))
    system_calls = seccomp.prepare() if holds("seccomp", _try_seccomp) else None
    return Restrictions(
        refuse=denials.denier(readable),
        ruleset=ruleset,
        system_calls=system_calls,
        address_space=holds("address-space limit", _try_address_space),
        counting=tasks.counting(proc, as_nobody=as_nobody, can_fork=system_calls is None),
    )


def apply(restrictions: Restrictions, shares: Shares, parent: int) -> None:
    """Put limits on this child, and give up its user, capabilities and files. Raises OSError.

    Descriptors and system calls are still needed for the next steps: `seal` is the last one.
    """
    os.setsid()
    if shares.cpu_seconds is not None:
        rlimits.cap(resource.RLIMIT_CPU, shares.cpu_seconds)
    rlimits.cap(resource.RLIMIT_FSIZE, 0)
    rlimits.cap(resource.RLIMIT_CORE, 0)
    rlimits.cap(resource.RLIMIT_NOFILE, OPEN_FILES)
    if restrictions.address_space:
        rlimits.cap(resource.RLIMIT_AS, shares.address_space)
    tasks.enter(restrictions.counting, shares.user)
    if sys.platform == "linux":
        if restrictions.counting.leaves_capabilities:
            linux.drop_capabilities()
        linux.prctl(linux.PR_SET_NO_NEW_PRIVS, 1)
        # Only after the change of user, which would clear it.
        linux.prctl(linux.PR_SET_PDEATHSIG, signal.SIGKILL)
    if os.getppid() != parent:
        os._exit(1)
    if restrictions.ruleset is not None:
        landlock.restrict_self(restrictions.ruleset)


def seal(restrictions: Restrictions) -> None:
    """Give up system calls, once the descriptors are in place. Raises OSError."""
    if restrictions.system_calls:
        restrictions.system_calls.install()
    sys.addaudithook(restrictions.refuse)


def _try_landlock(readable: Readable) -> None:
    linux.prctl(linux.PR_SET_NO_NEW_PRIVS, 1)
    landlock.restrict_self(landlock.create_ruleset(readable))
    must_refuse("reading the root folder", lambda: os.scandir("/"))
    _read(readable)


def _try_nobody(readable: Readable) -> None:
    tasks.become(tasks.NOBODY)
    _read(readable)


def _read(readable: Readable) -> None:
    """Read one module from each folder that holds places, to see that they can be read."""
    read: set[Path] = set()
    for place in map(Path, readable.places):
        if place.parent not in read:
            module = place if place.is_file() else next(place.glob("*.py"), None)
            if module is not None:
                module.read_bytes()
                read.add(place.parent)


def _try_seccomp() -> None:
    linux.prctl(linux.PR_SET_NO_NEW_PRIVS, 1)
    seccomp.prepare().install()
    must_refuse("a socket", socket.socket)
    must_refuse("a new process", os.fork)


def _try_address_space() -> None:
    rlimits.cap(resource.RLIMIT_AS, 2**30)
    try:
        bytearray(2**31)
    except MemoryError:
        return
    raise OSError("the limit has no effect")
