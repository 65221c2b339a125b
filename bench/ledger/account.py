"""The money of one run, kept in the ledger and shared by the run's workers.

It knows what is spent, what is reserved, and why the run stopped asking.
"""

import sqlite3
from dataclasses import dataclass
from enum import StrEnum

from bench.ledger.alive import NOBODY
from bench.ledger.rows import Paid, Row, put
from bench.ledger.store import Ledger, Pending
from bench.proposers.proposer import BudgetSpent, Lost, Outage
from bench.record import usd
from bench.record.answer import Answer
from bench.record.utc import now

FAILURES = 10
"""After so many outages in a row, over all of its workers, a run asks no more."""


@dataclass(frozen=True, slots=True)
class Wait:
    """A request cannot be made yet. `why` says what has to end first."""

    why: str
    is_for_room: bool = False
    """Whether it waits for room in the budget."""


@dataclass(frozen=True, slots=True)
class OverLimit:
    """A request cannot be made at all: `why` says what is spent, and what it could cost."""

    why: str


class StoppedBy(StrEnum):
    """What stopped a run from asking, as its row says."""

    BUDGET = "budget"
    OUTAGE = "outage"
    BREAKER = "breaker"
    """FAILURES outages in a row."""


class Account:
    """The run's row. Every method is one transaction, and raises LedgerError."""

    def __init__(self, ledger: Ledger, run_id: str, limit: float | None = None) -> None:
        self._ledger = ledger
        self._run_id = run_id
        self._limit = limit

    def reserve(
        self,
        key: str,
        largest: float | None,
        *,
        shared: bool = False,
        collects: bool = False,
        patient: bool = True,
    ) -> Answer | Pending | Wait | None:
        """Set aside the largest cost, in US dollars, that a request can have before it is made.

        Returns None when that is done, or the answer if this run has paid for it by now: it pays
        for none twice. With `shared`, what other runs ask counts as well: then the result may be
        their answer or, for a caller that `collects`, the background request whose answer is still
        to be fetched. To a `patient` caller it may be a Wait: another process is asking the same,
        or the cost may fit once other requests are settled. Raises BudgetSpent where the cost
        cannot fit, and Outage or BudgetSpent where the run has stopped asking, which it then does
        for every request.
        """
        self._ledger.need_room()  # or the answer would be paid for and not kept
        holder = self._ledger.own_number()
        # It need not be on the disk before the request is made: it gets there with the answer.
        with self._ledger.transaction(waits=False) as db:
            if (recorded := self._ledger.get(key, None if shared else self._run_id)) is not None:
                return recorded
            self._go_on(db)
            # Before what can be collected: who sends a batch may not know its id yet.
            asked = self._asked_by_another(db, key, holder, shared) if patient else None
            if asked is not None:
                return Wait(asked)
            if collects and shared and (pending := self._ledger.pending(key)) is not None:
                return pending
            amount = usd.billionths(largest or 0.0)
            refusal = self._refusal(db, amount, patient)
            if isinstance(refusal, Wait):
                return refusal
            if refusal is None:
                self._set_aside(db, key, holder, amount)
                return None
        raise BudgetSpent(refusal.why)

    def _set_aside(self, db: sqlite3.Connection, key: str, holder: int, amount: int) -> None:
        # This run may have asked the same before, in a worker that died or in the background: it
        # may be billed for both.
        book(db, self._run_id, key)
        db.execute(
            "INSERT INTO pending VALUES (?, ?, ?, ?, ?, NULL)",
            (self._run_id, key, holder, now(), amount),
        )

    def check(self) -> None:
        """Raises Outage or BudgetSpent where the run has stopped asking."""
        with self._ledger.transaction() as db:
            self._go_on(db)

    def started(self, key: str, response_id: str) -> None:
        """Keep the id of a request that was started in the background."""
        with self._ledger.transaction() as db:
            db.execute(
                "UPDATE pending SET response_id = ? WHERE run_id = ? AND key = ?",
                (response_id, self._run_id, key),
            )

    def settle(self, paid: Paid) -> None:
        """Record an answer, book its cost to the run that asked, and release what was reserved."""
        self.settle_row(paid.row, paid.answer.cost_usd)

    def settle_row(self, row: Row, cost: float | None) -> None:
        """The same for the answer's row, and its cost in US dollars."""
        self._ledger.need_there()
        key, payer, *_ = row
        with self._ledger.transaction() as db:
            put(db, row)
            book(db, payer, key, None if cost is None else usd.billionths(cost))
            # An answer shows that the server is well: only outages in a row stop a run.
            db.execute("UPDATE runs SET failures = 0 WHERE run_id = ?", (self._run_id,))

    def failed(self, key: str, outage: Outage, cost: float | None = None) -> None:
        """Count an outage and release what was reserved; stop the run if that was one too many.

        `cost` is what the request is billed, in US dollars, as far as a reply told it.

        An outage that ends the run stops it at once. One that ends less than that (the prompt is
        too long, the model unknown) is not counted, since the server is well. A request whose id
        is known stays in the ledger, to be collected later, unless its answer is lost.
        """
        with self._ledger.transaction() as db:
            self._row(db)
            lost = isinstance(outage, Lost)
            released = db.execute(
                "DELETE FROM pending WHERE run_id = ? AND key = ? AND (? OR response_id IS NULL)",
                (self._run_id, key, lost),
            )
            if released.rowcount and cost:
                _spend(db, self._run_id, usd.billionths(cost))
            # What is left can be collected later. Nobody waits for it now, and it may be billed.
            db.execute(
                "UPDATE pending SET holder = ? WHERE run_id = ? AND key = ?",
                (NOBODY, self._run_id, key),
            )
            if outage.ends in (None, "run"):
                db.execute(
                    "UPDATE runs SET failures = failures + 1 WHERE run_id = ?", (self._run_id,)
                )
            failures = db.execute(
                "SELECT failures FROM runs WHERE run_id = ?", (self._run_id,)
            ).fetchone()[0]
            if outage.ends == "run" and not lost:
                self._stop(db, StoppedBy.OUTAGE, f"nothing more is asked in this run: {outage}")
            elif failures >= FAILURES:
                self._stop(
                    db,
                    StoppedBy.BREAKER,
                    f"{failures} requests in a row failed, so nothing more is asked: {outage}",
                )

    def abandoned(self, key: str) -> None:
        """Wait no more for the answer to a request.

        It may be billed all the same, so what was reserved for it counts as spent. A request whose
        id is known stays in the ledger instead, to be collected later.
        """
        with self._ledger.transaction() as db:
            left = db.execute(
                "UPDATE pending SET holder = ? "
                "WHERE run_id = ? AND key = ? AND response_id IS NOT NULL",
                (NOBODY, self._run_id, key),
            )
            if not left.rowcount:  # without an id nobody can ask what became of it
                book(db, self._run_id, key)

    def forget(self, key: str) -> None:
        """Forget the background requests for this key: they were cancelled, or are lost."""
        with self._ledger.transaction() as db:
            db.execute("DELETE FROM pending WHERE key = ? AND response_id IS NOT NULL", (key,))

    def _asked_by_another(
        self, db: sqlite3.Connection, key: str, own: int, shared: bool
    ) -> str | None:
        """What to say of another live process that asks for this key; None where there is none.

        It may be of this run or, with `shared`, of any run. `own` is the number of this process.
        """
        rows = db.execute(
            "SELECT holder, run_id, started_at FROM pending "
            "WHERE key = ? AND holder != ? AND (? OR run_id = ?)",
            (key, own, shared, self._run_id),
        )
        for holder, run_id, since in rows.fetchall():
            if self._ledger.is_alive(holder):
                return f"a process of run {run_id} asks the same, since {since}"
        return None

    def _row(self, db: sqlite3.Connection) -> None:
        """Make sure that the run has a row."""
        db.execute(
            "INSERT OR IGNORE INTO runs (run_id, started_at) VALUES (?, ?)", (self._run_id, now())
        )

    def _go_on(self, db: sqlite3.Connection) -> None:
        """Raise Outage or BudgetSpent where the run has stopped asking."""
        stopped = db.execute(
            "SELECT stopped_by, stopped FROM runs WHERE run_id = ?", (self._run_id,)
        ).fetchone()
        if stopped is None:
            self._row(db)
            return
        by, why = stopped
        if by == StoppedBy.BUDGET:
            raise BudgetSpent(why)
        if by is not None:
            raise Outage(why, "run")

    def _stop(self, db: sqlite3.Connection, by: StoppedBy, why: str) -> None:
        """Let the run ask no more. The first reason stays."""
        db.execute(
            "UPDATE runs SET stopped_by = ?, stopped = ? WHERE run_id = ? AND stopped_by IS NULL",
            (by, why, self._run_id),
        )

    def _refusal(
        self, db: sqlite3.Connection, amount: int, patient: bool
    ) -> Wait | OverLimit | None:
        """Why so many billionths of a dollar may not be spent; None where they fit the limit.

        Stops the run where they cannot fit whatever else happens.
        """
        if self._limit is None:
            return None
        limit = usd.limit(self._limit)
        spent = db.execute(
            "SELECT spent_nanousd FROM runs WHERE run_id = ?", (self._run_id,)
        ).fetchone()[0]
        rows = db.execute(
            "SELECT holder, SUM(reserved_nanousd) FROM pending WHERE run_id = ? GROUP BY holder",
            (self._run_id,),
        ).fetchall()
        held = sum(reserved for holder, reserved in rows if self._ledger.is_alive(holder))
        # A worker that died may have been billed for its requests, and will settle none of them.
        spent += sum(reserved for _, reserved in rows) - held
        if spent + held + amount <= limit:
            return None
        head = f"--max-cost ${self._limit:g}: ${spent / usd.NANO:.4f} spent"
        tail = f"the next request may cost ${amount / usd.NANO:.4f}"
        # Reservations end at what was really spent, mostly less: it may fit then.
        if spent + amount > limit:
            self._stop(db, StoppedBy.BUDGET, f"{head}, {tail}")
            return OverLimit(f"{head}, {tail}")
        reserved = f"{head}, ${held / usd.NANO:.4f} reserved for requests under way, {tail}"
        return (
            Wait(reserved, is_for_room=True)
            if patient
            else OverLimit(f"{reserved}; they do not end")
        )


def book(db: sqlite3.Connection, run_id: str, key: str, cost: int | None = None) -> None:
    """Within a transaction: count a request's cost as spent, and release what was reserved for it.

    The cost is in billionths of a dollar. Where it is not known, what was reserved is taken for
    it. A request for which nothing is reserved any more was booked before.
    """
    held = db.execute(
        "SELECT reserved_nanousd FROM pending WHERE run_id = ? AND key = ?", (run_id, key)
    ).fetchone()
    if held is not None:
        spent = held[0] if cost is None else cost
        _spend(db, run_id, spent)
        db.execute("DELETE FROM pending WHERE run_id = ? AND key = ?", (run_id, key))


def _spend(db: sqlite3.Connection, run_id: str, amount: int) -> None:
    """Count so many billionths of a dollar as spent."""
    db.execute(
        "UPDATE runs SET spent_nanousd = spent_nanousd + ? WHERE run_id = ?", (amount, run_id)
    )
