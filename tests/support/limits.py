"""An end for what would not end: in CPU time, which a busy machine does not take from anybody."""

import signal
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType
from typing import NoReturn

SECONDS = 20
"""Many times what anything that is tested with this takes."""


@contextmanager
def cpu_time() -> Iterator[None]:
    """Raises TimeoutError in a block that takes more."""

    def stop(_number: int, _frame: FrameType | None) -> NoReturn:
        raise TimeoutError(f"more than {SECONDS} s of CPU time")

    before = signal.signal(signal.SIGVTALRM, stop)
    signal.setitimer(signal.ITIMER_VIRTUAL, SECONDS)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_VIRTUAL, 0)
        signal.signal(signal.SIGVTALRM, before)
