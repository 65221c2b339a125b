"""The results of an answer's tool calls, in the ledger beside the answer."""

import json
from dataclasses import asdict

from bench.ledger.rows import DAMAGE
from bench.ledger.store import Ledger, LedgerError
from bench.record.fields import fits, record
from bench.record.tools import ToolResult

Results = tuple[ToolResult, ...]


def results_of(ledger: Ledger, key: str) -> Results | None:
    """The results that are recorded under an answer's key; None without any. Raises LedgerError."""
    rows = ledger.rows("SELECT results FROM results WHERE key = ?", key)
    if not rows:
        return None
    try:
        plain = json.loads(rows[0][0])
        if not fits(plain, Results):
            raise TypeError("not a list of results")
    except DAMAGE as error:
        raise LedgerError(
            f"ledger {ledger.path}: the results of tool calls are damaged ({error}): "
            "give another file with --ledger"
        ) from None
    return tuple(record(one, ToolResult) for one in plain)


def keep_results(ledger: Ledger, key: str, results: Results) -> Results:
    """Record results, unless there are some; gives those that are recorded. Raises LedgerError."""
    with ledger.transaction(waits=False) as db:
        db.execute(
            "INSERT OR IGNORE INTO results VALUES (?, ?)",
            (key, json.dumps([asdict(result) for result in results])),
        )
        recorded = results_of(ledger, key)
    return results if recorded is None else recorded
