"""The books of a worker on another machine: each call crosses the link to the run's controller.

Nothing can be asked without the controller's leave, so a worker whose link is cut pays for nothing
more. An answer is in a file here before it crosses, and until the controller has it.
"""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

from bench.ledger import move, spill
from bench.ledger.books import Reserved
from bench.ledger.rows import Paid
from bench.ledger.spoken import (
    read_failure,
    read_reserved,
    read_results,
    read_told,
    told_failure,
    told_results,
)
from bench.ledger.tool_results import Results
from bench.proposers.proposer import Outage
from bench.record.answer import Answer

Ask = Callable[[str], str]
"""Gives the controller's reply to a text. Raises LedgerError where the link is cut."""


class BooksAfar:
    """The run's ledger and account, by way of its controller."""

    def __init__(self, ask: Ask, folder: Path) -> None:
        """`folder` holds the answers that the controller does not have yet."""
        self._ask = ask
        self._folder = folder

    @property
    def name(self) -> str:
        """Whose ledger it is."""
        return "the controller's ledger"

    def get(self, key: str) -> Answer | None:
        """The recorded answer; None without one."""
        told = self._call("get", key)
        return None if told is None else read_told(told)

    def take_over(self, former: str, key: str, address: str) -> str:
        """Move an older answer to its key of today."""
        return str(self._call("take_over", former, key, address))

    def need_asked(self, model: str, effort: str) -> None:
        """Raise Outage where the run asks this no more, on whatever machine."""
        self._call("need_asked", model, effort)

    def stop(self, model: str, effort: str, outage: Outage) -> None:
        """Ask no more of what the outage ends, on whatever machine."""
        self._call("stop", model, effort, told_failure(outage))

    def results(self, key: str) -> Results | None:
        """The recorded results of the calls in an answer."""
        return read_results(self._call("results", key))

    def keep_results(self, key: str, results: Results) -> Results:
        """Record them; gives those that are recorded."""
        kept = read_results(self._call("keep_results", key, told_results(results)))
        return results if kept is None else kept

    def reserve(
        self, key: str, largest: float | None, *, shared: bool, collects: bool, patient: bool
    ) -> Reserved:
        """See `Account.reserve`: the account is that of all machines."""
        return read_reserved(self._call("reserve", key, largest, shared, collects, patient))

    def settle(self, paid: Paid) -> None:
        """Have the controller record an answer, which is in a file here until it has."""
        file = spill.write(self._folder, paid)
        self._call("settle", move.line_of(paid.row))
        if file is not None:
            file.unlink(missing_ok=True)

    def started(self, key: str, response_id: str) -> None:
        """Keep the id of a request that was started in the background."""
        self._call("started", key, response_id)

    def failed(self, key: str, outage: Outage, cost: float | None = None) -> None:
        """Count an outage, over all machines."""
        self._call("failed", key, told_failure(outage), cost)

    def abandoned(self, key: str) -> None:
        """Wait no more for an answer."""
        self._call("abandoned", key)

    def forget(self, key: str) -> None:
        """Forget the background requests for a key."""
        self._call("forget", key)

    def close(self) -> None:
        """Nothing: the link is not ours."""

    def _call(self, name: str, *arguments: Any) -> Any:
        reply = json.loads(self._ask(json.dumps([name, *arguments])))
        if "raised" in reply:
            raise read_failure(reply["raised"])
        return reply["given"]
