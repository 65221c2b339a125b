"""What a child gives up before it touches a program, in which order, and which of it this machine can enforce.

The zygote tries every part once, in a process of its own (`probe`). A part that does not hold is named in the level
of isolation, and not asked for again. A part that held once and fails later ends that evaluation, and weakens nothing.
"""

import os
import resource
import signal
import socket
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from bench.jail import audit, landlock, linux, processes, seccomp
from bench.jail.libraries import Readable

PARTS = ("namespaces", "private root", "nobody's user id", "Landlock", "seccomp", "address-space limit")
"""Everything that a level can lack."""

LINUX_PARTS = PARTS[:5]
"""Those that no other system has."""

NOBODY = 65534
ALL_FILES = 4096
"""Above every descriptor of a zygote."""
OPEN_FILES = 64
TASKS = 256
"""How many threads (and processes, where seccomp is missing) the user may have beyond those that there are."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Restrictions:
    """What children give up here, beside what all give up everywhere."""

    refuse: audit.Hook
    """What names an attempt to reach out; made before the fork, as it takes longer than the rest of `seal`."""
    nobody: bool = False
    ruleset: int | None = None
    """Descriptor of the Landlock ruleset."""
    system_calls: seccomp.Filter | None = None
    address_space: bool = False
    tasks: int = TASKS


def level(missing: Mapping[str, str]) -> str:
    """The level, with what it lacks and why. From `partial` on the kernel keeps network, files and processes away."""
    if not missing:
        return "strong"
    walls = "seccomp" not in missing and not {"Landlock", "private root"} <= missing.keys()
    names = "; ".join(f"no {part} ({why})" for part, why in missing.items())
    return f"{'partial' if walls else 'process'}: {names}"


def detect(readable: Readable, missing: dict[str, str]) -> Restrictions:
    """Try what is not missing already; add to `missing` what does not hold, with the reason."""

    def holds(part: str, attempt: Callable[[], None]) -> bool:
        if part not in missing and (reason := _probe(attempt)):
            missing[part] = reason
        return part not in missing

    ruleset = landlock.create_ruleset(readable) if holds("Landlock", lambda: _try_landlock(readable)) else None
    return Restrictions(
        refuse=audit.denier(readable),
        nobody=os.geteuid() == 0 and holds("nobody's user id", lambda: _try_nobody(readable)),
        ruleset=ruleset,
        system_calls=seccomp.prepare() if holds("seccomp", _try_seccomp) else None,
        address_space=holds("address-space limit", _try_address_space),
        tasks=processes.tasks_of(os.getuid()) + TASKS,
    )


def apply(restrictions: Restrictions, *, parent: int, cpu_seconds: int, address_space: int) -> None:
    """Give up all but the descriptors and system calls: rlimits, user, capabilities, files. Raises OSError."""
    os.setsid()
    _cap(resource.RLIMIT_CPU, cpu_seconds)
    _cap(resource.RLIMIT_FSIZE, 0)
    _cap(resource.RLIMIT_CORE, 0)
    _cap(resource.RLIMIT_NOFILE, OPEN_FILES)
    _cap(resource.RLIMIT_NPROC, restrictions.tasks)
    if restrictions.address_space:
        _cap(resource.RLIMIT_AS, address_space)
    if restrictions.nobody:
        _become_nobody()
    elif sys.platform == "linux":
        linux.drop_capabilities()
    if sys.platform == "linux":
        linux.prctl(linux.PR_SET_NO_NEW_PRIVS, 1)
        linux.prctl(linux.PR_SET_PDEATHSIG, signal.SIGKILL)  # after the change of user, which clears it
    if os.getppid() != parent:
        os._exit(1)
    if restrictions.ruleset is not None:
        landlock.restrict_self(restrictions.ruleset)


def seal(restrictions: Restrictions) -> None:
    """The last step, once the descriptors are in place: the system calls. Raises OSError."""
    if restrictions.system_calls:
        restrictions.system_calls.install()
    sys.addaudithook(restrictions.refuse)


def _cap(which: int, value: int) -> None:
    hard = resource.getrlimit(which)[1]
    value = value if hard == resource.RLIM_INFINITY else min(value, hard)
    resource.setrlimit(which, (value, value))


def _become_nobody() -> None:
    """Only root can; and leaving root drops all capabilities, see capabilities(7)."""
    os.setgroups([])
    os.setresgid(NOBODY, NOBODY, NOBODY)
    os.setresuid(NOBODY, NOBODY, NOBODY)


def _probe(attempt: Callable[[], None]) -> str | None:
    """Run an attempt in a child; None where it holds, else the reason it gave, or how it died."""
    reading, writing = os.pipe()
    pid = os.fork()
    if pid == 0:
        try:
            attempt()
        except BaseException as error:  # noqa: BLE001 - whatever went wrong, it is the reason
            os.write(writing, f"{error or type(error).__name__}".encode())
            os._exit(1)
        os._exit(0)
    os.close(writing)
    with os.fdopen(reading, errors="replace") as pipe:
        reason = pipe.read()
    code = os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])
    return None if code == 0 else reason or f"the attempt ended with {code}"


def _refuses(what: str, action: Callable[[], object]) -> None:
    try:
        action()
    except PermissionError:
        return
    raise OSError(f"{what} is still allowed")


def _try_landlock(readable: Readable) -> None:
    linux.prctl(linux.PR_SET_NO_NEW_PRIVS, 1)
    landlock.restrict_self(landlock.create_ruleset(readable))
    _refuses("reading the root folder", lambda: os.scandir("/"))
    _read(readable)


def _try_nobody(readable: Readable) -> None:
    _become_nobody()
    _read(readable)


def _read(readable: Readable) -> None:
    """Read one module from each folder that places are in."""
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
    _refuses("a socket", socket.socket)
    _refuses("a new process", os.fork)


def _try_address_space() -> None:
    _cap(resource.RLIMIT_AS, 2**30)
    try:
        bytearray(2**31)
    except MemoryError:
        return
    raise OSError("the limit has no effect")
