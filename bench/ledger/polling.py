"""How a batch comes to be at its server, and what it brings once it has ended."""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass
from time import time
from typing import Any

import structlog

from bench.ledger.rounds import BATCH_SECONDS, Sent
from bench.proposers.api.batch_api import UNFINISHED, BatchApi, BatchState
from bench.proposers.api.batch_lines import results_in
from bench.proposers.api.failures import PASSING
from bench.proposers.clock import Clock, growing_pauses
from bench.proposers.proposer import Lost, Outage

log = structlog.get_logger(__name__)

FIRST_POLL, SLOWEST_POLL = 2.0, 60.0
"""Seconds between two looks at a batch, which grow by half, unless the server says when to look."""

LOOKS = 5
"""How often a batch that may be there is looked for, before it counts as one that is not: a server
may not know it at once.
"""

SHORT_LOOKS = 8
"""How often a batch that has ended is looked at again where it brought fewer lines than the server
counts: its files may come a little later, and what they hold would be bought again.
"""

SKEW = 3600.0
"""Seconds by which the clocks of a server and of this machine may differ."""


@dataclass(frozen=True, slots=True)
class Returned:
    """What came of a batch."""

    token: str
    batch_id: str
    status: str
    lines: dict[str, bytes]
    """By key: a line, which who reads it takes away."""
    errors: tuple[Mapping[str, Any], ...] = ()

    def error_at(self, number: int) -> Mapping[str, Any] | None:
        """What kept a whole batch from being run, as it is told to the request in this line of it.

        None for a batch that ran. Where lines are named, the others are told that it failed alone.
        """
        if self.status != "failed":
            return None
        own = [error for error in self.errors if error.get("line") == number]
        general = [error for error in self.errors if not error.get("line")]
        return next(iter((*own, *general)), {})


async def creation(api: BatchApi, model: str, content: bytes, token: str, retries: int) -> str:
    """The id of a new batch with this file. Raises Lost where none was created, for whatever cause.

    Any other Outage leaves open whether there is one: its token will tell.
    """
    try:
        file_id = await api.upload(model, content)
    except Outage as outage:
        raise Lost(str(outage), outage.ends, outage.status) from None
    since = time()
    for retry in range(retries + 1):
        try:
            return await api.create(model, file_id, token)
        except Outage as outage:
            status = outage.status or 0
            is_refused = 400 <= status < 500 and status not in PASSING
            # Without a reply, or with a server's failure, it may have been created all the same.
            if not is_refused and (found := await looked_for(api, model, token, since)) is not None:
                return found
            if is_refused or retry == retries:
                raise Lost(str(outage), outage.ends, outage.status) from None
            log.warning("request_retried", request=token, detail=str(outage))
    raise AssertionError("the last try returns or raises")


async def looked_for(api: BatchApi, model: str, token: str, since: float) -> str | None:
    """The id of the batch with this token, created after `since` (Unix time); None without one."""
    pauses = growing_pauses(FIRST_POLL, SLOWEST_POLL)
    for look in range(LOOKS):
        found, hint = await api.find(model, token, since - SKEW)
        if found is not None:
            return found
        if look < LOOKS - 1:
            pause = next(pauses)
            await asyncio.sleep(pause if hint is None else hint)
    return None


async def ended(
    api: BatchApi, model: str, token: str, batch_id: str, sent: Sent, retries: int
) -> Returned:
    """What came of a batch, once it has ended. Raises Outage, and Lost where there is no such one.

    So many looks in a row may fail: a day is long, and networks are not always there.
    """
    clock, pauses, failures, short = Clock(), growing_pauses(FIRST_POLL, SLOWEST_POLL), 0, 0
    while True:
        state, pause = None, next(pauses)
        try:
            state = await api.look(model, batch_id)
            if state.status not in UNFINISHED:
                lines = await _lines(api, model, state)
                is_whole = state.status == "failed" or len(lines) >= state.done
                if is_whole or short == SHORT_LOOKS:
                    return Returned(token, batch_id, state.status, lines, state.errors)
                pauses = pauses if short else growing_pauses(FIRST_POLL, SLOWEST_POLL)
                short += 1
        except Outage as outage:
            failures += 1
            _need_hope(outage, failures > retries)
            log.warning("request_retried", request=batch_id, detail=str(outage))
        else:
            failures, sent.done = 0, state.done
            sent.total = sent.total or state.total
        if clock.ms > BATCH_SECONDS * 1000:
            raise Outage(f"batch {batch_id} has not ended: run again to collect it")
        hint = pause if state is None or state.hint is None else state.hint
        await asyncio.sleep(min(hint, pause) if short else hint)


def _need_hope(outage: Outage, is_last: bool) -> None:
    """Raise the outage unless it may pass."""
    if outage.status == 404:  # the server may have just created it
        if is_last:
            raise Lost(str(outage), outage.ends, outage.status) from None
    elif is_last or outage.ends is not None:
        raise outage


async def _lines(api: BatchApi, model: str, state: BatchState) -> dict[str, bytes]:
    """What is in the files of a batch that has ended. Of two lines with one id the first counts."""
    lines: dict[str, bytes] = {}
    for file_id in state.files:
        for key, line in results_in(await api.download(model, file_id)):
            lines.setdefault(key, line)
    return lines
