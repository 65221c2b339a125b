"""A worker whose controller is gone asks nothing more: no question, no retry, no poll."""

import asyncio
import os
from dataclasses import replace
from pathlib import Path

import pytest

from bench.ledger.ledgered import Ledgered
from bench.options.resolve import assemble
from bench.proposers import controller
from bench.proposers.api.responses import Responses
from bench.proposers.proposer import Outage
from tests.proposers.api.test_failures import REQUEST, ask
from tests.support.options import asked
from tests.support.server import GOOD, Asked, Reply, error, serve


@pytest.fixture(autouse=True)
def _watched(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(controller, "_controller", None)
    controller.watch()


def test_a_process_is_watched_until_it_is_gone(monkeypatch: pytest.MonkeyPatch) -> None:
    assert not controller.is_gone()
    monkeypatch.setattr(os, "getppid", lambda: 1)
    assert controller.is_gone()
    monkeypatch.setattr(controller, "_controller", None)
    assert not controller.is_gone()  # of no worker


@pytest.mark.parametrize(
    "reply", [error(503, retry_after_ms="1"), error(429, retry_after_ms="1"), Reply(reset=True)]
)
def test_no_question_is_put_again(monkeypatch: pytest.MonkeyPatch, reply: Reply) -> None:
    def gone(_: Asked) -> Reply:
        monkeypatch.setattr(os, "getppid", lambda: 1)
        return reply

    outage, asked = ask(Responses, gone)
    assert isinstance(outage, Outage) and controller.LINE in str(outage) and asked == 1


def test_no_answer_is_polled_for_and_none_is_asked_for_after_what_was_under_way(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    async def run(base_url: str) -> None:
        settings = assemble(base_url=base_url, ledger=tmp_path / "ledger.sqlite")
        kept, other = (
            Ledgered(Responses(settings.question, settings.asking), settings, "run"),
            Responses(*asked(base_url=base_url, background=True)),
        )
        response_id = await other.start(REQUEST)
        assert isinstance(response_id, str)
        with pytest.raises(Outage, match=controller.LINE):
            await other.collect(REQUEST, response_id)
        assert (await kept.propose(REQUEST)).text == GOOD  # one recorded before
        with pytest.raises(Outage, match=controller.LINE):
            await kept.propose(replace(REQUEST, attempt=2))
        await kept.aclose()
        await other.aclose()

    async def record(base_url: str) -> None:
        settings = assemble(base_url=base_url, ledger=tmp_path / "ledger.sqlite")
        kept = Ledgered(Responses(settings.question, settings.asking), settings, "run")
        await kept.propose(REQUEST)
        await kept.aclose()

    def gone(asked: Asked) -> Reply:
        if asked.body.get("background"):
            monkeypatch.setattr(os, "getppid", lambda: 1)
        return Reply(polls=9)

    with serve(gone) as server:
        asyncio.run(record(server.base_url))
        asyncio.run(run(server.base_url))
        assert len(server.asked) == 2 and not server.polled
