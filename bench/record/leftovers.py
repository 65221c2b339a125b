"""Temporary files that a killed process left, told from those of one that lives: who uses a folder locks it."""

import fcntl
import os
import shutil
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
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


def clear(runs: Path, names: Iterable[str]) -> None:
    """Remove what killed runs left beside files of these names: hidden copies. Raises OSError."""
    beginnings = tuple(f".{name}." for name in names)
    left = [hidden for hidden in runs.glob("*/.*") if hidden.name.startswith(beginnings)]
    for folder in {hidden.parent for hidden in left}:
        lock = hold(folder)
        if lock is None:
            continue
        for hidden in left:
            if hidden.parent == folder:
                hidden.unlink(missing_ok=True)
        os.close(lock)


@contextmanager
def workshop(path: Path) -> Iterator[Path]:
    """A hidden folder beside a path, to build it in; gone with the block.

    Those of killed processes go first.

    Raises OSError.
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
    """A new folder and the lock on it: others may take it for left behind until it is locked."""
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
