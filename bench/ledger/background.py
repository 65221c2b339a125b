"""Answers that come later: the id to collect one by is in the ledger, also for the next run."""

from collections.abc import Mapping
from typing import Any, Protocol

import structlog

from bench.ledger.books import Books
from bench.ledger.offloop import OffLoop
from bench.ledger.store import LedgerError
from bench.proposers.proposer import Backgrounded, Outage, Proposer, Request
from bench.record.answer import Answer

log = structlog.get_logger(__name__)


class Later(Protocol):
    """How answers are asked for that do not come with the reply to the request."""

    async def ask(self, key: str, request: Request, body: Mapping[str, Any]) -> Answer:
        """Ask, and wait for the answer. Raises Outage."""
        ...

    async def collect(self, key: str, request: Request, response_id: str) -> Answer:
        """The answer to what an earlier run asked. Raises Outage, and Lost where it never comes."""
        ...

    def ended(self, key: str) -> None:
        """The answer is recorded, or there will be none."""
        ...

    async def aclose(self, *, cancels: bool) -> None:
        """Wait no more; with `cancels`, have the server stop working on what is open."""
        ...


class BackgroundProposer(Proposer, Backgrounded, Protocol):
    """A proposer that can also answer in the background."""


class Background:
    """Responses that the server makes in the background, one for each request."""

    def __init__(self, proposer: BackgroundProposer, books: Books, off_loop: OffLoop) -> None:
        self._proposer = proposer
        self._books = books
        self._off_loop = off_loop
        self._open: dict[str, str] = {}
        """By key: the id of the response."""

    async def ask(self, key: str, request: Request, body: Mapping[str, Any]) -> Answer:  # noqa: ARG002
        """Start a response and collect it; its id is in the ledger before the first poll."""
        started = await self._proposer.start(request)
        if isinstance(started, Answer):
            return started
        self._open[key] = started
        try:
            await self._off_loop(self._books.started, key, started)
        except LedgerError as error:
            # It is being paid for, and this process can still collect it.
            log.warning("not_noted", response_id=started, detail=str(error))
        return await self._proposer.collect(request, started, is_new=True)

    async def collect(self, key: str, request: Request, response_id: str) -> Answer:
        """The response that an earlier run started."""
        self._open[key] = response_id
        return await self._proposer.collect(request, response_id)

    def ended(self, key: str) -> None:
        """Cancel this one no more."""
        self._open.pop(key, None)

    async def aclose(self, *, cancels: bool) -> None:
        """Leave what is open to the next run, or cancel it."""
        for key, response_id in self._open.items() if cancels else ():
            try:
                await self._proposer.cancel(response_id)
                await self._off_loop(self._books.forget, key)
            except Outage as outage:
                # It may be finished already: the next run collects it, or finds it cancelled.
                log.warning("not_cancelled", response_id=response_id, detail=str(outage))
