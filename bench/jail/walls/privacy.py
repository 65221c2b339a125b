"""Keeps what a process of the harness knows from candidates that run as the same user."""

import sys


def keep_private() -> None:
    """Let no process of this user trace this one, or read its memory or environment.

    Programs that this one starts are not kept so. Only Linux knows this, see PR_SET_DUMPABLE in
    prctl(2); there is no core file any more either, nor a profiler without root's rights.
    Raises OSError where the system refuses.
    """
    if sys.platform == "linux":
        from bench.jail.walls import linux  # loads the C library

        linux.prctl(linux.PR_SET_DUMPABLE, 0)
