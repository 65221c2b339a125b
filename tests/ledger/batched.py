"""Requests of several searches that are asked by batches, of the loopback server."""

import asyncio
from collections.abc import Callable, Sequence
from contextlib import closing
from pathlib import Path
from typing import Any

from bench.ledger.ledgered import Ledgered
from bench.ledger.rounds import Rounds
from bench.ledger.store import Ledger
from bench.options.resolve import assemble
from bench.proposers.api.chat import Chat
from bench.proposers.api.responses import Responses
from bench.proposers.proposer import Request
from bench.record.answer import Answer
from tests.support.server import Asked, Reply, Server

Outcome = Answer | BaseException


def request(number: int) -> Request:
    return Request(
        point=f"p{number}",
        model="gpt-5-mini",
        reasoning_effort="high",
        prompt=f"say {number}",
        trial=1,
        attempt=1,
    )


def asked_for(asked: Asked) -> str:
    """What the prompt of a request tells to say."""
    told = asked.body.get("input") or asked.body["messages"][0]["content"]
    return str(told).partition(" ")[2]


def echo(asked: Asked) -> Reply:
    return Reply(text=asked_for(asked))


def ask(
    server: Server,
    path: Path,
    numbers: Sequence[int],
    run_id: str = "run",
    *,
    until: Callable[[], bool] | None = None,
    **more: Any,
) -> list[Outcome]:
    """What becomes of these requests, each of a search of its own.

    With `until`, the run is ended from outside once that is so.
    """

    async def run() -> list[Outcome]:
        given: dict[str, Any] = {"batch": True, "max_retries": 2, "ledger": path, **more}
        settings = assemble(base_url=server.base_url, **given)
        api = Chat if settings.asking.api == "chat" else Responses
        rounds = Rounds()
        proposer = Ledgered(
            api(settings.question, settings.asking), settings, run_id, rounds=rounds
        )

        async def search(number: int) -> Answer:
            with rounds.search():
                return await proposer.propose(request(number))

        tasks = [asyncio.create_task(search(number)) for number in numbers]
        try:
            while until is not None and not until():
                await asyncio.sleep(0.005)
            for task in tasks if until else ():
                task.cancel()
            return list(await asyncio.gather(*tasks, return_exceptions=True))
        finally:
            await proposer.aclose()

    return asyncio.run(run())


def texts(outcomes: Sequence[Outcome]) -> list[str | None]:
    assert all(isinstance(outcome, Answer) for outcome in outcomes), outcomes
    return [outcome.text for outcome in outcomes if isinstance(outcome, Answer)]


def rows(path: Path, query: str) -> list[tuple[Any, ...]]:
    with closing(Ledger(path)) as ledger:
        return ledger.rows(query)
