"""An answer that was paid for, and its row in the ledger."""

import json
import sqlite3
from dataclasses import dataclass, field
from typing import Any

from bench.proposers.proposer import Request
from bench.record.answer import Answer
from bench.record.fields import fits, fitting, plain_of, record
from bench.record.usage import Usage
from bench.record.utc import now

COLUMNS = ("key", "run_id", "created_at", "model", "host", "trial", "attempt", "body", "answer")
"""The columns of the table `answers`."""

DAMAGE = (ValueError, TypeError, KeyError, RecursionError)
"""What reading a damaged record raises."""

Row = tuple[Any, ...]
"""The values of COLUMNS, in their order."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Paid:
    """An answer with all that is kept beside it."""

    key: str
    run_id: str
    """The run that pays for it."""
    host: str
    """The server, as `bench.proposers.address.address_of` names it."""
    request: Request
    body: str
    """What was asked, as `bench.proposers.answer_key.canonical` gives it."""
    answer: Answer
    created_at: str = field(default_factory=now)

    @property
    def row(self) -> Row:
        """Its row in `answers`."""
        asked = self.request
        paid = (self.key, self.run_id, self.created_at)
        question = (asked.model, self.host, asked.trial, asked.attempt, self.body)
        return (*paid, *question, json.dumps(plain_of(self.answer)))


def put(db: sqlite3.Connection, row: Row) -> None:
    """Record an answer, within a transaction. A later one replaces an earlier one.

    The results of an earlier one's tool calls go with it.
    """
    # They are of calls that the later answer may not make.
    db.execute("DELETE FROM results WHERE key = ?", row[:1])
    db.execute("INSERT OR REPLACE INTO answers VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)", row)


def read_answer(text: str) -> Answer:
    """The answer in a row, marked as replayed. Raises one of DAMAGE where it is damaged.

    Values of a wrong type are dropped, except for the text: an older version recorded what a
    server sent as it was, and the row may come from somebody else's ledger.
    """
    plain = json.loads(text)
    if not fits(plain["text"], str | None):
        raise TypeError("its text is none")
    usage = fitting(plain["usage"], Usage)
    return record({**fitting(plain, Answer), "usage": usage, "replayed": True}, Answer)
