"""Keeps this process's memory and environment from candidates that the kernel keeps from nothing else."""

import sys


def keep_private() -> None:
    """Let no process of this user trace this one, or read its memory or environment; those it starts are not kept so.

    Only Linux knows that: see PR_SET_DUMPABLE in prctl(2). It leaves no core either, and no profiler of the same user
    can look in. Raises OSError where the system refuses.
    """
    if sys.platform == "linux":
        from bench.jail.walls import linux  # loads the C library

        linux.prctl(linux.PR_SET_DUMPABLE, 0)
