"""The proposer that stands in front of another: it answers from the ledger and fills the ledger."""

from collections.abc import Awaitable, Mapping
from dataclasses import replace
from typing import Any, Protocol, TypeVar, cast
from weakref import WeakValueDictionary

import anyio
import structlog

from bench.ledger.account import Account, Wait
from bench.ledger.keep import keep
from bench.ledger.offloop import OffLoop
from bench.ledger.older import take_over
from bench.ledger.patience import Patience
from bench.ledger.prices import cost_of, largest_cost, price_of
from bench.ledger.rows import Paid
from bench.ledger.spill import folder_in
from bench.ledger.stops import need_asked, stop
from bench.ledger.store import Ledger, LedgerError, Pending
from bench.ledger.tool_results import Results, keep_results, results_of
from bench.options.settings import Settings
from bench.proposers import controller
from bench.proposers.address import DEFAULT_HOST, address_of, base_url_of, host_of
from bench.proposers.answer_key import answer_key, canonical, key_of
from bench.proposers.proposer import Backgrounded, Broken, Lost, Outage, Proposer, Request
from bench.record.answer import Answer

T = TypeVar("T")

log = structlog.get_logger(__name__)

LOCAL = "local"
"""The address of what is asked on this machine: a plugin's function, a command."""

FIRST_PAUSE, LONGEST_PAUSE = 0.5, 8.0
"""Seconds before a question whose reply broke off is asked again, doubled each time."""


class BackgroundProposer(Proposer, Backgrounded, Protocol):
    """A proposer that can also answer in the background."""


