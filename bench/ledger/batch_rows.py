"""The ledger's rows of batches: each is there before its requests can be bought.

A batch is known by a token of ours, which goes with it to the server. `pending` has it as the id
that the batch's requests are collected by.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from bench.ledger.account import book
from bench.ledger.store import Ledger
from bench.record import usd
from bench.record.utc import now

PREFIX = "batch:"
"""What a token begins with: no response of a server has such an id."""


@dataclass(frozen=True, slots=True)
class BatchRow:
    """A batch as the ledger knows it."""

    created_at: str
    batch_id: str | None
    """The server's own id; None where a run was killed before it knew whether there is one."""


def note(ledger: Ledger, run_id: str, token: str, keys: Iterable[str]) -> None:
    """Keep that these reserved requests are about to be sent as one batch. Raises LedgerError."""
    with ledger.transaction() as db:
        db.execute("INSERT INTO batches VALUES (?, ?, ?, NULL)", (token, run_id, now()))
        db.executemany(
            "UPDATE pending SET response_id = ? WHERE run_id = ? AND key = ?",
            ((token, run_id, key) for key in keys),
        )


def created(ledger: Ledger, token: str, batch_id: str) -> None:
    """Keep the id that the server gave it. Raises LedgerError."""
    with ledger.transaction() as db:
        db.execute("UPDATE batches SET batch_id = ? WHERE token = ?", (batch_id, token))


def unsent(ledger: Ledger, token: str) -> None:
    """A batch never ran, and its requests are sent in another one. Raises LedgerError."""
    with ledger.transaction() as db:
        db.execute("UPDATE pending SET response_id = NULL WHERE response_id = ?", (token,))
        db.execute("DELETE FROM batches WHERE token = ?", (token,))


def forget(ledger: Ledger, token: str) -> None:
    """There is no such batch, or it never ran: its requests cost nothing. Raises LedgerError."""
    with ledger.transaction() as db:
        db.execute("DELETE FROM pending WHERE response_id = ?", (token,))
        db.execute("DELETE FROM batches WHERE token = ?", (token,))


def release(ledger: Ledger, run_id: str, key: str) -> None:
    """Release what was reserved for a request that went nowhere. Raises LedgerError."""
    with ledger.transaction(waits=False) as db:
        db.execute(
            "DELETE FROM pending WHERE run_id = ? AND key = ? AND response_id IS NULL",
            (run_id, key),
        )


def unanswered(ledger: Ledger, token: str, key: str, cost: float | None) -> None:
    """A batch ended without an answer to this request. Raises LedgerError.

    The run that sent it is billed the `cost` in US dollars that its reply tells, if it does.
    """
    with ledger.transaction(waits=False) as db:
        rows = db.execute(
            "SELECT run_id FROM pending WHERE response_id = ? AND key = ?", (token, key)
        )
        for (run_id,) in rows.fetchall():
            book(db, run_id, key, usd.billionths(cost or 0.0))


def find(ledger: Ledger, token: str) -> BatchRow | None:
    """The batch with this token; None where there is none. Raises LedgerError."""
    rows = ledger.rows("SELECT created_at, batch_id FROM batches WHERE token = ?", token)
    return BatchRow(*rows[0]) if rows else None


def left(ledger: Ledger) -> int:
    """How many requests of batches nobody waits for, and have no answer. Raises LedgerError."""
    rows = ledger.rows(
        "SELECT holder, COUNT(*) FROM pending WHERE response_id LIKE ? "
        "AND key NOT IN (SELECT key FROM answers) GROUP BY holder",
        f"{PREFIX}%",
    )
    return sum(count for holder, count in rows if not ledger.is_alive(holder))
