"""Resource limits, see getrlimit(2)."""

import resource

from bench.jail.walls.linux import Step


def cap(which: int, value: int) -> Step:
    """Lower a limit to a value, for good. One that is lower already stays."""
    hard = resource.getrlimit(which)[1]
    value = value if hard == resource.RLIM_INFINITY else min(value, hard)
    return resource.setrlimit, (which, (value, value))
