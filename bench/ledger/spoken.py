"""Calls of the books as text, for a link between two machines: see afar.py and served.py.

Texts are JSON in ASCII: a model's text may hold half a surrogate pair.
"""

import json
from dataclasses import asdict
from typing import Any

from bench.ledger.account import Wait
from bench.ledger.books import Reserved
from bench.ledger.rows import read_answer
from bench.ledger.store import LedgerBusy, LedgerError, Pending
from bench.ledger.tool_results import Results
from bench.proposers.proposer import Broken, BudgetSpent, Lost, Outage, Refused, TooLong
from bench.record.answer import Answer
from bench.record.fields import fits, record
from bench.record.tools import ToolResult

Failure = Outage | BudgetSpent
FAILURES = {
    kind.__name__: kind
    for kind in (Outage, Refused, Lost, TooLong, Broken, LedgerError, LedgerBusy, BudgetSpent)
}
ENDS = (None, "point", "effort", "model", "run")


def told_failure(failure: Failure) -> list[str | None]:
    """Its kind, its line, and what it ends."""
    kind = type(failure).__name__
    known = kind if kind in FAILURES else "Outage"
    return [known, str(failure), getattr(failure, "ends", None)]


def read_failure(told: Any) -> Failure:
    """The failure in what `told_failure` made. Raises ValueError."""
    if not isinstance(told, list) or len(told) != 3 or not fits(told[1], str):
        raise ValueError("no failure")
    kind, line, ends = told
    if kind not in FAILURES or ends not in ENDS:
        raise ValueError("an unknown failure")
    return BudgetSpent(line) if kind == "BudgetSpent" else FAILURES[kind](line, ends)


def told_reserved(found: Reserved) -> list[Any] | None:
    """What a reservation gave, with its kind in front."""
    if isinstance(found, Wait):
        return ["wait", found.why]
    if isinstance(found, Pending):
        return ["pending", found.run_id, found.response_id]
    return None if found is None else ["answer", asdict(found)]


def read_reserved(told: Any) -> Reserved:
    """The reverse."""
    if told is None:
        return None
    kind, *values = told
    if kind == "wait":
        return Wait(*values)
    return Pending(*values) if kind == "pending" else read_told(values[0])


def read_told(answer: Any) -> Answer:
    """The answer that `asdict` made plain, marked as replayed."""
    return read_answer(json.dumps(answer))


def told_results(results: Results | None) -> list[dict[str, Any]] | None:
    """The results of tool calls as JSON has them."""
    return None if results is None else list(map(asdict, results))


def read_results(told: Any) -> Results | None:
    """The reverse. Raises ValueError."""
    if told is None:
        return None
    if not fits(told, Results):
        raise ValueError("no results of tool calls")
    return tuple(record(one, ToolResult) for one in told)
