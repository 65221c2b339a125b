"""The ledger: every answer that was paid for, in SQLite, so that none is asked for twice."""

import hashlib
import json
import sqlite3
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from bench.proposers.base import Answer, Outage, Request
from bench.record import Usage

SCHEMA = 1
BUSY_SECONDS = 30.0

_TABLE = """CREATE TABLE answers (
    key TEXT PRIMARY KEY, run_id TEXT NOT NULL, created_at TEXT NOT NULL, model TEXT NOT NULL, host TEXT NOT NULL,
    trial INTEGER NOT NULL, attempt INTEGER NOT NULL, body TEXT NOT NULL, answer TEXT NOT NULL
)"""


class LedgerError(Outage):
    """The ledger cannot be read or written. One line: the file, what is wrong, what to do."""


def canonical(body: Mapping[str, Any]) -> str:
    """The body as JSON that does not depend on the order of its keys."""
    return json.dumps(body, sort_keys=True, separators=(",", ":"), ensure_ascii=True)


def answer_key(body: Mapping[str, Any], host: str, request: Request) -> str:
    """The key of an answer: what was asked, of whom, in which trial and attempt."""
    what = json.dumps([canonical(body), host, request.trial, request.attempt], separators=(",", ":"))
    return hashlib.sha256(what.encode()).hexdigest()


class Ledger:
    """The file. Several processes may hold it open at once."""

    def __init__(self, path: Path, *, busy_seconds: float = BUSY_SECONDS) -> None:
        self.path = path
        self._lock = threading.Lock()
        with self._errors():
            path.parent.mkdir(parents=True, exist_ok=True)
            self._db = sqlite3.connect(path, timeout=busy_seconds, isolation_level=None, check_same_thread=False)
        try:
            with self._errors():
                self._prepare()
        except BaseException:
            self._db.close()
            raise

    def get(self, key: str) -> Answer | None:
        """The answer recorded under this key, marked as replayed."""
        with self._errors(), self._lock:
            row = self._db.execute("SELECT answer FROM answers WHERE key = ?", (key,)).fetchone()
            if row is None:
                return None
            plain = json.loads(row[0])
            return Answer(**{**plain, "usage": Usage(**plain["usage"]), "replayed": True})

    def put(
        self, key: str, *, run_id: str, host: str, request: Request, body: Mapping[str, Any], answer: Answer
    ) -> None:
        """Record the answer; it is on the disk when this returns. A later answer replaces an earlier one."""
        now = datetime.now(UTC).isoformat()
        row = (key, run_id, now, request.model, host, request.trial, request.attempt, canonical(body))
        with self._errors(), self._lock:
            self._db.execute(
                "INSERT OR REPLACE INTO answers VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)", (*row, json.dumps(asdict(answer)))
            )

    def close(self) -> None:
        """Close the file."""
        self._db.close()

    def _prepare(self) -> None:
        self._db.execute("PRAGMA journal_mode = WAL")
        self._db.execute("PRAGMA synchronous = FULL")
        self._db.execute("BEGIN IMMEDIATE")
        version = self._db.execute("PRAGMA user_version").fetchone()[0]
        if version > SCHEMA:
            raise LedgerError(f"ledger {self.path}: schema {version} is newer than {SCHEMA}: update, or give --ledger")
        if version == 0:
            self._db.execute(_TABLE)
            self._db.execute(f"PRAGMA user_version = {SCHEMA}")
        self._db.execute("COMMIT")

    @contextmanager
    def _errors(self) -> Iterator[None]:
        try:
            yield
        except (sqlite3.Error, OSError) as error:
            what = " ".join(str(error).split())
            advice = "give another file with --ledger"
            if "locked" in what:
                advice = "end the process that holds it, or give another file with --ledger"
            elif "readonly" in what or isinstance(error, PermissionError):
                advice = "make it writable, or give another file with --ledger"
            raise LedgerError(f"ledger {self.path}: {what}: {advice}") from error
        except (ValueError, TypeError, KeyError) as error:
            raise LedgerError(f"ledger {self.path}: an answer is damaged: give another file with --ledger") from error
