"""Answers made in the background: started, polled for, lost, cancelled."""

import asyncio
from dataclasses import replace

import pytest

from bench.proposers.base import Answer, Lost
from bench.proposers.client import Client
from bench.proposers.responses import Responses
from bench.settings import Settings
from tests.proposers.test_failures import REQUEST, _key  # noqa: F401
from tests.server import GOOD, Reply, serve


def test_another_process_can_collect_what_one_started() -> None:
    async def start(proposer: Responses) -> str:
        try:
            return await proposer.start(REQUEST)
        finally:
            await proposer.aclose()

    async def collect(proposer: Responses, response_id: str) -> Answer:
        try:
            return await proposer.collect(REQUEST, response_id)
        finally:
            await proposer.aclose()

    with serve(Reply(polls=1)) as server:
        settings = Settings(base_url=server.base_url, background=True)
        response_id = asyncio.run(start(Responses(settings)))
        answer = asyncio.run(collect(Responses(settings), response_id))
        assert (answer.text, answer.response_id, server.polled[response_id]) == (GOOD, response_id, 2)
        assert len(server.questions) == 1 and server.questions[0].body["background"] is True


def test_a_response_that_is_gone_or_cancelled_is_lost() -> None:
    async def run(settings: Settings) -> None:
        proposer = Responses(settings)
        with pytest.raises(Lost, match="is gone"):
            await proposer.collect(REQUEST, "resp_unheard_of")
        response_id = await proposer.start(replace(REQUEST, attempt=2))
        await proposer.cancel(response_id)
        with pytest.raises(Lost, match="cancelled"):
            await proposer.collect(REQUEST, response_id)
        await proposer.aclose()

    with serve(Reply(polls=9)) as server:
        asyncio.run(run(Settings(base_url=server.base_url, background=True)))
        assert len(server.cancelled) == 1


def test_the_time_in_the_queue_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    polled = iter(["queued", "in_progress", "completed"])

    async def send(*_: object) -> tuple[dict[str, object], str]:
        return {"status": next(polled), "output": []}, "req"

    async def run() -> Answer:
        return await Responses(Settings(background=True)).collect(REQUEST, "resp_1")

    monkeypatch.setattr(Client, "send", send)
    answer = asyncio.run(run())
    assert answer.queued_ms is not None and answer.duration_ms is not None
    assert 0 < answer.queued_ms < 500 < answer.duration_ms  # it was begun by the second poll
