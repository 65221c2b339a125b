"""Hides what a process of the harness knows from candidates that run as the same user."""

import sys


def keep_private() -> None:
    """Let no process of this user trace this one, or read its memory or environment.

    Does nothing where it is not Linux, see PR_SET_DUMPABLE in prctl(2). Programs that this process
    starts are not protected. There will be no core file either, and profilers need root's rights.
    Raises OSError if the system refuses.
    """
    if sys.platform == "linux":
        from bench.jail.walls import linux  # loads the C library

        linux.prctl(linux.PR_SET_DUMPABLE, 0)
