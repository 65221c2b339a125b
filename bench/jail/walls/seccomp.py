"""The filter of system calls: an allow-list, as a classic BPF program.

A call that is not allowed fails with EPERM, which Python raises as PermissionError. A call that
only an attack would make ends the child with SIGSYS. The filter holds for this process and all its
threads, and cannot be taken off. See seccomp(2) and linux/seccomp.h.
"""

import ctypes
import errno
import os
import struct
from collections.abc import Callable, Iterable

from bench.jail.walls import linux
from bench.jail.walls.syscalls import ALLOWED, CONDITIONAL, FATAL

# linux/seccomp.h
_SECCOMP_SET_MODE_FILTER = 1
# Without this flag kernels before 5.16 slow the whole child down; SECURITY.md, side channels.
_SECCOMP_FILTER_FLAG_SPEC_ALLOW = 4
_ALLOW, _ERRNO, _KILL_PROCESS = 0x7FFF_0000, 0x0005_0000, 0x8000_0000
_SYS_SECCOMP = {"x86_64": 317, "aarch64": 277}

# linux/audit.h, AUDIT_ARCH_*
_AUDIT_ARCH = {"x86_64": 0xC000_003E, "aarch64": 0xC000_00B7}
_X32_SYSCALL_BIT = 0x4000_0000  # the other numbering on x86_64 kernels, asm/unistd.h

# linux/bpf_common.h: BPF_LD|BPF_W|BPF_ABS, BPF_JMP|BPF_JEQ|BPF_K, |BPF_JSET|, |BPF_JGE|,
# BPF_ALU|BPF_AND|BPF_K, BPF_RET|BPF_K
_LOAD, _IF_EQUAL, _IF_BITS, _IF_AT_LEAST, _AND, _RETURN = 0x20, 0x15, 0x45, 0x35, 0x54, 0x06
_OP_BYTES = 8

# Offsets in struct seccomp_data. Arguments have 64 bits, of which these calls use the lower half;
# it comes first.
_NUMBER, _ARCH, _FIRST, _SECOND = 0, 4, 16, 24

# What open() asks of terminals and files: asm-generic/ioctls.h, fcntl(2)
_IOCTLS = (0x5401, 0x541B, 0x5450, 0x5451)  # TCGETS, FIONREAD, FIONCLEX, FIOCLEX
_FCNTLS = (0, 1, 2, 3, 4, 1030)  # F_DUPFD, F_GETFD, F_SETFD, F_GETFL, F_SETFL, F_DUPFD_CLOEXEC
_PRCTLS = (linux.PR_SET_NAME, linux.PR_GET_NAME)

_ITSELF = 0x7FFF_FFF0
"""Placeholder for the child's own pid. No pid is as large."""

_OWN_CLOCKS = (0x7FFF_FFE0, 0x7FFF_FFE1, 0x7FFF_FFE2)
"""Placeholders for the child's three CPU clocks, whose numbers are made of its pid."""

# linux/posix-timers_types.h: a negative clock number is the inverted id of a process or thread,
# with the kind of clock in the last three bits.
_CLOCK_BITS, _OF_A_THREAD, _KINDS = 3, 4, (0, 1, 2)
_STATIC_CLOCKS = 16

# linux/futex.h: the operations that name no owning thread, so that none can be found out about;
# and the mask that takes the flags off an operation.
_FUTEX_OPERATIONS, _FUTEX_MASK = (0, 1, 3, 4, 5, 9, 10), 0x7F


def _op(code: int, value: int, if_true: int = 0, if_false: int = 0) -> bytes:
    return struct.pack("<HBBI", code, if_true, if_false, value)  # struct sock_filter


def _if_argument(offset: int, values: tuple[int, ...]) -> tuple[bytes, ...]:
    """Instructions that allow a call if the argument is one of the values, and else refuse it."""
    tests = [_op(_IF_EQUAL, value, len(values) - i) for i, value in enumerate(values)]
    return (_op(_LOAD, offset), *tests, _op(_RETURN, _ERRNO | errno.EPERM), _op(_RETURN, _ALLOW))


def _if_operation() -> tuple[bytes, ...]:
    """Instructions that allow some futex operations, and say of the others that there are none."""
    load, *tests, _, allow = _if_argument(_SECOND, _FUTEX_OPERATIONS)
    return (load, _op(_AND, _FUTEX_MASK), *tests, _op(_RETURN, _ERRNO | errno.ENOSYS), allow)


def _if_own_clock() -> tuple[bytes, ...]:
    """Instructions that allow the machine's clocks and those of this process.

    All clocks of threads are allowed: the kernel looks only among the threads of the caller.
    """
    load, *tests = _if_argument(_FIRST, (*[_clock_of(0, kind) for kind in _KINDS], *_OWN_CLOCKS))
    to_the_end = len(tests) - 1
    machines = _op(_IF_AT_LEAST, _STATIC_CLOCKS, 0, to_the_end + 1)
    threads = _op(_IF_BITS, _OF_A_THREAD, to_the_end)
    return (load, machines, threads, *tests)


