"""What the zygote sees of a child: its processor time, its threads, and whether it waits."""

import os
import resource
import sys
import time
from dataclasses import dataclass

_AT_WORK = (b"R", b"D")
"""States of a thread: runs or waits for a processor (R), waits for the disk (D)."""


@dataclass(frozen=True, slots=True)
class Sight:
    """What one look at a process shows."""

    at_work: bool
    """Whether any of its threads runs, or only waits for a processor or the disk."""
    threads: int


class Proc:
    """/proc, opened once so that it can still be read behind the private root.

    Where there is no /proc, nothing can be seen.
    """

    def __init__(self) -> None:
        try:
            self._fd = os.open("/proc", os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
        except OSError:
            self._fd = -1

    def address_space(self) -> int:
        """The bytes of this process's address space; 0 if it is not Linux."""
        if self._fd < 0:
            return 0
        return int(self._read("self/statm").split()[0]) * resource.getpagesize()

    def tasks_of(self, uid: int) -> int:
        """How many threads the processes of a user have altogether."""
        tasks = 0
        for name in filter(str.isdigit, self._entries(".")):
            try:
                lines = self._read(f"{name}/status").decode().splitlines()
            except OSError:  # gone in the meantime
                continue
            fields = dict(line.split(":\t", 1) for line in lines)
            tasks += int(fields["Threads"]) if int(fields["Uid"].split()[0]) == uid else 0
        return tasks

    def name_of(self, pid: int) -> str | None:
        """The pid by which this /proc knows a child of this process; None if it cannot be seen.

        It may differ from `pid`, as /proc may be that of another namespace.
        """
        try:
            pidfd = os.pidfd_open(pid)
            try:
                about = self._read(f"self/fdinfo/{pidfd}").decode()
            finally:
                os.close(pidfd)
        except (OSError, AttributeError):  # not on Linux, or on one before 5.3
            return None
        fields = dict(line.split(":", 1) for line in about.splitlines())
        name = fields["Pid"].strip()
        return name if int(name) > 0 else None

    def look(self, name: str) -> Sight | None:
        """What the process of this name does now; None if it cannot be seen."""
        try:
            state, threads = self._state(f"{name}/stat")
            others = self._entries(f"{name}/task") if threads > 1 and state not in _AT_WORK else []
        except OSError:
            return None
        stats = (f"{name}/task/{thread}/stat" for thread in others)
        return Sight(state in _AT_WORK or any(map(self._is_at_work, stats)), threads)

    def peak_kib(self, name: str) -> int:
        """The most memory that a running process had in use at once; 0 if it cannot be seen."""
        try:
            lines = self._read(f"{name}/status").decode(errors="replace").splitlines()
        except OSError:
            return 0
        fields = dict(line.partition(":\t")[::2] for line in lines)
        return int(fields.get("VmHWM", "0").split()[0])

    def _entries(self, path: str) -> list[str]:
        """The names in a folder; none if there is no /proc."""
        if self._fd < 0:
            return []
        folder = os.open(path, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC, dir_fd=self._fd)
        try:
            return os.listdir(folder)
        finally:
            os.close(folder)

    def _is_at_work(self, stat: str) -> bool:
        try:
            return self._state(stat)[0] in _AT_WORK
        except OSError:  # it has just ended, so it did something
            return True

    def _state(self, stat: str) -> tuple[bytes, int]:
        """The state of a thread, and the number of threads of its process."""
        after_name = self._read(stat).rpartition(b")")[2].split()
        return after_name[0], int(after_name[17])

    def _read(self, path: str) -> bytes:
        fd = os.open(path, os.O_RDONLY | os.O_CLOEXEC, dir_fd=self._fd)
        try:
            return os.read(fd, 4096)
        finally:
            os.close(fd)


def cpu_seconds(pid: int) -> float:
    """CPU time of a running child, see clock_getcpuclockid(3); 0.0 if it is not Linux."""
    return time.clock_gettime((~pid << 3) | 2) if sys.platform == "linux" else 0.0


def peak_kib(usage: resource.struct_rusage) -> int:
    """The most memory that an ended child had in use at once."""
    unit = 1 if sys.platform == "linux" else 1024  # getrusage(2): bytes on macOS
    return usage.ru_maxrss // unit
