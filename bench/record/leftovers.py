"""Temporary files that killed processes left, told from those that are in use.

Whoever uses a folder holds a lock on it.
"""

import fcntl
import os
import shutil
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path


def hold(folder: Path) -> int | None:
    """Lock a folder for as long as this process lives, or until the descriptor is closed.

    None where others hold it, or where the file system has no locks.
    """
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        os.close(descriptor)
        return None
    return descriptor


def is_held(folder: Path) -> bool:
    """Whether a process that lives holds a folder.

    False where the folder has just been removed, and where the file system has no locks.
    """
    try:
        descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    except OSError:
        return False
    try:
        fcntl.flock(descriptor, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    except OSError:
        return False
    finally:
        os.close(descriptor)
    return False


def clear(reports: Path, names: Iterable[str]) -> None:
    """Remove the hidden copies of files of these names that killed runs left, and links to them.

    Raises OSError.
    """
    beginnings, runs = tuple(f".{name}." for name in names), reports / "runs"
    copies = [(hidden, hidden.parent) for hidden in runs.glob("*/.*")]
    links = [(link, runs / to.parent.name) for link, to in _hidden_links(reports)]
    left = [one for one in copies + links if one[0].name.startswith(beginnings)]
    is_over = {folder: _is_over(folder) for folder in {folder for _, folder in left}}
    for hidden, folder in left:
        if is_over[folder]:
            hidden.unlink(missing_ok=True)


def _hidden_links(folder: Path) -> Iterator[tuple[Path, Path]]:
    """Each with what it leads to."""
    for hidden in folder.glob(".*"):
        with suppress(OSError):  # no link, or another run has just renamed it
            yield hidden, hidden.readlink()


def _is_over(run: Path) -> bool:
    """Whether the process of this run has ended. False where the file system has no locks."""
    try:
        lock = hold(run)
    except FileNotFoundError:
        return True
    if lock is not None:
        os.close(lock)
    return lock is not None


@contextmanager
def workshop(path: Path) -> Iterator[Path]:
    """A hidden folder beside a path, to build it in; it is removed at the end of the block.

    Folders that killed processes left are removed first. Raises OSError.
    """
    for left in path.parent.glob(f".{path.name}-*"):
        if (lock := _hold_if_there(left)) is not None:
            shutil.rmtree(left, ignore_errors=True)
            os.close(lock)
    building, lock = _built_in(path)
    try:
        yield building
    finally:
        shutil.rmtree(building, ignore_errors=True)
        if lock is not None:
            os.close(lock)


def _built_in(path: Path) -> tuple[Path, int | None]:
    """A new folder and its lock. Until it is locked, others may take it for a leftover."""
    for _ in range(3):
        building = Path(tempfile.mkdtemp(prefix=f".{path.name}-", dir=path.parent))
        lock = _hold_if_there(building)
        if lock is not None and building.exists():
            break
    return building, lock


def _hold_if_there(folder: Path) -> int | None:
    try:
        return hold(folder)
    except (FileNotFoundError, NotADirectoryError):
        return None