def _clock_of(pid: int, kind: int) -> int:
    """The number of a process's CPU clock, see clock_getcpuclockid(3); pid 0 is the caller."""
    return (~pid << _CLOCK_BITS | kind) & 0xFFFF_FFFF


def _tree(leaves: list[tuple[int, bytes]]) -> bytes:
    """A binary search for the last leaf whose number is not above that of the call.

    A leaf is a number and instructions, the last of which returns.
    """
    if len(leaves) == 1:
        return leaves[0][1]
    half = len(leaves) // 2
    below, above = _tree(leaves[:half]), _tree(leaves[half:])
    return _op(_IF_AT_LEAST, leaves[half][0], len(below) // _OP_BYTES) + below + above


def _filter(machine: str, program: bytes) -> tuple[linux.Step, ...]:
    """Fill in what is about the pid of a process, and put the filter on it. Needs no_new_privs.

    The program is where the kernel reads it: made before the fork, as that takes longer than to
    install it.
    """
    buffer = ctypes.create_string_buffer(program, len(program))
    words = memoryview(buffer).cast("B").cast("I")
    clocks = dict(zip(_OWN_CLOCKS, _KINDS, strict=True))
    of_itself = tuple(place for place, word in enumerate(words) if word == _ITSELF)
    of_its_clocks = tuple(
        (place, clocks[word]) for place, word in enumerate(words) if word in clocks
    )
    # struct sock_fprog
    head = struct.pack("@HxxxxxxQ", len(program) // _OP_BYTES, ctypes.addressof(buffer))
    mode, flags = _SECCOMP_SET_MODE_FILTER, _SECCOMP_FILTER_FLAG_SPEC_ALLOW
    return (
        (_fill_in, (os.getpid, words, of_itself, of_its_clocks)),
        linux.syscall_step("seccomp", _SYS_SECCOMP[machine], mode, flags, head),
    )


def _fill_in(
    getpid: Callable[[], int],
    words: memoryview,
    of_itself: Iterable[int],
    of_its_clocks: Iterable[tuple[int, int]],
) -> None:
    """Write the pid of this process into these places, and its clocks, by their kinds."""
    pid = getpid()
    for place in of_itself:
        words[place] = pid
    for place, kind in of_its_clocks:
        words[place] = _clock_of(pid, kind)


def prepare() -> tuple[linux.Step, ...]:
    """The steps that put the filter on a process.

    Raises OSError if this machine's system calls are not in the tables.
    """
    machine = linux.machine()
    column = tuple(_AUDIT_ARCH).index(machine)
    refuse, kill = _op(_RETURN, _ERRNO | errno.EPERM), _op(_RETURN, _KILL_PROCESS)
    actions = {row[column]: _op(_RETURN, _ALLOW) for row in ALLOWED.values()}
    actions |= {row[column]: kill for row in FATAL.values()}
    actions |= {CONDITIONAL[name][column]: then for name, then in _conditional().items()}
    actions |= {_X32_SYSCALL_BIT: kill}
    leaves: list[tuple[int, bytes]] = []
    for number in sorted({0} | actions.keys() | {number + 1 for number in actions}):
        action = actions.get(number, refuse)
        is_change = not leaves or leaves[-1][1] != action
        if 0 <= number <= _X32_SYSCALL_BIT and is_change:
            leaves.append((number, action))
    head = (_op(_LOAD, _ARCH), _op(_IF_EQUAL, _AUDIT_ARCH[machine], 1), kill, _op(_LOAD, _NUMBER))
    return _filter(machine, b"".join(head) + _tree(leaves))


def _conditional() -> dict[str, bytes]:
    """The instructions for each call that depends on its arguments, or is answered here."""
    refuse, allow = _op(_RETURN, _ERRNO | errno.EPERM), _op(_RETURN, _ALLOW)
    not_there, done = _op(_RETURN, _ERRNO | errno.ENOSYS), _op(_RETURN, _ERRNO)
    on_itself = _if_argument(_FIRST, (_ITSELF,))
    on_itself_or_0 = _if_argument(_FIRST, (0, _ITSELF))
    instructions = {
        "clone": (_op(_LOAD, _FIRST), _op(_IF_BITS, linux.CLONE_THREAD, 1), refuse, allow),
        "clone3": (not_there,),  # its flags are in memory, out of sight; libc then uses clone
        "nanosleep": (done,),  # without a wait
        "clock_nanosleep": (done,),
        "kill": on_itself,
        "tgkill": on_itself,
        "prlimit64": on_itself_or_0,
        "getpgid": on_itself_or_0,
        "getsid": on_itself_or_0,
        "sched_getaffinity": on_itself_or_0,
        "clock_gettime": _if_own_clock(),
        "clock_getres": _if_own_clock(),
        "sysinfo": (not_there,),  # it tells how many processes there are
        "futex": _if_operation(),
        "prctl": _if_argument(_FIRST, _PRCTLS),
        "ioctl": _if_argument(_SECOND, _IOCTLS),
        "fcntl": _if_argument(_SECOND, _FCNTLS),
    }
    return {name: b"".join(each) for name, each in instructions.items()}
