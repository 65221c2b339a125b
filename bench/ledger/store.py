"""The ledger's file: opening, checking and reading it, and what to do where that fails."""

import os
import shutil
import sqlite3
import threading
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bench.ledger import alive
from bench.ledger.rows import DAMAGE, read_answer
from bench.ledger.schema import SCHEMA, update
from bench.proposers.proposer import Outage
from bench.record.answer import Answer

BUSY_SECONDS = 10.0
NO_ROOM = 2**20
"""Bytes. With fewer a disk counts as full: a long answer and SQLite's log have to fit."""

_PIECE = 200
"""Rows that are read at a time where they may be many."""

_MAY_PASS = ("locked", "full", "I/O")
"""Words in SQLite's messages about troubles that may be over soon."""


_FAULTS = (sqlite3.Error, OSError, OverflowError)
"""What a file that cannot be used makes Python raise."""


class LedgerError(Outage):
    """The ledger cannot be read or written. One line: the file, what is wrong, what to do."""


class LedgerBusy(LedgerError):
    """The ledger cannot be used now, but perhaps later: it is locked, or its disk is full."""


@dataclass(frozen=True, slots=True)
class Pending:
    """A request that was started in the background: by which run, and the id to collect it by."""

    run_id: str
    response_id: str


class Ledger:
    """The open file, which several processes may share. Every method raises LedgerError."""

    def __init__(self, path: Path, *, must_exist: bool = False) -> None:
        self.path = path
        self._folder = str(path.parent)
        self._errors = _LedgerFaults(path)
        self._lock = threading.RLock()
        if must_exist and not path.is_file():
            raise LedgerError(f"ledger {path}: no such file: name the ledger with --ledger")
        # Where we may only read: SQLite needs no locks then, and could not make its WAL files.
        self.is_frozen = must_exist and not os.access(path, os.W_OK)
        with self._errors:
            path.parent.mkdir(parents=True, exist_ok=True)
            self._users = alive.users_of(path)
            mode = "immutable=1&mode=ro" if self.is_frozen else "mode=rwc"
            self._db = sqlite3.connect(
                f"{path.absolute().as_uri()}?{mode}",
                uri=True,
                timeout=BUSY_SECONDS,
                isolation_level=None,
                check_same_thread=False,
            )
        try:
            version = self._check_version()
            if not self.is_frozen:
                self._prepare()
                self._file = _file_at(path)
            elif version < SCHEMA:
                self._copy_into_memory()
        except BaseException:
            self._db.close()
            raise

    def get(self, key: str, payer: str | None = None) -> Answer | None:
        """The answer recorded under this key, or where this run paid for it; marked as replayed.

        None also where an older version recorded a server's failure as an empty answer: that is
        asked for again.
        """
        rows = self.rows("SELECT run_id, answer FROM answers WHERE key = ?", key)
        if not rows or payer not in (None, rows[0][0]):
            return None
        try:
            answer = read_answer(rows[0][1])
        except DAMAGE as error:
            raise LedgerError(
                f"ledger {self.path}: an answer is damaged: see python -m bench.ledger check, "
                "or give another file with --ledger"
            ) from error
        return None if answer.tells_nothing else answer

    def pending(self, key: str) -> Pending | None:
        """The latest background request for this key whose answer is still to be collected."""
        rows = self.rows(
            "SELECT run_id, response_id FROM pending WHERE key = ? AND response_id IS NOT NULL "
            "ORDER BY started_at DESC LIMIT 1",
            key,
        )
        return Pending(*rows[0]) if rows else None

    def rows(self, query: str, *values: object) -> list[tuple[Any, ...]]:
        """What a query finds."""
        with self._errors, self._lock:
            return self._db.execute(query, values).fetchall()

    def each(self, query: str) -> Iterator[tuple[Any, ...]]:
        """The same, a piece of them at a time: all answers may be more than fits into memory."""
        with self._errors, self._lock:
            found = self._db.execute(query)
        while True:
            with self._errors, self._lock:
                rows = found.fetchmany(_PIECE)
            if not rows:
                return
            yield from rows

    @contextmanager
    def transaction(self, *, waits: bool = True) -> Iterator[sqlite3.Connection]:
        """One transaction, with nobody else writing: at its end all of it is on disk, or none.

        One that does not wait for the disk gets there with the next that does. Until then a failure
        of the machine can lose it, and a killed process cannot.
        """
        with self._errors, self._lock:
            self._db.execute(f"PRAGMA synchronous = {'FULL' if waits else 'NORMAL'}")
            self._db.execute("BEGIN IMMEDIATE")
            try:
                yield self._db
                self._db.execute("COMMIT")
            except BaseException:
                if self._db.in_transaction:
                    self._db.execute("ROLLBACK")
                raise

    def own_number(self) -> int:
        """The number that this process is known by in `pending`."""
        with self._errors:
            return alive.own_number(self._users)

    def is_alive(self, number: int) -> bool:
        """Whether the process that is known by this number lives."""
        with self._errors:
            return alive.is_alive(self._users, number)

    def need_there(self) -> None:
        """Raise LedgerError where the file was deleted or replaced: nobody would read it again."""
        if _file_at(self.path) != self._file:
            raise LedgerError(
                f"ledger {self.path}: the file was deleted or replaced under the run: run again"
            )

    def need_room(self) -> None:
        """Raise LedgerError where the file, or the room for an answer, is gone."""
        self.need_there()
        with self._errors:
            disk = os.statvfs(self._folder)
            if disk.f_bavail * disk.f_frsize < NO_ROOM:
                raise sqlite3.OperationalError("database or disk is full")

    def need_whole(self) -> None:
        """Raise LedgerError where the file's structure is damaged, in whichever part of it."""
        ((found,),) = self.rows("PRAGMA quick_check(1)")
        if found != "ok":
            with self._errors:
                raise sqlite3.DatabaseError(f"database disk image is malformed ({found})")

    def close(self) -> None:
        """Close the file, once nobody reads or writes it."""
        with self._lock:
            self._db.close()

    def _check_version(self) -> int:
        ((version,),) = self.rows("PRAGMA user_version")
        if version > SCHEMA:
            raise LedgerError(
                f"ledger {self.path}: schema {version} is newer than {SCHEMA}: "
                "update this project, or give another file with --ledger"
            )
        return int(version)

    def _prepare(self) -> None:
        """Create or update the tables. This always writes, so a read-only file is found out now."""
        with self._errors:
            self._db.execute("PRAGMA journal_mode = WAL")
        with self.transaction() as db:
            update(db)

    def _copy_into_memory(self) -> None:
        """Update a copy, in memory, of an older file that cannot be updated itself."""
        copy = sqlite3.connect(":memory:", isolation_level=None, check_same_thread=False)
        with self._errors, closing(self._db):
            self._db.backup(copy)
        self._db = copy
        with self.transaction() as db:
            update(db)


