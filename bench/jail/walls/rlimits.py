"""Resource limits, see getrlimit(2)."""

import resource

from bench.jail.walls.linux import Step

TASKS = 256
"""How many threads (and processes, where seccomp is missing) a child may have."""


def cap(which: int, value: int) -> Step:
    """Lower a limit to a value, for good. One that is lower already stays."""
    hard = resource.getrlimit(which)[1]
    value = value if hard == resource.RLIM_INFINITY else min(value, hard)
    return resource.setrlimit, (which, (value, value))
