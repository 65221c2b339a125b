"""Turns at the processors of this machine, shared by all workers of a user, of whatever run.

More children than processors would only wait for one another. A turn is a locked file, which the
kernel unlocks when its holder dies. It is no more than politeness: verdicts do not depend on it.
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
"""After which a child runs without a turn: a process that was stopped may hold one for days."""

_SHORTEST_PAUSE, _LONGEST_PAUSE = 0.001, 0.02


def processors() -> Sequence[int]:
    """Those that this process may use, by the system's numbers."""
    if hasattr(os, "sched_getaffinity"):
        return sorted(os.sched_getaffinity(0))
    return range(os.cpu_count() or 1)


@asynccontextmanager
async def turn() -> AsyncIterator[None]:
    """Wait for a processor that no other worker's child uses, and hold it."""
    held = await _wait()
    try:
        yield
    finally:
        if held is not None:
            os.close(held)


async def _wait() -> int | None:
    """A descriptor that holds a turn; None where there is none to be had, or none in time."""
    deadline = anyio.current_time() + _PATIENCE_SECONDS
    pause = _SHORTEST_PAUSE
    try:
        folder = _folder()
        while (held := _take(folder)) is None and anyio.current_time() < deadline:
            await anyio.sleep(pause)
            pause = min(2 * pause, _LONGEST_PAUSE)
    except OSError:  # nowhere to write, or somebody else's folder: then this worker does without
        return None
    return held


def _take(folder: Path) -> int | None:
    """A descriptor of a file that nobody else has locked; None where all are."""
    for processor in processors():
        path = folder / f"processor-{processor}"
        fd = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            fcntl.flock(fd, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            os.close(fd)
        else:
            return fd
    return None


def _folder() -> Path:
    """Where the files are.

    Raises OSError where it cannot be made, or may be another user's work.
    """
    user = os.geteuid()
    runtime = os.environ.get("XDG_RUNTIME_DIR") or tempfile.gettempdir()
    folder = Path(runtime) / f"llm-pv-bench-{user}"
    folder.mkdir(mode=0o700, exist_ok=True)
    found = folder.lstat()
    if not stat.S_ISDIR(found.st_mode) or found.st_uid != user:
        raise OSError(f"{folder} is not this user's")
    return folder