class Ledgered:
    """Answers from the ledger where it can, and records each new answer before giving it."""

    def __init__(
        self, proposer: Proposer, settings: Settings, run_id: str, *, is_paid: bool = True
    ) -> None:
        """`is_paid`: a server is asked, and money is reserved. Others cost what they say."""
        self._is_paid = is_paid
        self.name = proposer.name
        self._proposer = proposer
        self._server = settings.asking
        self._money = settings.money
        self._reports = settings.results.reports_dir
        base_url = base_url_of(settings.asking.base_url) if is_paid else None
        self._address = address_of(base_url) if base_url else LOCAL
        self._host = host_of(base_url) if base_url else LOCAL
        self._run_id = run_id
        self._ledger = Ledger(settings.ledger_path, must_exist=settings.money.replay == "only")
        self._account = Account(self._ledger, run_id, settings.money.max_cost)
        self._off_loop = OffLoop()
        self._asking: WeakValueDictionary[str, anyio.Lock] = WeakValueDictionary()
        """By key: held by whoever asks this now, in this process; see Account for others."""
        self._collecting: dict[str, str] = {}
        self._broken: LedgerError | None = None

    def body(self, request: Request) -> Mapping[str, Any]:
        """The body that the proposer would send."""
        return self._proposer.body(request)

    async def propose(self, request: Request) -> Answer:
        """The recorded answer, or a new one that is recorded by the time it is returned."""
        if self._broken is not None:
            raise self._broken  # what is asked now would be paid for and lost
        try:
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
        found = await self._off_loop(results_of, self._ledger, self._key_of(request))
        if found is None and replay == "only":
            raise Outage(
                f"no recorded results of tool calls for {_which(request)} in {self._ledger.path}: "
                "run it with --replay auto"
            )
        return found

    async def note(self, request: Request, results: Results) -> Results:
        """Record results; gives those that are recorded. Raises LedgerError."""
        return await self._off_loop(keep_results, self._ledger, self._key_of(request), results)

    def _key_of(self, request: Request) -> str:
        return answer_key(self.body(request), self._address, request)

    async def aclose(self) -> None:
        """Close the proposer and the ledger; with --cancel-on-exit, first cancel what is open."""
        try:
            if self._server.cancel_on_exit:
                for key, response_id in self._collecting.items():
                    await self._cancel(key, response_id)
        finally:
            try:
                await self._proposer.aclose()
            finally:
                await self._off_loop(self._ledger.close)

    async def _cancel(self, key: str, response_id: str) -> None:
        try:
            await self._background.cancel(response_id)
            await self._off_loop(self._account.forget, key)
        except Outage as outage:
            # It may be finished already: the next run collects it, or finds it cancelled.
            log.warning("not_cancelled", response_id=response_id, detail=str(outage))

    @property
    def _background(self) -> BackgroundProposer:
        return cast("BackgroundProposer", self._proposer)

    async def _answer(self, request: Request) -> Answer:
        body = self.body(request)
        key, recorded = await self._off_loop(self._find, request, body)
        if recorded is not None:
            return recorded
        # Two searches may ask the same: the second finds the first one's answer in the ledger.
        async with self._asking.setdefault(key, anyio.Lock()):
            return await self._ask(key, request, body)

    def _find(self, request: Request, body: Mapping[str, Any]) -> tuple[str, Answer | None]:
        """The key, and the recorded answer or None. Raises Outage where it may not be asked for."""
        key = self._key(request, body)
        replay = self._money.replay
        if replay != "off" and (recorded := self._ledger.get(key)) is not None:
            return key, recorded
        if replay == "only":
            raise Outage(
                f"no recorded answer for {_which(request)} in {self._ledger.path}: "
                "ask for it with --replay auto"
            )
        need_asked(self._ledger, self._run_id, request)
        return key, None

    async def _ask(self, key: str, request: Request, body: Mapping[str, Any]) -> Answer:
        """Ask. Where the reply breaks off, ask again, as often as budget and retries allow."""
        pauses = (
            min(FIRST_PAUSE * 2**retry, LONGEST_PAUSE) for retry in range(self._server.max_retries)
        )
        while True:
            try:
                return await self._ask_once(key, request, body)
            except Broken as broken:
                if (pause := next(pauses, None)) is None:
                    await self._off_loop(self._account.failed, key, broken)
                    raise
                log.warning("request_retried", request=key, detail=str(broken))
                await anyio.sleep(pause)

    async def _ask_once(self, key: str, request: Request, body: Mapping[str, Any]) -> Answer:
        while isinstance(found := await self._reserve(key, request, body), Pending):
            earlier = await self._counted(key, request, self._earlier(key, request, found))
            if earlier is not None:
                return await self._recorded(key, request, body, earlier, found.run_id)
        if found is not None:
            return found
        asked = (
            self._start(key, request)
            if self._server.background and self._is_paid
            else self._proposer.propose(request)
        )
        answer = await self._counted(key, request, asked)
        return await self._recorded(key, request, body, answer, self._run_id)

    def _key(self, request: Request, body: Mapping[str, Any]) -> str:
        """The key of the answer, once an answer under the key of an older ledger is taken over."""
        question = canonical(body)
        key = key_of(question, self._address, request.trial, request.attempt)
        if self._money.replay == "off" or self._host in (DEFAULT_HOST, LOCAL):
            return key
        former = key_of(question, self._host, request.trial, request.attempt)
        return take_over(self._ledger, former, key, self._address, self._reports / "runs")

    async def _recorded(
        self, key: str, request: Request, body: Mapping[str, Any], answer: Answer, payer: str
    ) -> Answer:
        """The answer with its cost, once it is in the ledger.

        Where another run is the payer, the answer is a replayed one to this run.
        """
        priced = answer
        if answer.cost_usd is None:
            price = price_of(request.model, self._server, self._money, body)
            priced = replace(answer, cost_usd=cost_of(answer.usage, price))
        paid = Paid(
            key=key, run_id=payer, host=self._address, request=request, body=body, answer=priced
        )
        await keep(self._account, paid, folder_in(self._reports), self._off_loop)
        self._collecting.pop(key, None)
        return replace(priced, replayed=payer != self._run_id)

    async def _counted(self, key: str, request: Request, asked: Awaitable[T]) -> T:
        """Await an answer, and let outages count. Whatever fails, nothing stays reserved."""
        try:
            return await asked
        except LedgerError:
            raise
        except Broken:
            await self._off_loop(self._account.abandoned, key)
            raise
        except Exception as error:  # also after a bug of ours no money may stay reserved
            told = f"{type(error).__name__}: {error}"
            outage = error if isinstance(error, Outage) else Outage(told)
            await self._off_loop(self._account.failed, key, outage)
            await self._off_loop(stop, self._ledger, self._run_id, request, outage)
            self._collecting.pop(key, None)
            raise
        except BaseException:  # cancelled, by a time limit on the test or by Ctrl-C
            try:
                await self._off_loop(self._account.abandoned, key)
            except LedgerError as error:
                log.warning("not_released", key=key, detail=str(error))
            raise

    async def _start(self, key: str, request: Request) -> Answer:
        started = await self._background.start(request)
        if isinstance(started, Answer):
            return started
        self._collecting[key] = started
        try:
            await self._off_loop(self._account.started, key, started)
        except LedgerError as error:
            # It is being paid for, and this process can still collect it.
            log.warning("not_noted", response_id=started, detail=str(error))
        return await self._background.collect(request, started, is_new=True)

    async def _earlier(self, key: str, request: Request, pending: Pending) -> Answer | None:
        """The answer to a request that a killed run started; None where it is lost."""
        self._collecting[key] = pending.response_id
        try:
            return await self._background.collect(request, pending.response_id)
        except Lost:
            await self._off_loop(self._account.forget, key)
            return None

    async def _reserve(
        self, key: str, request: Request, body: Mapping[str, Any]
    ) -> Answer | Pending | None:
        """Set aside what the request may cost: None when that is done.

        Where others ask or asked the same, their answer or their background request.
        """
        server, money = self._server, self._money
        largest: float | None = 0.0
        if self._is_paid:
            largest = largest_cost(body, price_of(request.model, server, money, body))
        if money.max_cost is not None and largest is None:
            line = (
                f"--max-cost: what a request to {request.model} may cost is not known: "
                "give --price-input and --price-output, and a limit of its output tokens"
            )
            raise Outage(line, "run")
        # Wait as long as a request that was made before this one can take.
        patience = Patience(server.request_timeout * (1 + server.max_retries), request.point)
        while True:
            if controller.is_gone():
                raise Outage(controller.LINE)
            found = await self._off_loop(
                self._account.reserve,
                key,
                largest,
                shared=money.replay == "auto",
                collects=server.background and self._is_paid,
                patient=not patience.is_over,
            )
            if not isinstance(found, Wait):
                return found
            await patience.wait(found.why)


def _which(request: Request) -> str:
    """An attempt, and its turn where there were turns before, for a message."""
    turn = f", turn {len(request.turns) + 1}" if request.turns else ""
    return f"{request.point} (trial {request.trial}, attempt {request.attempt}{turn})"
