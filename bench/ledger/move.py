"""Answers from one ledger into another: as JSONL, or file by file."""

import json
import sqlite3
from collections.abc import Iterable, Iterator
from dataclasses import asdict
from pathlib import Path

from bench.ledger.alive import NOBODY
from bench.ledger.listing import as_json
from bench.ledger.rows import COLUMNS, DAMAGE, Row, read_answer
from bench.ledger.store import Ledger, LedgerError
from bench.ledger.tool_results import Results, results_of
from bench.proposers.answer_key import canonical, key_of

_NAMES = ", ".join(COLUMNS)
_MARKS = ", ".join("?" * len(COLUMNS))
_INCOMING = f"CREATE TEMP TABLE incoming ({_NAMES}, results, PRIMARY KEY (key))"
"""A table in a file of its own, which SQLite makes and removes: for answers on their way."""


def export(ledger: Ledger) -> Iterator[str]:
    """A line of JSON an answer, the oldest first."""
    query = f"SELECT {_NAMES} FROM answers ORDER BY created_at, key"  # noqa: S608 - our own names
    for row in ledger.each(query):
        yield line_of(row, results_of(ledger, row[0]))


def line_of(row: Row, results: Results | None = None) -> str:
    """A row as a line of JSON, with the results of its tool calls. Raises LedgerError."""
    told = {} if results is None else {"results": list(map(asdict, results))}
    return json.dumps(as_json(row) | told, sort_keys=True) + "\n"


def take(ledger: Ledger, lines: Iterable[str | bytes], name: str) -> tuple[int, int]:
    """Add exported answers, all or none of them; how many are new, and how many were there.

    Those that were there stay as they are. Raises LedgerError for the first line that is not an
    answer under its own key.
    """
    # All lines are read first: they may come slowly, from a pipe, and a run may need the ledger.
    ledger.rows(_INCOMING)
    try:
        number = 0
        for number, line in enumerate(lines, start=1):
            row = row_of(line, f"{name}, line {number}")
            insert = f"INSERT OR IGNORE INTO incoming VALUES ({_MARKS}, ?)"  # noqa: S608
            ledger.rows(insert, *row, _results_in(line))
        with ledger.transaction() as db:
            new = _add_incoming(db)
    finally:
        ledger.rows("DROP TABLE incoming")
    return new, number - new


def row_of(line: str | bytes, where: str) -> Row:
    """The row of an exported answer. Raises LedgerError, which names the line by `where`."""
    try:
        plain = json.loads(line)
        plain |= {"body": canonical(plain["body"]), "answer": json.dumps(plain["answer"])}
        row = tuple(plain[column] for column in COLUMNS)
        read_answer(plain["answer"])
        if plain["key"] != key_of(plain["body"], plain["host"], plain["trial"], plain["attempt"]):
            raise ValueError("the key is not that of the question")
        if None in row:
            raise ValueError("a field is null")
    except DAMAGE as error:
        raise LedgerError(f"{where}: not an answer ({error}): nothing was taken over") from None
    return row


def _add_incoming(db: sqlite3.Connection) -> int:
    """Add the answers under new keys, with the results of their tool calls; how many these are."""
    db.execute("DELETE FROM incoming WHERE key IN (SELECT key FROM answers)")
    incoming = f"SELECT {_NAMES} FROM incoming ORDER BY rowid"  # noqa: S608 - our own names
    new = db.execute(f"INSERT INTO answers {incoming}").rowcount
    results = "SELECT key, results FROM incoming WHERE results IS NOT NULL"
    db.execute(f"INSERT OR REPLACE INTO results {results}")
    return new


def _results_in(line: str | bytes) -> str | None:
    """The results of tool calls in a line that holds an answer, as JSON; None without any."""
    results = json.loads(line).get("results")
    return None if results is None else json.dumps(results)


def merge(ledger: Ledger, other: Path) -> tuple[int, int]:
    """Add another ledger's answers, results of tool calls, runs, and what is still to be collected.

    Returns how many answers are new, and how many were there; those stay as they are.
    """
    source = Ledger(other, must_exist=True)
    try:
        new, known = take(ledger, export(source), str(other))
        runs = source.rows("SELECT * FROM runs")
        stops = source.rows("SELECT * FROM stops")
        sent = source.rows("SELECT * FROM batches")
        pending = source.rows(
            "SELECT run_id, key, ?, started_at, reserved_nanousd, response_id FROM pending "
            "WHERE response_id IS NOT NULL",
            NOBODY,
        )
    finally:
        source.close()
    with ledger.transaction() as db:
        db.executemany("INSERT OR IGNORE INTO runs VALUES (?, ?, ?, ?, ?, ?)", runs)
        db.executemany("INSERT OR IGNORE INTO stops VALUES (?, ?, ?, ?)", stops)
        db.executemany("INSERT OR IGNORE INTO batches VALUES (?, ?, ?, ?)", sent)
        db.executemany("INSERT OR IGNORE INTO pending VALUES (?, ?, ?, ?, ?, ?)", pending)
        db.execute(
            "DELETE FROM pending WHERE key IN (SELECT key FROM answers) AND response_id IS NOT NULL"
        )
    return new, known
