"""The proposer that stands in front of another: it answers from the ledger and fills the ledger."""

from collections.abc import Awaitable, Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Any, TypeVar, cast
from weakref import WeakValueDictionary

import anyio
import structlog

from bench.ledger.background import Background, BackgroundProposer, Later
from bench.ledger.books import Books, OwnBooks, own_books
from bench.ledger.keep import keep
from bench.ledger.offloop import OffLoop
from bench.ledger.prices import cost_of, price_of
from bench.ledger.reserving import Reserving
from bench.ledger.rounds import Rounds
from bench.ledger.rows import Paid
from bench.ledger.spill import folder_in
from bench.ledger.store import LedgerError, Pending
from bench.ledger.tool_results import Results
from bench.options.settings import Settings
from bench.proposers.address import DEFAULT_HOST, address_of, base_url_of, host_of
from bench.proposers.answer_key import Question, answer_key, key_of, question_of
from bench.proposers.proposer import Broken, Lost, Outage, Proposer, Request, Unserved
from bench.record.answer import Answer
from bench.record.usage import Usage

if TYPE_CHECKING:
    from bench.proposers.api.batch_api import BatchProposer

T = TypeVar("T")

log = structlog.get_logger(__name__)

LOCAL = "local"
"""The address of what is asked on this machine: a plugin's function, a command."""

FIRST_PAUSE, LONGEST_PAUSE = 0.5, 8.0
"""Seconds before a question whose reply broke off is asked again, doubled each time."""


