"""Paid answers that the ledger could not take: each in a file, for the next run to take over."""

from pathlib import Path

import structlog

from bench.ledger import move
from bench.ledger.account import book
from bench.ledger.rows import Paid, Row, put, read_answer
from bench.ledger.store import Ledger
from bench.record import usd
from bench.record.whole import write_whole

log = structlog.get_logger(__name__)


def folder_in(reports: Path) -> Path:
    """The folder of the files, beside the runs' reports."""
    return reports / "unrecorded"


def write(folder: Path, paid: Paid) -> Path | None:
    """Write the answer to a file, as one line of an export; None where there is no room for it."""
    path = folder / f"{paid.key}.jsonl"
    try:
        write_whole(path, move.line_of(paid.row))
    except OSError:
        return None
    return path


def collect(ledger: Ledger, folder: Path) -> None:
    """Take the answers in all files into the ledger, and remove the files.

    Raises LedgerError and OSError.
    """
    for path in sorted(folder.glob("*.jsonl")):
        take_file(ledger, path)
        path.unlink(missing_ok=True)
        log.info("unrecorded_taken_over", file=str(path))


def take_file(ledger: Ledger, path: Path) -> None:
    """Take the answers in a file into the ledger, and book them to the runs that paid.

    Raises LedgerError and OSError.
    """
    with path.open("rb") as lines:
        rows = [move.row_of(line, f"{path}, line {n}") for n, line in enumerate(lines, start=1)]
    for row in rows:
        take(ledger, row, replaces=True)


def take(ledger: Ledger, row: Row, *, replaces: bool) -> bool:
    """Take an answer into the ledger, and book it to the run that paid; whether it is kept.

    An answer that is there stays, or with `replaces` the newer one of the two. Raises LedgerError.
    """
    key, run_id, created_at, *_, answer = row
    with ledger.transaction() as db:
        found = db.execute("SELECT created_at FROM answers WHERE key = ?", (key,)).fetchone()
        # The file may be older than what was asked since, or have been taken over by another run.
        is_new = found is None or (replaces and found[0] < created_at)
        if is_new:
            put(db, row)
        cost = read_answer(answer).cost_usd
        book(db, run_id, key, None if cost is None else usd.billionths(cost))
    return is_new
