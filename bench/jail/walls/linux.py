"""System calls of Linux that Python does not offer, under the kernel's own names, by ctypes.

Each raises OSError with the call's name. Some have no wrapper in the C library; their numbers are
from syscalls(2) and asm/unistd.h. Calls newer than Linux 5.0 have the same number on x86_64 and
aarch64.
"""

import ctypes
import os
import struct
import sys
from collections.abc import Callable, Iterable
from typing import Any

_libc = ctypes.CDLL(None, use_errno=True)

Step = tuple[Callable[..., object], tuple[Any, ...]]
"""A call and its arguments, made ready before a fork: what a child runs and touches for the first
time, the kernel copies for it, page by page, and that is most of what a child costs."""

# unshare(2), linux/sched.h
CLONE_NEWNS, CLONE_NEWUTS, CLONE_NEWIPC = 0x0002_0000, 0x0400_0000, 0x0800_0000
CLONE_NEWUSER, CLONE_NEWPID, CLONE_NEWNET = 0x1000_0000, 0x2000_0000, 0x4000_0000
CLONE_THREAD = 0x0001_0000

# prctl(2), linux/prctl.h
PR_SET_PDEATHSIG, PR_SET_DUMPABLE, PR_SET_NAME, PR_GET_NAME = 1, 4, 15, 16
PR_SET_CHILD_SUBREAPER, PR_SET_NO_NEW_PRIVS, PR_CAP_AMBIENT = 36, 38, 47
PR_CAP_AMBIENT_CLEAR_ALL = 4

NOBODY = 65534
"""The user and the group that own nothing, see user_namespaces(7)."""

# mount(2), umount2(2), linux/mount.h
MS_NOSUID, MS_NODEV, MS_BIND, MS_REC, MS_PRIVATE = 2, 4, 4096, 16384, 1 << 18
MNT_DETACH = 2

# mount_setattr(2), since Linux 5.12
_SYS_MOUNT_SETATTR = 442
_MOUNT_ATTR_RDONLY, _MOUNT_ATTR_NOSUID, _MOUNT_ATTR_NODEV = 1, 2, 4
_AT_FDCWD, _AT_RECURSIVE = -100, 0x8000

_SYS_PIVOT_ROOT = {"x86_64": 155, "aarch64": 41}
_SYS_CAPSET = {"x86_64": 126, "aarch64": 91}
_LINUX_CAPABILITY_VERSION_3 = 0x2008_0522  # capset(2)


def machine() -> str:
    """The architecture by the kernel's name. Raises OSError if the tables here do not have it."""
    name = os.uname().machine
    if name not in _SYS_CAPSET or sys.maxsize < 2**32 or sys.byteorder != "little":
        raise OSError(f"no system call table for {name}")
    return name


def take(steps: Iterable[Step]) -> None:
    """Make calls that are ready, one after the other. Raises OSError."""
    for call, arguments in steps:
        call(*arguments)


def _made(name: str, function: Callable[..., int], *arguments: object) -> int:
    """The result of a C function; if it is -1, raises OSError with errno and the call's name."""
    result = function(*arguments)
    if result == -1:
        number = ctypes.get_errno()
        raise OSError(number, f"{name}: {os.strerror(number)}")
    return result


def syscall_step(name: str, number: int, *args: int | bytes | None) -> Step:
    """A system call by its number, every integer argument as a whole register."""
    plain = [ctypes.c_long(a) if isinstance(a, int) else a for a in (number, *args)]
    return _made, (name, _libc.syscall, *plain)


def syscall(name: str, number: int, *args: int | bytes | None) -> int:
    """The same, made at once. Raises OSError."""
    return _made(*syscall_step(name, number, *args)[1])


def prctl_step(option: int, argument: int) -> Step:
    """An option with one argument, and zeros for the rest: see man 2 prctl."""
    values = [ctypes.c_ulong(value) for value in (argument, 0, 0, 0)]
    return _made, ("prctl", _libc.prctl, option, *values)


def prctl(option: int, argument: int) -> None:
    """The same, made at once. Raises OSError."""
    take([prctl_step(option, argument)])


def unshare_step(flags: int) -> Step:
    """Leave namespaces for new ones, by CLONE_NEW* flags: see man 2 unshare."""
    return _made, ("unshare", _libc.unshare, flags)


def unshare(flags: int) -> None:
    """The same, made at once. Raises OSError."""
    take([unshare_step(flags)])


def mount(
    source: str | None, target: str, kind: str | None, flags: int, data: str | None = None
) -> None:
    """A mount, or a change of one, by MS_* flags: see man 2 mount."""
    texts = [None if text is None else os.fsencode(text) for text in (source, target, kind, data)]
    _made("mount", _libc.mount, *texts[:3], ctypes.c_ulong(flags), texts[3])


def make_read_only(path: str) -> None:
    """Make a mount, and those below it, read-only, without devices and set-user-id programs.

    See mount_setattr(2).
    """
    to_set = _MOUNT_ATTR_RDONLY | _MOUNT_ATTR_NOSUID | _MOUNT_ATTR_NODEV
    attributes = struct.pack("<QQQQ", to_set, 0, 0, 0)
    where = (_AT_FDCWD, os.fsencode(path), _AT_RECURSIVE)
    syscall("mount_setattr", _SYS_MOUNT_SETATTR, *where, attributes, len(attributes))


def change_root(path: str) -> None:
    """Make a mount the root, and detach the old one, as pivot_root(2) shows with "." and "."."""
    os.chdir(path)
    syscall("pivot_root", _SYS_PIVOT_ROOT[machine()], b".", b".")
    _made("umount2", _libc.umount2, b".", MNT_DETACH)
    os.chdir("/")


def without_capabilities() -> tuple[Step, Step]:
    """Drop all capabilities of this thread, see capset(2). Raises OSError."""
    head = struct.pack("<Ii", _LINUX_CAPABILITY_VERSION_3, 0)
    return (
        prctl_step(PR_CAP_AMBIENT, PR_CAP_AMBIENT_CLEAR_ALL),
        syscall_step("capset", _SYS_CAPSET[machine()], head, bytes(24)),
    )
