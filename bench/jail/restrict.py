"""What a child gives up before it touches a program, in which order, and what of that this machine has.

Every part is tried once, by the zygote, in a process of its own (`probe`); a part that does not hold is named in the
level of isolation, and not asked for again. A part that held once and fails later ends the evaluation.
"""

import os
import resource
import signal
import sys
from collections.abc import Mapping
from dataclasses import dataclass

NOBODY = 65534
OPEN_FILES = 32
THREADS = 256
"""How many threads and processes the child's user may have beyond those there are now."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Restrictions:
    """The parts that hold on this machine, beside the rlimits that hold everywhere."""

    libraries: tuple[str, ...]
    """Folders that stay readable: modules that candidates import late are there."""
    nobody: bool = False
    landlock: int | None = None
    """Descriptor of the Landlock ruleset."""
    seccomp: bool = False
    address_space: bool = False
    tasks: int = THREADS


def level(missing: Mapping[str, str]) -> str:
    """The level of isolation, with what it lacks and why. `partial` keeps network, files and processes out of reach."""
    if not missing:
        return "strong"
    walls = "seccomp" not in missing and not {"Landlock", "private root"} <= missing.keys()
    names = "; ".join(f"no {part} ({why})" for part, why in missing.items())
    return f"{'partial' if walls else 'process'}: {names}"


def _cap(which: int, value: int) -> None:
    hard = resource.getrlimit(which)[1]
    value = value if hard == resource.RLIM_INFINITY else min(value, hard)
    resource.setrlimit(which, (value, value))


def limit_address_space(size: int) -> None:
    """RLIMIT_AS, in bytes."""
    _cap(resource.RLIMIT_AS, size)


def apply_rlimits(cpu_seconds: int, tasks: int) -> None:
    """Everything that setrlimit(2) bounds but the address space. The CPU limit only backs the zygote's own watch."""
    _cap(resource.RLIMIT_CPU, cpu_seconds)
    _cap(resource.RLIMIT_FSIZE, 0)
    _cap(resource.RLIMIT_CORE, 0)
    _cap(resource.RLIMIT_NOFILE, OPEN_FILES)
    _cap(resource.RLIMIT_NPROC, tasks)


def die_with(parent: int) -> None:
    """Parent-death signal, where there is one; and at once if the parent is gone already."""
    if sys.platform == "linux":
        from bench.jail import linux

        linux.prctl(linux.PR_SET_PDEATHSIG, signal.SIGKILL)
    if os.getppid() != parent:
        os._exit(1)
