"""Turns at the processors of this machine, shared by all workers of a user in all runs.

More children than processors would only wait for one another. A turn is a locked file, which the
kernel unlocks when its holder dies. Turns only save time: verdicts do not depend on them.
"""

import fcntl
import os
import stat
import tempfile
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path

import anyio

_PATIENCE_SECONDS = 60.0
"""After this a child runs without a turn: a process that was stopped may hold one for days."""

_SHORTEST_PAUSE, _LONGEST_PAUSE = 0.001, 0.02


def processors() -> Sequence[int]:
    """The system's numbers of the processors that this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return sorted(os.sched_getaffinity(0))
    return range(os.cpu_count() or 1)


@asynccontextmanager
async def turn() -> AsyncIterator[None]:
    """Wait for a processor that no other worker's child has, and hold it."""
    held = await _wait()
    try:
        yield
    finally:
        if held is not None:
            os.close(held)


async def _wait() -> int | None:
    """A descriptor that holds a turn; None if none can be had, or not in time."""
    deadline = anyio.current_time() + _PATIENCE_SECONDS
    pause = _SHORTEST_PAUSE
    try:
        folder = _folder()
        while (held := _take(folder)) is None and anyio.current_time() < deadline:
            await anyio.sleep(pause)
            pause = min(2 * pause, _LONGEST_PAUSE)
    except OSError:  # nowhere to write or lock, or another user's: this worker does without turns
        return None
    return held


def _take(folder: str) -> int | None:
    """A descriptor of a file that nobody else has locked; None if all are locked.

    Raises OSError where files cannot be made or locked.
    """
    flags = os.O_RDWR | os.O_CREAT | os.O_CLOEXEC
    for processor in processors():
        fd = os.open(f"{folder}/processor-{processor}", flags, 0o600)
        try:
            fcntl.flock(fd, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except (BlockingIOError, PermissionError):
            os.close(fd)
        except OSError:  # a file system without locks
            os.close(fd)
            raise
        else:
            return fd
    return None


def _folder() -> str:
    """The folder of the files. Raises OSError if it cannot be made, or is another user's."""
    user = os.geteuid()
    runtime = os.environ.get("XDG_RUNTIME_DIR") or tempfile.gettempdir()
    folder = f"{runtime}/llm-pv-bench-{user}"
    try:
        found = os.lstat(folder)
    except FileNotFoundError:
        Path(folder).mkdir(mode=0o700, exist_ok=True)
        found = os.lstat(folder)
    if not stat.S_ISDIR(found.st_mode) or found.st_uid != user:
        raise OSError(f"{folder} is not this user's")
    return folder
