"""What stands between a proposer and the ledger: its file, or a link to it (afar.py)."""

from pathlib import Path
from typing import Protocol

from bench.ledger.account import Account, Wait
from bench.ledger.older import take_over
from bench.ledger.rows import Paid
from bench.ledger.stops import need_asked, stop
from bench.ledger.store import Ledger, Pending
from bench.ledger.tool_results import Results, keep_results, results_of
from bench.options.settings import Settings
from bench.proposers.proposer import Outage
from bench.record.answer import Answer

Reserved = Answer | Pending | Wait | None
"""What `Account.reserve` gives."""


class Books(Protocol):
    """A run's ledger and account. Every method raises LedgerError; see the functions behind each.

    Methods block, and may be called from any thread.
    """

    @property
    def name(self) -> str:
        """What messages call the ledger."""
        ...

    def get(self, key: str) -> Answer | None:
        """The recorded answer; None without one."""
        ...

    def take_over(self, former: str, key: str, address: str) -> str:
        """Move an older answer to its key of today, and give the key that it is under."""
        ...

    def need_asked(self, model: str, effort: str) -> None:
        """Raise Outage where the run asks this no more."""
        ...

    def stop(self, model: str, effort: str, outage: Outage) -> None:
        """Ask no more of what the outage ends."""
        ...

    def results(self, key: str) -> Results | None:
        """The recorded results of the calls in an answer; None without any."""
        ...

    def keep_results(self, key: str, results: Results) -> Results:
        """Record them; gives those that are recorded."""
        ...

    def reserve(
        self, key: str, largest: float | None, *, shared: bool, collects: bool, patient: bool
    ) -> Reserved:
        """Set aside what a request may cost. Raises BudgetSpent and Outage."""
        ...

    def settle(self, paid: Paid) -> None:
        """Record an answer, and book its cost."""
        ...

    def started(self, key: str, response_id: str) -> None:
        """Keep the id of a request that was started in the background."""
        ...

    def failed(self, key: str, outage: Outage, cost: float | None = None) -> None:
        """Count an outage, book what it cost, and release what was reserved."""
        ...

    def abandoned(self, key: str) -> None:
        """Wait no more for an answer: what was reserved counts as spent."""
        ...

    def forget(self, key: str) -> None:
        """Forget the background requests for a key."""
        ...

    def close(self) -> None:
        """Close the ledger."""
        ...


class OwnBooks(Account):
    """The account of a run, with the ledger whose file this process has open."""

    def __init__(self, ledger: Ledger, run_id: str, limit: float | None, runs: Path) -> None:
        """`runs` is the folder of the runs' manifests."""
        super().__init__(ledger, run_id, limit)
        self.ledger = ledger
        self._runs = runs

    @property
    def name(self) -> str:
        """The file."""
        return str(self.ledger.path)

    def get(self, key: str) -> Answer | None:
        """The recorded answer; None without one."""
        return self.ledger.get(key)

    def take_over(self, former: str, key: str, address: str) -> str:
        """Move an older answer to its key of today; see `bench.ledger.older`."""
        return take_over(self.ledger, former, key, address, self._runs)

    def need_asked(self, model: str, effort: str) -> None:
        """Raise Outage where the run asks this no more."""
        need_asked(self.ledger, self._run_id, model, effort)

    def stop(self, model: str, effort: str, outage: Outage) -> None:
        """Ask no more of what the outage ends."""
        stop(self.ledger, self._run_id, model, effort, outage)

    def results(self, key: str) -> Results | None:
        """The recorded results of the calls in an answer."""
        return results_of(self.ledger, key)

    def keep_results(self, key: str, results: Results) -> Results:
        """Record them; gives those that are recorded."""
        return keep_results(self.ledger, key, results)

    def close(self) -> None:
        """Close the file."""
        self.ledger.close()


def own_books(settings: Settings, run_id: str) -> OwnBooks:
    """The run's ledger, by its file. Raises LedgerError."""
    money, runs = settings.money, settings.results.reports_dir / "runs"
    ledger = Ledger(settings.ledger_path, must_exist=money.replay == "only")
    return OwnBooks(ledger, run_id, money.max_cost, runs)
