"""What /proc tells of the processes on this machine, see proc(5); nothing if there is no /proc."""

from contextlib import suppress
from pathlib import Path

_PROC = Path("/proc")


def children_of(parent: int) -> set[int]:
    """The pids of the children of a process, with those that have ended and were not reaped."""
    return {child for child, its_parent in _parents().items() if its_parent == parent}


def descendants_of(ancestor: int) -> set[int]:
    """The pids of a process's children, of their children, and so on."""
    parents = _parents()
    found: set[int] = set()
    generation = {ancestor}
    while generation:
        generation = {child for child, parent in parents.items() if parent in generation}
        found |= generation
    return found


def _parents() -> dict[int, int]:
    """The pid of each process's parent, by its own."""
    parents = {}
    for path in _PROC.glob("[0-9]*"):
        with suppress(OSError):  # gone in the meantime
            after_name = (path / "stat").read_bytes().rpartition(b")")[2].split()
            parents[int(path.name)] = int(after_name[1])
    return parents