class Ledgered:
    """Answers from the ledger where it can, and records each new answer before giving it."""

    def __init__(
        self,
        proposer: Proposer,
        settings: Settings,
        run_id: str,
        *,
        is_paid: bool = True,
        rounds: Rounds | None = None,
        books: Books | None = None,
    ) -> None:
        """`is_paid`: a server is asked, and money is reserved. Others cost what they say.

        `rounds` are those of the searches that ask; the proposers of a process share them. Without
        `books`, the file of the settings is opened; they are closed with the proposer.
        """
        self.name = proposer.name
        self._proposer = proposer
        self._server = settings.asking
        self._money = settings.money
        self._unrecorded = folder_in(settings.results.reports_dir)
        base_url = base_url_of(settings.asking.base_url) if is_paid else None
        self._address = address_of(base_url) if base_url else LOCAL
        self._host = host_of(base_url) if base_url else LOCAL
        self._run_id = run_id
        self._books = books or own_books(settings, run_id)
        self._off_loop = OffLoop()
        self._asking: WeakValueDictionary[str, anyio.Lock] = WeakValueDictionary()
        """By key: held by whoever asks this now, in this process; see Account for others."""
        self._rounds = rounds or Rounds()
        self._reserve = Reserving(
            self._books, settings, is_paid, self._off_loop, self._rounds, self._find
        )
        self._later = self._made_later() if is_paid else None
        self._broken: LedgerError | None = None

    def body(self, request: Request) -> Mapping[str, Any]:
        """The body that the proposer would send."""
        return self._proposer.body(request)

    async def propose(self, request: Request) -> Answer:
        """The recorded answer, or a new one that is recorded by the time it is returned."""
        if self._broken is not None:
            raise self._broken  # what is asked now would be paid for and lost
        try:
            with self._rounds.asking():
                return await self._answer(request)
        except LedgerError as error:
            self._broken = error
            raise

    async def recall(self, request: Request) -> Results | None:
        """The recorded results of the calls in the answer to this request; None without any.

        Raises Outage, also where `--replay only` needs results that are not there.
        """
        replay = self._money.replay
        if replay == "off":
            return None
        found = await self._off_loop(self._books.results, self._key_of(request))
        if found is None and replay == "only":
            raise Outage(
                f"no recorded results of tool calls for {_which(request)} in {self._books.name}: "
                "run it with --replay auto"
            )
        return found

    async def note(self, request: Request, results: Results) -> Results:
        """Record results; gives those that are recorded. Raises LedgerError."""
        return await self._off_loop(self._books.keep_results, self._key_of(request), results)

    def _key_of(self, request: Request) -> str:
        return answer_key(self.body(request), self._address, request)

    async def aclose(self) -> None:
        """Close the proposer and the ledger; with --cancel-on-exit, first cancel what is open."""
        try:
            if self._later is not None:
                await self._later.aclose(cancels=self._server.cancel_on_exit)
        finally:
            try:
                await self._proposer.aclose()
            finally:
                await self._off_loop(self._books.close)
                self._off_loop.close()

    def _made_later(self) -> Later | None:
        """How answers are got that come later; None where they come with the reply."""
        if self._server.background:
            asked = cast("BackgroundProposer", self._proposer)
            return Background(asked, self._books, self._off_loop)
        if self._server.batch:
            from bench.ledger.batches import Batches

            sent, retries = cast("BatchProposer", self._proposer), self._server.max_retries
            ledger = cast("OwnBooks", self._books).ledger  # one process has all searches then
            given = (ledger, self._run_id, self._off_loop, self._rounds, retries)
            return Batches(sent, *given, cost=self._cost)
        return None

    async def _answer(self, request: Request) -> Answer:
        question = question_of(request, self.body(request), self._address)
        # Two searches may ask the same: the second finds the first one's answer in the ledger.
        asking = self._asking.setdefault(question.key, anyio.Lock())
        await self._get(asking)
        try:
            return await self._ask(question)
        finally:
            asking.release()

    async def _get(self, lock: anyio.Lock) -> None:
        """Acquire a lock. Where another request holds it, this one can only wait."""
        try:
            lock.acquire_nowait()
        except anyio.WouldBlock:
            with self._rounds.waiting():
                await lock.acquire()

    async def _ask(self, question: Question) -> Answer:
        """Ask. Where the reply breaks off, ask again, as often as budget and retries allow."""
        pauses = (
            min(FIRST_PAUSE * 2**retry, LONGEST_PAUSE) for retry in range(self._server.max_retries)
        )
        while True:
            try:
                return await self._ask_once(question)
            except (Broken, Unserved) as broken:
                if (pause := next(pauses, None)) is None:
                    await self._off_loop(self._books.failed, question.key, broken)
                    raise
                log.warning("request_retried", request=question.key, detail=str(broken))
                self._rounds.ended += 1
                await anyio.sleep(pause)

    async def _ask_once(self, question: Question) -> Answer:
        """The recorded answer where there is one, else a new one."""
        while isinstance(found := await self._reserve(question), Pending):
            earlier = await self._counted(question, self._earlier(question, found))
            if earlier is not None:
                return await self._recorded(question, earlier, found.run_id)
        if found is not None:
            return found
        request, later = question.request, self._later
        if later is None:
            asked = self._proposer.propose(request)
        else:
            asked = later.ask(question.key, request, question.body)
        return await self._recorded(question, await self._counted(question, asked), self._run_id)

    def _find(self, question: Question) -> Answer | None:
        """The recorded answer; None without one. Raises Outage where it may not be asked for."""
        request, replay = question.request, self._money.replay
        recorded = None if replay == "off" else self._books.get(self._key(question))
        if recorded is not None:
            return recorded
        if replay == "only":
            raise Outage(
                f"no recorded answer for {_which(request)} in {self._books.name}: "
                "ask for it with --replay auto"
            )
        self._books.need_asked(request.model, request.reasoning_effort)
        return None

    def _key(self, question: Question) -> str:
        """The key of the answer, once an answer under the key of an older ledger is taken over."""
        if self._host in (DEFAULT_HOST, LOCAL):
            return question.key
        asked = question.request
        former = key_of(question.text, self._host, asked.trial, asked.attempt)
        return self._books.take_over(former, question.key, self._address)

    async def _recorded(self, question: Question, answer: Answer, payer: str) -> Answer:
        """The answer with its cost, once it is in the ledger.

        Where another run is the payer, the answer is a replayed one to this run.
        """
        priced, request = answer, question.request
        if answer.cost_usd is None:
            priced = replace(answer, cost_usd=self._cost(request, question.body, answer.usage))
        paid = Paid(
            key=question.key,
            run_id=payer,
            host=self._address,
            request=request,
            body=question.text,
            answer=priced,
        )
        await keep(self._books, paid, self._unrecorded, self._off_loop)
        self._ended(question.key)
        return replace(priced, replayed=payer != self._run_id)

    def _cost(self, request: Request, body: Mapping[str, Any], usage: Usage) -> float | None:
        """US dollars for what this request took; None where that is not known."""
        if usage == Usage():  # nor need there be a server that has prices
            return None
        return cost_of(usage, price_of(request.model, self._server, self._money, body))

    async def _counted(self, question: Question, asked: Awaitable[T]) -> T:
        """Await an answer, and let outages count. Whatever fails, nothing stays reserved."""
        key, request = question.key, question.request
        try:
            return await asked
        except LedgerError:
            raise
        except Broken:
            await self._off_loop(self._books.abandoned, key)
            raise
        except Unserved:  # nothing is reserved for it any more
            raise
        except Exception as error:  # also after a bug of ours no money may stay reserved
            told = f"{type(error).__name__}: {error}"
            outage = error if isinstance(error, Outage) else Outage(told)
            cost = self._cost(request, question.body, outage.usage)
            await self._off_loop(self._books.failed, key, outage, cost)
            model, effort = request.model, request.reasoning_effort
            await self._off_loop(self._books.stop, model, effort, outage)
            self._ended(key)
            raise
        except BaseException:  # cancelled, by a time limit on the test or by Ctrl-C
            try:
                await self._off_loop(self._books.abandoned, key)
            except LedgerError as error:
                log.warning("not_released", key=key, detail=str(error))
            raise

    def _ended(self, key: str) -> None:
        if self._later is not None:
            self._later.ended(key)

    async def _earlier(self, question: Question, pending: Pending) -> Answer | None:
        """The answer to a request that a killed run left open; None where it is lost."""
        if self._later is None:
            raise LookupError(f"{pending.response_id} is collected by a run of its own kind alone")
        try:
            return await self._later.collect(question.key, question.request, pending.response_id)
        except Lost:
            await self._off_loop(self._books.forget, question.key)
            return None


def _which(request: Request) -> str:
    """An attempt, and its turn where there were turns before, for a message."""
    turn = f", turn {len(request.turns) + 1}" if request.turns else ""
    return f"{request.point} (trial {request.trial}, attempt {request.attempt}{turn})"
