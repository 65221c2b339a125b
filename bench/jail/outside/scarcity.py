"""Whether the machine ran out of memory, so that its kernel ended processes: no program's fault."""

import re
from pathlib import Path

from bench.jail.outside.launch import JailBroken

VMSTAT = Path("/proc/vmstat")
"""What Linux counts. Other systems, and some containers, have no such file."""

_COUNT = re.compile(r"^oom_kill (\d+)$", re.MULTILINE)


class Memory:
    """The memory of the machine, and of the container that this runs in."""

    def __init__(self) -> None:
        self._ended = _processes_ended()

    def need(self) -> None:
        """Raise JailBroken where it has run out since this was last asked."""
        before, self._ended = self._ended, _processes_ended()
        if self._ended > before:
            raise JailBroken(
                "the machine ran out of memory, and its kernel ended a process of the jail: "
                "run fewer workers, or lower --eval-memory"
            )


def _processes_ended() -> int:
    """How many processes the kernel has ended for want of memory; 0 where nobody counts them."""
    try:
        found = _COUNT.search(VMSTAT.read_text("ascii"))
    except (OSError, ValueError):
        return 0
    return int(found[1]) if found else 0


MEMORY = Memory()
