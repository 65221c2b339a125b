"""What /proc says of the processes on this machine. Empty where there is no /proc. See proc(5)."""

from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

_PROC = Path("/proc")


def _processes() -> Iterator[Path]:
    if _PROC.is_dir():
        yield from (path for path in _PROC.iterdir() if path.name.isdigit())


def children_of(parent: int) -> set[int]:
    """Pids of the children of a process, ended ones included."""
    children = set()
    for path in _processes():
        with suppress(OSError):  # gone in the meantime
            after_name = (path / "stat").read_bytes().rpartition(b")")[2].split()
            if int(after_name[1]) == parent:
                children.add(int(path.name))
    return children


def tasks_of(uid: int) -> int:
    """How many threads the processes of a user have."""
    tasks = 0
    for path in _processes():
        with suppress(OSError):
            tasks += len(list((path / "task").iterdir())) if path.stat().st_uid == uid else 0
    return tasks
