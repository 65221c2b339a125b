"""What /proc says of the processes on this machine. Empty where there is no /proc. See proc(5)."""

from contextlib import suppress
from pathlib import Path

_PROC = Path("/proc")


def children_of(parent: int) -> set[int]:
    """Pids of the children of a process, ended ones included."""
    children = set()
    for path in _PROC.glob("[0-9]*"):
        with suppress(OSError):  # gone in the meantime
            after_name = (path / "stat").read_bytes().rpartition(b")")[2].split()
            if int(after_name[1]) == parent:
                children.add(int(path.name))
    return children
