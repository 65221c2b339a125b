"""Ledgers of older versions: brought up to date, or read where nothing can be written."""

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from bench.ledger import listing
from bench.ledger.account import Account
from bench.ledger.schema import SCHEMA
from bench.ledger.store import Ledger, Pending
from bench.record.answer import Answer

ANSWERS = (
    "CREATE TABLE answers ("
    "key TEXT PRIMARY KEY, run_id TEXT NOT NULL, created_at TEXT NOT NULL, model TEXT NOT NULL, "
    "host TEXT NOT NULL, trial INTEGER NOT NULL, attempt INTEGER NOT NULL, "
    "body TEXT NOT NULL, answer TEXT NOT NULL)"
)
RUNS = (
    "CREATE TABLE runs (run_id TEXT PRIMARY KEY, started_at TEXT NOT NULL, "
    "spent_nanousd INTEGER NOT NULL DEFAULT 0, failures INTEGER NOT NULL DEFAULT 0, "
    "stopped_by TEXT, stopped TEXT)"
)
PENDING = (
    "CREATE TABLE pending (run_id TEXT NOT NULL, key TEXT NOT NULL, pid INTEGER NOT NULL, "
    "started_at TEXT NOT NULL, reserved_nanousd INTEGER NOT NULL, response_id TEXT, "
    "PRIMARY KEY (run_id, key))"
)
OF_SCHEMA_2 = (
    ANSWERS,
    RUNS,
    PENDING,
    "CREATE INDEX pending_by_key ON pending (key)",
    "INSERT INTO runs VALUES ('r', '2026-01-01T00:00:00', 250000000, 0, NULL, NULL)",
    "INSERT INTO pending VALUES ('r', 'to collect', 1, '2026-01-01', 500000000, 'resp_1')",
    "INSERT INTO pending VALUES ('r', 'in flight', 1, '2026-01-01', 500000000, NULL)",
)


def older(path: Path, version: int, *statements: str) -> Path:
    """A ledger of this schema, with one answer."""
    with closing(sqlite3.connect(path)) as db:
        for statement in statements:
            db.execute(statement)
        answer = '{"text": "old", "usage": {}}'
        db.execute("INSERT INTO answers VALUES ('k', 'r', 't', 'm', 'h', 1, 1, '{}', ?)", (answer,))
        db.execute(f"PRAGMA user_version = {version}")
        db.commit()
    return path


def test_a_ledger_of_the_first_schema_is_taken_over(tmp_path: Path) -> None:
    with closing(Ledger(older(tmp_path / "ledger.sqlite", 1, ANSWERS))) as ledger:
        assert ledger.get("k") == Answer(text="old", replayed=True)
        assert (
            ledger.rows("PRAGMA user_version") == [(SCHEMA,)]
            and ledger.rows("SELECT * FROM runs") == []
        )


def test_what_an_older_run_left_under_way_is_collected_and_holds_nobody(tmp_path: Path) -> None:
    path = older(tmp_path / "ledger.sqlite", 2, *OF_SCHEMA_2)
    for _ in range(2):  # also once it is up to date
        with closing(Ledger(path)) as ledger:
            assert ledger.rows("SELECT * FROM batches") == []
            assert ledger.get("k") == Answer(text="old", replayed=True)
            account = Account(ledger, "next")  # process 1 lives, and holds nothing
            assert account.reserve("to collect", 0.5, shared=True, collects=True) == Pending(
                "r", "resp_1"
            )
            assert account.reserve("in flight", 0.5, shared=True) is None


def test_an_older_ledger_is_read_where_nothing_can_be_written(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = older(tmp_path / "ledger.sqlite", 2, *OF_SCHEMA_2)
    before = path.read_bytes()
    # A read-only file system, to root too
    monkeypatch.setattr("bench.ledger.store.os.access", lambda *_: False)
    with closing(Ledger(path, must_exist=True)) as ledger:
        assert ledger.get("k") == Answer(text="old", replayed=True)
        assert [line.split()[:5] for line in listing.runs(ledger)][1:] == [
            ["r", "2026-01-01T00:00:00", "1", "$0.2500", "2"],
            ["in", "all", "1", "$0.2500"],
        ]
    assert path.read_bytes() == before and [file.name for file in tmp_path.iterdir()] == [
        "ledger.sqlite"
    ]
