"""Which of the processes that use a ledger are alive.

Each of them locks a byte of a file beside the ledger, and the system frees the lock when the
process ends. A process id proves nothing: in a container or after a reboot another process has it.
SQLite uses such locks itself, so they work wherever the ledger does.
"""

import fcntl
import os
import secrets
import threading
from dataclasses import dataclass
from os.path import realpath
from pathlib import Path

NOBODY = 0
"""The number of no process."""

_LAST = 2**62
"""Locked bytes lie no further than this: offsets in a file end at 2**63."""


@dataclass(frozen=True, slots=True)
class _Place:
    """The byte that a process has locked in the file beside a ledger."""

    process: int
    file: int
    number: int


_places: dict[Path, _Place] = {}
"""The files are never closed: a process that closes a file loses all of its locks in it."""

_placing = threading.Lock()
"""Locks belong to processes: two threads could take two places, and find each other's free."""


def users_of(ledger: Path) -> Path:
    """The file whose locks tell of the ledger's users."""
    whole = Path(realpath(ledger))  # a link in a circle is no file, and SQLite says so
    return whole.with_name(f".{whole.name}.alive")


def own_number(users: Path) -> int:
    """The number that this process is known by among a ledger's users. Raises OSError."""
    return _place(users).number


def is_alive(users: Path, number: int) -> bool:
    """Whether the user with this number lives. Raises OSError."""
    if number == NOBODY:
        return False
    place = _place(users)
    if number == place.number:
        return True
    try:
        fcntl.lockf(place.file, fcntl.LOCK_SH | fcntl.LOCK_NB, 1, number)
    except (BlockingIOError, PermissionError):
        return True
    fcntl.lockf(place.file, fcntl.LOCK_UN, 1, number)
    return False


def _place(users: Path) -> _Place:
    with _placing:
        return _placed(users)


def _placed(users: Path) -> _Place:
    place = _places.get(users)
    # A forked process has no locks, and nobody can find the locks in a deleted file.
    if place is None or place.process != os.getpid() or os.fstat(place.file).st_nlink == 0:
        file = os.open(users, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o666)
        number = 1 + secrets.randbelow(_LAST)
        fcntl.lockf(file, fcntl.LOCK_EX | fcntl.LOCK_NB, 1, number)
        place = _places[users] = _Place(os.getpid(), file, number)
    return place
