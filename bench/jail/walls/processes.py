"""What /proc tells of the processes on this machine, see proc(5); nothing if there is no /proc."""

import os

_PROC = "/proc"


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
    names = os.listdir(_PROC) if os.path.isdir(_PROC) else []
    for name in filter(str.isdigit, names):
        try:
            with open(f"{_PROC}/{name}/stat", "rb") as file:
                after_name = file.read().rpartition(b")")[2].split()
        except OSError:  # gone in the meantime
            continue
        parents[int(name)] = int(after_name[1])
    return parents
