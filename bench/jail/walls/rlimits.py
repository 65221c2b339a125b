"""Resource limits, see getrlimit(2)."""

import resource


def cap(which: int, value: int) -> None:
    """Lower a limit of this process to a value, for good. One that is lower already stays."""
    hard = resource.getrlimit(which)[1]
    value = value if hard == resource.RLIM_INFINITY else min(value, hard)
    resource.setrlimit(which, (value, value))
