"""Requests of many searches, sent as batches: gathered, noted, sent, polled, and read line by line.

A kill at any moment leaves in the ledger what the next run needs to buy nothing twice: the token of
a batch is there before the batch can be, and its id before the first poll.
"""

import asyncio
import copy
import secrets
from collections.abc import Callable, Coroutine, Iterable, Mapping
from contextvars import Context
from datetime import datetime
from time import time
from typing import Any

import anyio.to_thread
import structlog

from bench.ledger import batch_rows
from bench.ledger.gathered import Gathered, failing
from bench.ledger.offloop import OffLoop
from bench.ledger.polling import SKEW, Returned, creation, ended, looked_for
from bench.ledger.queue_room import QueueRoom
from bench.ledger.rounds import Rounds
from bench.ledger.store import Ledger, LedgerError
from bench.proposers.api.batch_api import BatchProposer
from bench.proposers.api.batch_lines import PartLimits, content_of, parts
from bench.proposers.api.reading import unread
from bench.proposers.clock import Clock
from bench.proposers.proposer import Lost, Outage, Refused, Request, TooLong
from bench.record.answer import Answer
from bench.record.usage import Usage
from bench.record.wording import counted

log = structlog.get_logger(__name__)

LIMITS = PartLimits()


class Batches:
    """The batches of one model: what its searches ask in one round is sent in as few as can be."""

    def __init__(
        self,
        proposer: BatchProposer,
        ledger: Ledger,
        run_id: str,
        off_loop: OffLoop,
        rounds: Rounds,
        retries: int,
        *,
        cost: Callable[[Request, Mapping[str, Any], Usage], float | None],
    ) -> None:
        """`retries`: how often in a row a look at a batch may fail, or its creation.

        `cost` gives US dollars for what a request took; None where that is not known.
        """
        self._proposer = proposer
        self._api = proposer.batching()
        self._ledger = ledger
        self._run_id = run_id
        self._off_loop = off_loop
        self._rounds = rounds
        self._retries = retries
        self._cost = cost
        self._room = QueueRoom(LIMITS)
        self._gathered: dict[str, Gathered] = {}
        self._open: dict[str, str | None] = {}
        """By token: the id of a batch that has not ended, as far as it is known."""
        self._earlier: dict[str, asyncio.Task[Returned]] = {}
        """By token: the wait for a batch of an earlier run."""
        self._tasks: set[asyncio.Task[Any]] = set()
        self._model = ""
        self._since = time() - SKEW
        rounds.at_each(self._begin)

    async def ask(self, key: str, request: Request, body: Mapping[str, Any]) -> Answer:
        """Ask in the next round. Raises Outage, and Unserved where it may be asked again."""
        clock, self._model = Clock(), request.model
        waiting = self._gathered[key] = Gathered(key, request, body)
        try:
            with self._rounds.waiting():
                results = await waiting.results
        except BaseException:
            if not waiting.is_noted:
                self._gathered.pop(key, None)
                await self._release(key)
            raise
        return await self._answer(results, key, request, body, clock)

    async def collect(self, key: str, request: Request, response_id: str) -> Answer:
        """The answer in a batch of an earlier run, by its token. Raises Outage, and Lost."""
        clock, token, self._model = Clock(), response_id, request.model
        if token not in self._earlier:
            self._earlier[token] = self._spawn(self._of_earlier(token))
        with self._rounds.waiting():
            try:
                results = await asyncio.shield(self._earlier[token])
            except Outage as outage:
                raise copy.copy(outage) from None
        return await self._answer(results, key, request, self._proposer.body(request), clock)

    def ended(self, key: str) -> None:
        """A batch is open until all of it has come, whatever becomes of one answer."""

    async def aclose(self, *, cancels: bool) -> None:
        """Leave what is open to the next run; with `cancels`, have the server end it."""
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        for token, known in self._open.items() if cancels else ():
            try:
                batch_id = known or (await self._api.find(self._model, token, self._since))[0]
                if batch_id is not None:
                    # What it has answered by now is collected by the next run.
                    await self._api.cancel(self._model, batch_id)
                    log.info("batch_cancelled", batch=batch_id)
            except Outage as outage:
                log.warning("not_cancelled", response_id=known or token, detail=str(outage))

    def _begin(self) -> None:
        """Send what was gathered: all searches wait for it."""
        if self._gathered and not (self._room.is_scarce and self._open):
            gathered, self._gathered = list(self._gathered.values()), {}
            self._spawn(self._send(gathered))

    async def _send(self, gathered: list[Gathered]) -> None:
        divided: list[list[Gathered]] = []
        with failing(gathered):
            limits = self._room.limits
            divided = await anyio.to_thread.run_sync(parts, gathered, self._api.path, limits)
        for whole in divided:
            part = [one for one in whole if not one.results.done()]  # others were stopped meanwhile
            if self._room.is_scarce and self._open:
                self._gather_again(part)
            elif part:
                with failing(part):
                    token, batch_id = await self._create(part)
                    self._spawn(self._bring(token, batch_id, part))

    async def _create(self, part: list[Gathered]) -> tuple[str, str]:
        """Create a batch: its token and its id, which are in the ledger. Raises Outage."""
        token = batch_rows.PREFIX + secrets.token_hex(16)
        keys = [one.key for one in part]
        for one in part:
            one.is_noted = True
        await self._off_loop(batch_rows.note, self._ledger, self._run_id, token, keys)
        self._open[token] = None
        content = await anyio.to_thread.run_sync(content_of, part, self._api.path)
        try:
            batch_id = await creation(self._api, self._model, content, token, self._retries)
        except Outage as outage:
            del self._open[token]
            if not isinstance(outage, Lost):
                raise
            await self._off_loop(batch_rows.forget, self._ledger, token)
            raise Outage(str(outage), outage.ends, outage.status) from None
        self._open[token] = batch_id
        try:
            await self._off_loop(batch_rows.created, self._ledger, token, batch_id)
        except LedgerError as error:
            # It is being paid for, and is found again by its token.
            log.warning("not_noted", response_id=batch_id, detail=str(error))
        return token, batch_id

    async def _bring(self, token: str, batch_id: str, part: list[Gathered]) -> None:
        """Bring its results to those that asked, or what kept them."""
        with failing(part):
            results = await self._results(token, batch_id, len(part))
            if results.status == "failed" and await self._is_put_back(results, part):
                part = []  # they wait on
            elif results.status == "failed":
                await self._off_loop(batch_rows.forget, self._ledger, token)
            for number, one in enumerate(part, 1):
                why = results.error_at(number)
                if why is None:
                    one.bring(results)
                else:
                    head = f"batch {batch_id} failed"
                    one.fail(self._api.failure(one.request.model, one.body, head, why))
        self._rounds.look()

    async def _is_put_back(self, results: Returned, part: list[Gathered]) -> bool:
        """Whether a batch that failed waits for room in the server's queue, perhaps in halves."""
        if not self._room.refuses(results.errors):
            return False
        pause = self._room.make_smaller(len(part), is_alone=not self._open)
        if pause is None:
            return False
        what = f"batch {results.batch_id}: the server's queue has no room for it"
        log.warning("waiting", detail=f"{what}: its requests are sent in smaller batches, in turn")
        await asyncio.sleep(pause)
        await self._off_loop(batch_rows.unsent, self._ledger, results.token)
        for one in part:
            one.is_noted = False
            if one.results.done():  # it was stopped meanwhile
                await self._release(one.key)
        self._gather_again([one for one in part if not one.results.done()])
        return True

    def _gather_again(self, part: Iterable[Gathered]) -> None:
        """Send these with the next round, before what was gathered since."""
        self._gathered = {one.key: one for one in part} | self._gathered

    async def _of_earlier(self, token: str) -> Returned:
        """The results of a batch that an earlier run sent. Raises Lost where there is none."""
        row = await self._off_loop(batch_rows.find, self._ledger, token)
        if row is None:
            raise Lost(f"the ledger knows no batch {token}")
        batch_id = row.batch_id
        if batch_id is None:
            since = datetime.fromisoformat(row.created_at).timestamp()
            batch_id = await looked_for(self._api, self._model, token, since)
            if batch_id is None:
                await self._off_loop(batch_rows.forget, self._ledger, token)
                raise Lost(f"the batch {token} was never created")
            await self._off_loop(batch_rows.created, self._ledger, token, batch_id)
        return await self._results(token, batch_id)

    async def _results(self, token: str, batch_id: str, total: int = 0) -> Returned:
        """The results of a batch of so many requests, once it has ended. Raises Outage."""
        self._open[token] = batch_id
        sent = self._rounds.sent(total)
        answers = counted(total, "answer") if total else "what an earlier run asked"
        goes_on = "it goes on whatever ends this run, and the same command collects it"
        log.warning("waiting", detail=f"batch {batch_id}: waiting for {answers}; {goes_on}")
        try:
            results = await ended(self._api, self._model, token, batch_id, sent, self._retries)
        finally:
            sent.is_over = True
        del self._open[token]
        log.info("batch_ended", batch=batch_id, status=results.status, answers=len(results.lines))
        return results

    async def _answer(
        self, results: Returned, key: str, request: Request, body: Mapping[str, Any], clock: Clock
    ) -> Answer:
        """The answer in a line of the results. Without one nothing is left to collect, or reserved.

        Raises Outage.
        """
        try:
            return self._read(results, key, request, body, clock)
        except Outage as outage:
            cost = self._cost(request, body, outage.usage)
            await self._off_loop(batch_rows.unanswered, self._ledger, results.token, key, cost)
            raise

    def _read(
        self, results: Returned, key: str, request: Request, body: Mapping[str, Any], clock: Clock
    ) -> Answer:
        """The answer in a line of the results. Raises Outage."""
        if (line := results.lines.pop(key, None)) is None:
            what = f"batch {results.batch_id} ({results.status}) has no answer to this request"
            if results.status == "cancelled":
                raise Lost(f"{what}: run again to ask what it left")
            raise self._api.failure(request.model, body, what)
        try:
            payload, request_id = self._api.payload(request.model, body, line)
            return self._proposer.answer(request, payload, request_id, clock)
        except (Refused, TooLong) as words:
            return unread(words, request, clock)

    async def _release(self, key: str) -> None:
        """Release what was reserved for a request that was not sent, as it costs nothing."""
        try:
            await self._off_loop(batch_rows.release, self._ledger, self._run_id, key)
        except LedgerError as error:
            log.warning("not_released", key=key, detail=str(error))

    def _spawn(self, work: Coroutine[Any, Any, Any]) -> "asyncio.Task[Any]":
        """Do this beside the searches; its events are of none of them."""
        task = asyncio.get_running_loop().create_task(work, context=Context())
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        return task