class _LedgerFaults:
    """Within it, what SQLite and the system raise is a LedgerError."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def __enter__(self) -> None:
        """Nothing: as a class it takes a quarter of the time of a generator."""

    def __exit__(self, _kind: object, error: BaseException | None, _trace: object) -> None:
        if not isinstance(error, _FAULTS):
            return
        told = error.strerror if isinstance(error, OSError) else None
        what = " ".join((told or str(error)).split())
        kind = LedgerBusy if any(word in what for word in _MAY_PASS) else LedgerError
        raise kind(f"ledger {self._path}: {what}: {self._advice(error, what)}") from error

    def _advice(self, error: Exception, what: str) -> str:
        folder = self._path.parent
        if "locked" in what:
            return "end the process that holds it, or give another file with --ledger"
        # SQLite says "disk I/O error" where its shared memory finds no room.
        if "full" in what or ("I/O" in what and shutil.disk_usage(folder).free < NO_ROOM):
            return "the disk is full: free some space, or give another file with --ledger"
        unopened = "unable to open" in what and not os.access(folder, os.W_OK)
        if "readonly" in what or unopened or isinstance(error, PermissionError):
            return "make it writable, or give another file with --ledger"
        return "give another file with --ledger"


def _file_at(path: Path) -> tuple[int, int] | None:
    """What identifies the file at a path: its device and inode; None where there is none."""
    try:
        found = path.stat()
    except OSError:
        return None
    return found.st_dev, found.st_ino
