"""Whether the process that started this worker is still there: without it nobody needs answers."""

import os

_controller: int | None = None
"""Its process id, in a worker."""

LINE = "the run's controller is gone, so nothing more is asked"


def watch() -> None:
    """Remember the process that started this worker. Call it when the worker starts."""
    global _controller
    _controller = os.getppid()


def is_gone() -> bool:
    """Whether it has ended; then this process has another parent. False where nobody is watched."""
    return _controller is not None and os.getppid() != _controller
