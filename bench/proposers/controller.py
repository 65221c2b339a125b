"""Whether the process that started this worker still lives: where it is gone, nobody needs the answers."""

import os

_controller: int | None = None
"""Its process id, in a worker."""

LINE = "the run's controller is gone, so nothing more is asked"


def watch() -> None:
    """Remember the process that started this one, a worker. Called at its start."""
    global _controller
    _controller = os.getppid()


def is_gone() -> bool:
    """Whether it has ended: then another process has taken its children.

    Never so where nobody is watched.
    """
    return _controller is not None and os.getppid() != _controller
