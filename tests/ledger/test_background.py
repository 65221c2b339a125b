"""Answers made in the background: collected by the next run, cancelled, lost, or late."""

import asyncio
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from bench.ledger.account import Account
from bench.ledger.ledgered import Ledgered
from bench.ledger.store import Ledger
from bench.options.resolve import assemble
from bench.proposers.api.responses import Responses
from bench.proposers.proposer import BudgetSpent, Outage, Request
from bench.record.answer import Answer
from tests.support.server import GOOD, Reply, Server, serve

REQUEST = Request(
    point="parity-8", model="gpt-5", reasoning_effort="high", prompt="say", trial=0, attempt=1
)


def collect(
    server: Server, path: Path, run_id: str, *, leave: bool = False, **more: Any
) -> Answer | None:
    """The answer made in the background; None where the run is to `leave` once it has polled."""

    async def run() -> Answer | None:
        settings = assemble(
            base_url=server.base_url,
            ledger=path,
            background=True,
            price_input=1.0,
            price_output=1.0,
            **more,
        )
        proposer = Ledgered(Responses(settings.question, settings.asking), settings, run_id)
        polled = server.polled.total()
        answer = asyncio.ensure_future(proposer.propose(REQUEST))
        try:
            while leave and server.polled.total() == polled:
                await asyncio.sleep(0.01)
            return None if leave else await answer
        finally:
            answer.cancel()
            await proposer.aclose()

    return asyncio.run(run())


def test_a_background_answer_is_collected_by_the_next_run(tmp_path: Path) -> None:
    path = tmp_path / "ledger.sqlite"
    with serve(Reply(polls=1)) as server:
        assert collect(server, path, "killed", leave=True) is None
        answer = collect(server, path, "after")
        assert answer is not None and answer.replayed and len(server.questions) == 1
        assert server.polled == {answer.response_id: 2}
    with closing(Ledger(path)) as ledger:
        assert ledger.rows("SELECT run_id FROM answers") == [("killed",)]
        assert ledger.rows("SELECT COUNT(*) FROM pending") == [(0,)]
        # 1000 input and 500 output tokens, at one dollar a million
        assert ledger.rows("SELECT spent_nanousd FROM runs WHERE run_id = 'killed'") == [
            (1_500_000,)
        ]


def test_a_background_answer_that_is_there_at_once_is_paid_for_once(tmp_path: Path) -> None:
    path = tmp_path / "ledger.sqlite"
    with serve(Reply(at_once=True)) as server:  # which has no GET
        first, again = collect(server, path, "run"), collect(server, path, "after")
    assert first is not None and first.text == GOOD and again == replace(first, replayed=True)
    assert len(server.asked) == 1


def test_a_lost_background_answer_is_asked_for_anew(tmp_path: Path) -> None:
    path = tmp_path / "ledger.sqlite"
    with serve(lambda asked: Reply(polls=9 if asked.number == 1 else 0)) as server:
        assert collect(server, path, "killed", leave=True) is None
        (lost,) = server.stored
        server.stored.clear()
        answer = collect(server, path, "after")
        assert answer is not None and not answer.replayed and answer.response_id != lost
        assert (len(server.questions), server.polled[lost]) == (2, 2)


def test_what_is_under_way_is_cancelled_on_request_alone(tmp_path: Path) -> None:
    path = tmp_path / "ledger.sqlite"
    with serve(Reply(polls=9)) as server:
        collect(server, path, "kept", leave=True)
        assert server.cancelled == []
        collect(server, path, "cancelled", leave=True, cancel_on_exit=True)
        assert server.cancelled == list(server.stored)
    with closing(Ledger(path)) as ledger:
        assert ledger.rows("SELECT COUNT(*) FROM pending") == [(0,)]


def test_an_answer_that_can_be_cancelled_no_more_is_left_to_the_next_run(tmp_path: Path) -> None:
    path = tmp_path / "ledger.sqlite"
    with serve(Reply(polls=1)) as server:
        assert collect(server, path, "run", leave=True, cancel_on_exit=True) is None
        assert server.cancelled == [] and server.asked[-1].path.endswith("/cancel")
        answer = collect(server, path, "after")
        assert answer is not None and answer.replayed and len(server.questions) == 1


def test_a_background_answer_that_is_late_keeps_no_budget_waiting(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "ledger.sqlite"
    late = SimpleNamespace(ms=1e9)
    monkeypatch.setattr("bench.proposers.api.responses.Clock", lambda: late)
    with serve(Reply(polls=99)) as server, pytest.raises(Outage, match="is not finished"):
        collect(server, path, "run", max_cost=1.0)
    with closing(Ledger(path)) as ledger:
        assert ledger.rows("SELECT COUNT(*) FROM pending WHERE response_id IS NOT NULL") == [(1,)]
        with pytest.raises(BudgetSpent):
            Account(ledger, "run", 1.0).reserve("another", 1.0)
