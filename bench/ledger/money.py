"""One run's account in the ledger, shared by its workers: what is spent and reserved, and why it stopped asking."""

import os
import sqlite3
from collections.abc import Mapping
from typing import Any

from bench import usd
from bench.ledger.store import Ledger, now, put
from bench.proposers.base import Answer, BudgetSpent, Lost, Outage, Request

FAILURES = 10
"""Outages in a row, over all workers of a run, after which it asks no more."""


class Account:
    """The run's row. Every method is one transaction, and raises LedgerError."""

    def __init__(self, ledger: Ledger, run_id: str, limit: float | None = None) -> None:
        self._ledger = ledger
        self._run_id = run_id
        self._limit = limit

    def reserve(self, key: str, largest: float | None, *, shared: bool = False, patient: bool = True) -> bool:
        """Set aside the largest possible cost of a request that is about to be made.

        False where it may fit once the requests that other workers are waiting for are settled, and where one of them
        (with `shared`, one of any run) is asking the same, as long as the caller is `patient`. Raises BudgetSpent
        where it cannot fit, and Outage or BudgetSpent where the run has stopped asking: from then on, for every
        request.
        """
        self._ledger.need_room()
        with self._ledger.transaction() as db:
            self._go_on(db)
            if patient and self._asked_by_another(db, key, shared):
                return False
            amount = usd.billionths(largest or 0.0)
            if self._limit is not None and (over := self._over(db, amount)):
                if over == "wait":
                    return False
                self._stop(db, "budget", over)
            else:
                db.execute(
                    "INSERT OR REPLACE INTO pending VALUES (?, ?, ?, ?, ?, NULL)",
                    (self._run_id, key, os.getpid(), now(), amount),
                )
                return True
        raise BudgetSpent(over)

    def check(self) -> None:
        """Raises Outage or BudgetSpent where the run has stopped asking."""
        with self._ledger.transaction() as db:
            self._go_on(db)

    def started(self, key: str, response_id: str) -> None:
        """Keep the id of a request that was started in the background."""
        with self._ledger.transaction() as db:
            db.execute(
                "UPDATE pending SET response_id = ? WHERE run_id = ? AND key = ?", (response_id, self._run_id, key)
            )

    def settle(
        self, key: str, *, host: str, request: Request, body: Mapping[str, Any], answer: Answer, payer: str
    ) -> None:
        """Record an answer, book its cost to the run that asked for it, and release what was reserved.

        Where the cost is not known, what was reserved is taken for it.
        """
        with self._ledger.transaction() as db:
            put(db, key, run_id=payer, host=host, request=request, body=body, answer=answer)
            held = db.execute(
                "SELECT reserved_nanousd FROM pending WHERE run_id = ? AND key = ?", (payer, key)
            ).fetchone()
            if held is not None:  # else another run collected the same answer, and booked it
                cost = held[0] if answer.cost_usd is None else usd.billionths(answer.cost_usd)
                db.execute("UPDATE runs SET spent_nanousd = spent_nanousd + ? WHERE run_id = ?", (cost, payer))
            db.execute("UPDATE runs SET failures = 0 WHERE run_id = ?", (self._run_id,))
            db.execute("DELETE FROM pending WHERE run_id = ? AND key = ?", (payer, key))

    def failed(self, key: str, outage: Outage) -> None:
        """Count an outage, and stop the run where it ends it or is one too many. What was reserved is released.

        One that ends less, a prompt that is too long or a wrong model, is not counted: the server is well.
        A request whose id is known stays in the ledger, to be collected later, unless its answer is lost.
        """
        with self._ledger.transaction() as db:
            self._row(db)
            lost = isinstance(outage, Lost)
            db.execute(
                "DELETE FROM pending WHERE run_id = ? AND key = ? AND (? OR response_id IS NULL)",
                (self._run_id, key, lost),
            )
            # What is left is to be collected later: nobody waits for it now, and it may be billed all the same.
            db.execute("UPDATE pending SET pid = 0 WHERE run_id = ? AND key = ?", (self._run_id, key))
            if outage.ends in (None, "run"):
                db.execute("UPDATE runs SET failures = failures + 1 WHERE run_id = ?", (self._run_id,))
            failures = db.execute("SELECT failures FROM runs WHERE run_id = ?", (self._run_id,)).fetchone()[0]
            if outage.ends == "run" and not lost:
                self._stop(db, "outage", f"nothing more is asked in this run: {outage}")
            elif failures >= FAILURES:
                self._stop(db, "breaker", f"{failures} requests in a row failed, so nothing more is asked: {outage}")

    def forget(self, key: str) -> None:
        """Forget the background requests for this key: they were cancelled, or their answers are lost."""
        with self._ledger.transaction() as db:
            db.execute("DELETE FROM pending WHERE key = ? AND response_id IS NOT NULL", (key,))

    def _asked_by_another(self, db: sqlite3.Connection, key: str, shared: bool) -> bool:
        """Whether another process that is alive is waiting for the answer of this key, in this run or, shared, any."""
        rows = db.execute(
            "SELECT pid FROM pending WHERE key = ? AND pid != ? AND (? OR run_id = ?)",
            (key, os.getpid(), shared, self._run_id),
        )
        return any(_alive(pid) for (pid,) in rows.fetchall())

    def _row(self, db: sqlite3.Connection) -> None:
        db.execute("INSERT OR IGNORE INTO runs (run_id, started_at) VALUES (?, ?)", (self._run_id, now()))

    def _go_on(self, db: sqlite3.Connection) -> None:
        self._row(db)
        by, why = db.execute("SELECT stopped_by, stopped FROM runs WHERE run_id = ?", (self._run_id,)).fetchone()
        if by == "budget":
            raise BudgetSpent(why)
        if by is not None:
            raise Outage(why, "run")

    def _stop(self, db: sqlite3.Connection, by: str, why: str) -> None:
        db.execute(
            "UPDATE runs SET stopped_by = ?, stopped = ? WHERE run_id = ? AND stopped_by IS NULL",
            (by, why, self._run_id),
        )

    def _over(self, db: sqlite3.Connection, amount: int) -> str | None:
        """Why this amount more could pass the limit; `wait` where that may change; None where it cannot."""
        limit = usd.limit(self._limit or 0.0)
        spent = db.execute("SELECT spent_nanousd FROM runs WHERE run_id = ?", (self._run_id,)).fetchone()[0]
        held = db.execute("SELECT pid, reserved_nanousd FROM pending WHERE run_id = ?", (self._run_id,)).fetchall()
        # A worker that died may have been billed for what it waited for, and settles no more.
        lost = sum(reserved for pid, reserved in held if not _alive(pid))
        if spent + amount + sum(reserved for _, reserved in held) <= limit:
            return None
        if spent + amount + lost <= limit:
            return "wait"
        return (
            f"--max-cost ${self._limit:g}: ${(spent + lost) / usd.NANO:.4f} spent, "
            f"the next request may cost ${amount / usd.NANO:.4f}"
        )


def _alive(pid: int) -> bool:
    if pid <= 0:
        return False
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True
