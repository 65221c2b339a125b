"""What /proc tells of the processes on this machine, see proc(5); nothing if there is no /proc."""

from contextlib import suppress
from pathlib import Path

_PROC = Path("/proc")


def children_of(parent: int) -> set[int]:
    """The pids of the children of a process, with those that have ended and were not reaped."""
    children = set()
    for path in _PROC.glob("[0-9]*"):
        with suppress(OSError):  # gone in the meantime
            after_name = (path / "stat").read_bytes().rpartition(b")")[2].split()
            if int(after_name[1]) == parent:
                children.add(int(path.name))
    return children
