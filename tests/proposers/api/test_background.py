"""Answers made in the background: started, polled for, lost, cancelled."""

import asyncio
import time
from dataclasses import replace
from typing import Any
from urllib.parse import unquote

import pytest

from bench.options.resolve import assemble
from bench.options.settings import Settings
from bench.proposers.api.client import Client
from bench.proposers.api.responses import Responses
from bench.proposers.proposer import Lost, Outage
from bench.record.answer import Answer
from tests.proposers.api.test_failures import REQUEST
from tests.support.options import asked
from tests.support.server import GOOD, Reply, Script, Server, serve


def test_another_process_can_collect_what_one_started() -> None:
    async def start(proposer: Responses) -> str:
        try:
            return str(await proposer.start(REQUEST))
        finally:
            await proposer.aclose()

    async def collect(proposer: Responses, response_id: str) -> Answer:
        try:
            return await proposer.collect(REQUEST, response_id)
        finally:
            await proposer.aclose()

    with serve(Reply(polls=1)) as server:
        settings = assemble(base_url=server.base_url, background=True)
        response_id = asyncio.run(start(Responses(settings.question, settings.asking)))
        answer = asyncio.run(collect(Responses(settings.question, settings.asking), response_id))
        assert (answer.text, answer.response_id, server.polled[response_id]) == (
            GOOD,
            response_id,
            2,
        )
        assert len(server.questions) == 1 and server.questions[0].body["background"] is True


def test_a_response_that_is_gone_or_cancelled_is_lost() -> None:
    async def run(settings: Settings) -> None:
        proposer = Responses(settings.question, settings.asking)
        with pytest.raises(Lost, match="is gone"):
            await proposer.collect(REQUEST, "resp_unheard_of")
        response_id = str(await proposer.start(replace(REQUEST, attempt=2)))
        await proposer.cancel(response_id)
        with pytest.raises(Lost, match="cancelled"):
            await proposer.collect(REQUEST, response_id)
        await proposer.aclose()

    with serve(Reply(polls=9)) as server:
        asyncio.run(run(assemble(base_url=server.base_url, background=True)))
        assert len(server.cancelled) == 1


@pytest.mark.parametrize(
    ("reply", "kind"),
    [
        ({"error": {"code": 502, "message": "Bad gateway"}}, Outage),
        ({"status": "failed", "error": {"code": "server_error"}, "output": None}, Lost),
    ],
)
def test_a_poll_that_fails_loses_no_response(
    monkeypatch: pytest.MonkeyPatch, reply: dict[str, Any], kind: type[Outage]
) -> None:
    async def send(*_: object) -> tuple[dict[str, object], str]:
        return reply, "req"

    monkeypatch.setattr(Client, "send", send)
    with pytest.raises(Outage) as outage:
        asyncio.run(Responses(*asked(background=True)).collect(REQUEST, "resp_1"))
    assert type(outage.value) is kind


def test_the_time_in_the_queue_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    polled = iter(["queued", "in_progress", "completed"])
    moments = [time.perf_counter()]

    async def send(*_: object) -> tuple[dict[str, object], str]:
        moments.append(time.perf_counter())
        return {"status": next(polled), "output": []}, "req"

    async def run() -> Answer:
        return await Responses(*asked(background=True)).collect(REQUEST, "resp_1")

    monkeypatch.setattr(Client, "send", send)
    answer = asyncio.run(run())
    assert answer.queued_ms is not None and answer.duration_ms is not None
    before, first, second, third = moments
    assert 0 < answer.queued_ms < 1000 * (second - before)  # it was begun by the second poll
    assert answer.duration_ms > 1000 * (third - first)


def in_background(script: Script) -> tuple[Answer | str, Server]:
    """The answer, or the line of its failure, and the server that was asked."""

    async def run(settings: Settings) -> Answer | str:
        proposer = Responses(settings.question, settings.asking)
        try:
            started = await proposer.start(REQUEST)
            if isinstance(started, Answer):
                return started
            return await proposer.collect(REQUEST, started, is_new=True)
        except Outage as outage:
            return f"{type(outage).__name__}: {outage}"
        finally:
            await proposer.aclose()

    with serve(script) as server:
        return asyncio.run(run(assemble(base_url=server.base_url, background=True))), server


@pytest.mark.parametrize("fields", [{}, {"id": None}, {"status": "incomplete"}])
def test_an_answer_that_is_there_at_once_is_used(fields: dict[str, Any]) -> None:
    answer, server = in_background(Reply(at_once=True, fields=fields))
    assert isinstance(answer, Answer) and answer.text == GOOD
    assert len(server.asked) == 1


@pytest.mark.parametrize("response_id", ["a/b?c=d#e", "../models", "a%2Fb c", "réponse"])
def test_an_id_is_one_part_of_the_address_whatever_it_holds(
    response_id: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bench.proposers.api.responses.UNKNOWN_SECONDS", 0.0)
    answer, server = in_background(Reply(polls=1, fields={"id": response_id}))
    assert "is gone" in str(answer)  # this server keeps it under another
    polled = [unquote(asked.path.removeprefix("/v1/responses/")) for asked in server.asked[1:]]
    assert set(polled) == {response_id} and not any(asked.query for asked in server.asked)


@pytest.mark.parametrize("response_id", ["", "a\r\nb", "\ud800", 7])
def test_what_cannot_be_an_id_is_the_servers_failure(response_id: Any) -> None:
    told, server = in_background(Reply(polls=1, fields={"id": response_id}))
    assert "is not a response" in str(told) and len(server.asked) == 1


def test_what_failed_or_was_refused_at_once_is_not_polled_for() -> None:
    lost, server = in_background(Reply(at_once=True, fields={"status": "failed", "output": None}))
    assert str(lost).startswith("Outage: the response failed") and len(server.asked) == 1
    refused, _ = in_background(Reply(status=400, error={"code": "content_filter"}))
    assert isinstance(refused, Answer) and refused.error == "refused"


def test_a_new_response_may_be_unknown_for_a_while(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("bench.proposers.api.responses.FIRST_POLL", 0.01)
    answer, server = in_background(Reply(unknown=2, polls=1))
    assert isinstance(answer, Answer) and answer.text == GOOD and server.polled.total() == 4
    monkeypatch.setattr("bench.proposers.api.responses.UNKNOWN_SECONDS", 0.1)
    lost, server = in_background(Reply(unknown=99))
    assert str(lost).startswith("Lost: background") and "is gone" in str(lost)
    assert server.polled.total() > 1
