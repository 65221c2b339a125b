"""The filter of system calls, as a classic BPF program: an allow-list. See seccomp(2) and linux/seccomp.h.

Refused calls fail with EPERM, which Python raises as PermissionError; calls that only an attack makes end the child
with SIGSYS. The filter holds for this process and every thread it starts, and cannot be taken off.
"""

import ctypes
import errno
import os
import struct
from dataclasses import dataclass

from bench.jail import linux
from bench.jail.syscalls import ALLOWED, CONDITIONAL, FATAL, Table

# linux/seccomp.h
_SECCOMP_SET_MODE_FILTER = 1
_SECCOMP_FILTER_FLAG_SPEC_ALLOW = 4  # or kernels before 5.16 slow the whole child down; SECURITY.md, side channels
_ALLOW, _ERRNO, _KILL_PROCESS = 0x7FFF_0000, 0x0005_0000, 0x8000_0000
_SYS_SECCOMP = {"x86_64": 317, "aarch64": 277}

# linux/audit.h, AUDIT_ARCH_*
_AUDIT_ARCH = {"x86_64": 0xC000_003E, "aarch64": 0xC000_00B7}
_COLUMNS = tuple(_AUDIT_ARCH)  # of the tables in syscalls.py
_X32_SYSCALL_BIT = 0x4000_0000  # the other numbering on x86_64 kernels, asm/unistd.h

# linux/bpf_common.h: BPF_LD|BPF_W|BPF_ABS, BPF_JMP|BPF_JEQ|BPF_K, |BPF_JSET|, |BPF_JGE|, BPF_RET|BPF_K
_LOAD, _IF_EQUAL, _IF_BITS, _IF_AT_LEAST, _RETURN = 0x20, 0x15, 0x45, 0x35, 0x06

# struct seccomp_data; arguments are 64 bits, of which these calls read the lower half (little-endian)
_NUMBER, _ARCH, _FIRST, _SECOND = 0, 4, 16, 24

# What terminals and files are asked in the course of open(): asm-generic/ioctls.h, fcntl(2)
_IOCTLS = (0x5401, 0x541B, 0x5450, 0x5451)  # TCGETS, FIONREAD, FIONCLEX, FIOCLEX
_FCNTLS = (0, 1, 2, 3, 4, 1030)  # F_DUPFD, F_GETFD, F_SETFD, F_GETFL, F_SETFL, F_DUPFD_CLOEXEC
_PRCTLS = (linux.PR_SET_NAME, linux.PR_GET_NAME)


def _op(code: int, value: int, if_true: int = 0, if_false: int = 0) -> bytes:
    return struct.pack("<HBBI", code, if_true, if_false, value)  # struct sock_filter


def _on(number: int, *then: bytes) -> bytes:
    """The instructions `then`, the last a return, where the call has this number."""
    return _op(_IF_EQUAL, number, 0, len(then)) + b"".join(then)


def _if_argument(offset: int, values: tuple[int, ...]) -> tuple[bytes, ...]:
    """Instructions that allow the call where the argument is one of the values, else refuse it."""
    tests = [_op(_IF_EQUAL, value, len(values) - i, 0) for i, value in enumerate(values)]
    return (_op(_LOAD, offset), *tests, _op(_RETURN, _ERRNO | errno.EPERM), _op(_RETURN, _ALLOW))


@dataclass(frozen=True, slots=True)
class Filter:
    """A program, but for the few instructions in its middle that know the process."""

    machine: str
    head: bytes
    tail: bytes

    def program(self, pid: int) -> bytes:
        """The filter for a process: it may signal itself and set its own limits, and nobody else's."""
        column = _COLUMNS.index(self.machine)
        itself = (
            ("kill", _if_argument(_FIRST, (pid,))),
            ("tgkill", _if_argument(_FIRST, (pid,))),
            ("prlimit64", _if_argument(_FIRST, (0, pid))),
        )
        return self.head + b"".join(_on(CONDITIONAL[name][column], *then) for name, then in itself) + self.tail

    def install(self) -> None:
        """Put the filter on this process. Needs no_new_privs. Raises OSError."""
        program = self.program(os.getpid())
        instructions = ctypes.create_string_buffer(program, len(program))
        fprog = struct.pack("@HxxxxxxQ", len(program) // 8, ctypes.addressof(instructions))  # struct sock_fprog
        number, flags = _SYS_SECCOMP[self.machine], _SECCOMP_FILTER_FLAG_SPEC_ALLOW
        linux.syscall("seccomp", number, _SECCOMP_SET_MODE_FILTER, flags, fprog)


def prepare() -> Filter:
    """The filter for this machine. Raises OSError where its system calls are not in the tables."""
    machine = linux.machine()
    column = _COLUMNS.index(machine)

    def on_all(table: Table, action: int) -> bytes:
        return b"".join(_on(row[column], _op(_RETURN, action)) for row in table.values() if row[column] >= 0)

    def on(name: str, *then: bytes) -> bytes:
        return _on(CONDITIONAL[name][column], *then)

    is_thread = (
        _op(_LOAD, _FIRST),
        _op(_IF_BITS, linux.CLONE_THREAD, 1, 0),
        _op(_RETURN, _ERRNO | errno.EPERM),
        _op(_RETURN, _ALLOW),
    )
    head = [
        _op(_LOAD, _ARCH),
        _op(_IF_EQUAL, _AUDIT_ARCH[machine], 1, 0),
        _op(_RETURN, _KILL_PROCESS),
        _op(_LOAD, _NUMBER),
        _op(_IF_AT_LEAST, _X32_SYSCALL_BIT, 0, 1),
        _op(_RETURN, _KILL_PROCESS),
        on_all(ALLOWED, _ALLOW),
        on("clone", *is_thread),
        on("clone3", _op(_RETURN, _ERRNO | errno.ENOSYS)),  # its flags are in memory; libc then takes clone
        on("nanosleep", _op(_RETURN, _ERRNO)),  # "done", without a wait
        on("clock_nanosleep", _op(_RETURN, _ERRNO)),
        on("prctl", *_if_argument(_FIRST, _PRCTLS)),
        on("ioctl", *_if_argument(_SECOND, _IOCTLS)),
        on("fcntl", *_if_argument(_SECOND, _FCNTLS)),
    ]
    tail = [on_all(FATAL, _KILL_PROCESS), _op(_RETURN, _ERRNO | errno.EPERM)]
    return Filter(machine, b"".join(head), b"".join(tail))
