"""Answers from one ledger into another: as JSONL, or file by file."""

import json
from collections.abc import Iterable, Iterator
from pathlib import Path

from bench.ledger.alive import NOBODY
from bench.ledger.listing import as_json
from bench.ledger.rows import COLUMNS, DAMAGE, Row, read_answer
from bench.ledger.store import Ledger, LedgerError
from bench.proposers.answer_key import canonical, key_of

_MARKS = ", ".join("?" * len(COLUMNS))


def export(ledger: Ledger) -> Iterator[str]:
    """A line of JSON an answer, the oldest first."""
    columns = ", ".join(COLUMNS)
    query = f"SELECT {columns} FROM answers ORDER BY created_at, key"  # noqa: S608 - our own names
    for row in ledger.rows(query):
        yield line_of(row)


def line_of(row: Row) -> str:
    """A row as a line of JSON. Raises LedgerError."""
    return json.dumps(as_json(row), sort_keys=True) + "\n"


def take(ledger: Ledger, lines: Iterable[str | bytes], name: str) -> tuple[int, int]:
    """Add exported answers, all or none of them; how many are new, and how many were there.

    Those that were there stay as they are. Raises LedgerError for the first line that is not an
    answer under its own key.
    """
    rows = [row_of(line, f"{name}, line {number}") for number, line in enumerate(lines, start=1)]
    # All lines are read first: they may come slowly, from a pipe, and a run may need the ledger.
    with ledger.transaction() as db:
        insert = f"INSERT OR IGNORE INTO answers VALUES ({_MARKS})"  # noqa: S608 - question marks
        new = sum(db.execute(insert, row).rowcount for row in rows)
    return new, len(rows) - new


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


def merge(ledger: Ledger, other: Path) -> tuple[int, int]:
    """Add another ledger's answers, results of tool calls, runs, and open background requests.

    Returns how many answers are new, and how many were there; those stay as they are.
    """
    source = Ledger(other, must_exist=True)
    try:
        new, known = take(ledger, export(source), str(other))
        runs = source.rows("SELECT * FROM runs")
        stops = source.rows("SELECT * FROM stops")
        results = source.rows("SELECT * FROM results")
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
        db.executemany("INSERT OR IGNORE INTO results VALUES (?, ?)", results)
        db.executemany("INSERT OR IGNORE INTO pending VALUES (?, ?, ?, ?, ?, ?)", pending)
        db.execute(
            "DELETE FROM pending WHERE key IN (SELECT key FROM answers) AND response_id IS NOT NULL"
        )
    return new, known
