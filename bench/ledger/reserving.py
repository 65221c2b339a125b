"""Setting aside what a request may cost, once there is room for it and nobody asks the same."""

from collections.abc import Mapping
from typing import Any

from bench.ledger.account import Wait
from bench.ledger.books import Books
from bench.ledger.offloop import OffLoop
from bench.ledger.patience import Patience
from bench.ledger.prices import largest_cost, price_of
from bench.ledger.rounds import Rounds
from bench.ledger.store import Pending
from bench.options.settings import Settings
from bench.proposers import controller
from bench.proposers.proposer import Outage, Request
from bench.record.answer import Answer

BATCH_SECONDS = 30 * 3600.0
"""How long a batch may take: a day, and a little more."""


class Reserving:
    """Sets aside the largest cost of each request of a process to one proposer."""

    def __init__(
        self,
        books: Books,
        settings: Settings,
        is_paid: bool,
        off_loop: OffLoop,
        rounds: Rounds,
    ) -> None:
        asking = settings.asking
        self._books = books
        self._asking = asking
        self._money = settings.money
        self._is_paid = is_paid
        self._collects = is_paid and (asking.background or asking.batch)
        # As long as a request that was made before can take
        longest = BATCH_SECONDS if is_paid and asking.batch else asking.request_timeout
        self._patience = longest * (1 + asking.max_retries)
        self._off_loop = off_loop
        self._rounds = rounds

    async def __call__(
        self, key: str, request: Request, body: Mapping[str, Any]
    ) -> Answer | Pending | None:
        """Set aside what the request may cost: None when that is done.

        Where others ask or asked the same, their answer, or what it can be collected by. Raises
        Outage and BudgetSpent.
        """
        largest = self._largest(request, body)
        patience = Patience(self._patience, request.point)
        stood = False
        while True:
            ended = self._rounds.ended
            found = await self._try(key, largest, patience)
            if not isinstance(found, Wait):
                return found
            if found.is_for_room and self._asking.batch:
                await self._rounds.room(ended, again=stood)
                stood = True
            else:
                with self._rounds.waiting():
                    await patience.wait(found.why)

    async def _try(
        self, key: str, largest: float | None, patience: Patience
    ) -> Answer | Pending | Wait | None:
        if controller.is_gone():
            raise Outage(controller.LINE)
        return await self._off_loop(
            self._books.reserve,
            key,
            largest,
            shared=self._money.replay == "auto",
            collects=self._collects,
            patient=not patience.is_over,
        )

    def _largest(self, request: Request, body: Mapping[str, Any]) -> float | None:
        """US dollars that it can cost; None where that is not known. Raises Outage if it has to."""
        if not self._is_paid:
            return 0.0
        price = price_of(request.model, self._asking, self._money, body)
        largest = largest_cost(body, price)
        if self._money.max_cost is not None and largest is None:
            line = (
                f"--max-cost: what a request to {request.model} may cost is not known: "
                "give --price-input and --price-output, and a limit of its output tokens"
            )
            raise Outage(line, "run")
        return largest
