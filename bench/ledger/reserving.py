"""Setting aside what a request may cost, once there is room for it and nobody asks the same."""

from collections.abc import Callable

from bench.ledger.account import Wait
from bench.ledger.books import Books, Reserved
from bench.ledger.offloop import OffLoop
from bench.ledger.patience import Patience
from bench.ledger.prices import largest_cost, price_of
from bench.ledger.rounds import BATCH_SECONDS, Rounds
from bench.ledger.store import Pending
from bench.options.settings import Settings
from bench.proposers import controller
from bench.proposers.answer_key import Question
from bench.proposers.proposer import Outage
from bench.record.answer import Answer


class Reserving:
    """Sets aside the largest cost of each request of a process to one proposer."""

    def __init__(
        self,
        books: Books,
        settings: Settings,
        is_paid: bool,
        off_loop: OffLoop,
        rounds: Rounds,
        find: Callable[[Question], Answer | None],
    ) -> None:
        """`find` gives a recorded answer, and raises Outage where it may not be asked for."""
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
        self._find = find

    async def __call__(self, question: Question) -> Answer | Pending | None:
        """Set aside what the request may cost: None when that is done.

        Where there is an answer by now, that; where others asked the same, what it can be
        collected by. Raises Outage and BudgetSpent.
        """
        patience = Patience(self._patience, question.request.point)
        call, stood = self._find_or_set_aside, False
        while True:
            ended = self._rounds.ended
            found = await self._off_loop(call, question, not patience.is_over)
            if not isinstance(found, Wait):
                return found
            call = self._set_aside  # it gives what others have recorded meanwhile
            if found.is_for_room and self._asking.batch:
                await self._rounds.room(ended, again=stood)
                stood = True
            else:
                with self._rounds.waiting():
                    await patience.wait(found.why)

    def _find_or_set_aside(self, question: Question, patient: bool) -> Reserved:
        """In the ledger's thread: each call into it costs as much as what is done there."""
        recorded = self._find(question)
        return self._set_aside(question, patient) if recorded is None else recorded

    def _set_aside(self, question: Question, patient: bool) -> Reserved:
        if controller.is_gone():
            raise Outage(controller.LINE)
        return self._books.reserve(
            question.key,
            self._largest(question),
            shared=self._money.replay == "auto",
            collects=self._collects,
            patient=patient,
        )

    def _largest(self, question: Question) -> float | None:
        """US dollars that it can cost; None where that is not known. Raises Outage if it has to."""
        if not self._is_paid:
            return 0.0
        model, body = question.request.model, question.body
        price = price_of(model, self._asking, self._money, body)
        largest = largest_cost(body, price, question.text)
        if self._money.max_cost is not None and largest is None:
            line = (
                f"--max-cost: what a request to {model} may cost is not known: "
                "give --price-input and --price-output, and a limit of its output tokens"
            )
            raise Outage(line, "run")
        return largest
