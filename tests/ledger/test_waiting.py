"""Every way out of a request settles or releases it, and no wait is silent or without an end."""

import asyncio
import sqlite3
import threading
import time
from collections.abc import Mapping, MutableMapping, Sequence
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import structlog.testing

from bench.ledger import patience, store
from bench.ledger.account import Account
from bench.ledger.ledgered import Ledgered
from bench.ledger.store import Ledger
from bench.options.resolve import assemble
from bench.proposers.address import address_of
from bench.proposers.answer_key import answer_key
from bench.proposers.api.responses import Responses
from bench.proposers.proposer import BudgetSpent, Request
from bench.record.answer import Answer
from tests.ledger.test_alive import user
from tests.ledger.test_store import REQUEST, ask
from tests.support.server import GOOD, Reply, Server, serve

DOLLAR: dict[str, Any] = {"max_cost": 1.0, "price_input": 1.0, "price_output": 1.0}


@pytest.fixture(autouse=True)
def _soon(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(patience, "TOLD_AFTER_SECONDS", 0.0)


def ledgered(
    path: Path, run_id: str = "run", proposer: type[Responses] = Responses, **given: Any
) -> Ledgered:
    settings = assemble(ledger=path, max_retries=0, **given)
    return Ledgered(proposer(settings.question, settings.asking), settings, run_id)


def details(told: Sequence[Mapping[str, Any]]) -> list[str]:
    """What the lines say that told of a wait."""
    return [event["detail"] for event in told if event["event"] == "waiting"]


def test_an_answer_waits_for_a_ledger_that_is_locked(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "ledger.sqlite"
    Ledger(path).close()
    monkeypatch.setattr(store, "BUSY_SECONDS", 0.05)
    other = sqlite3.connect(path, isolation_level=None, check_same_thread=False)
    told: list[MutableMapping[str, Any]] = []

    def free() -> None:
        while not details(told):
            time.sleep(0.01)
        other.rollback()

    def lock(_: object) -> Reply:
        other.execute("BEGIN IMMEDIATE")
        threading.Thread(target=free, daemon=True).start()
        return Reply()

    with serve(lock) as server, structlog.testing.capture_logs() as captured:
        told = captured
        assert ask(path, server.base_url).text == ask(path, server.base_url, "only").text == GOOD
        assert len(server.questions) == 1
    other.close()
    (line,) = details(told)
    assert line.startswith("parity-8: waiting, for up to 10 min 0 s: ledger ") and "locked" in line


def test_what_was_reserved_is_released_whatever_goes_wrong(tmp_path: Path) -> None:
    class Broken(Responses):
        async def propose(self, request: Request) -> Answer:
            raise ZeroDivisionError(request.prompt)

    async def run() -> None:
        proposer = ledgered(tmp_path / "ledger.sqlite", proposer=Broken, **DOLLAR)
        with pytest.raises(ZeroDivisionError):
            await proposer.propose(REQUEST)
        await proposer.aclose()

    asyncio.run(run())
    with closing(Ledger(tmp_path / "ledger.sqlite")) as ledger:
        assert ledger.rows("SELECT COUNT(*) FROM pending") == [(0,)]


@pytest.mark.parametrize("background", [False, True])
def test_what_was_reserved_for_a_cancelled_request_is_spent_and_holds_nobody(
    tmp_path: Path, background: bool
) -> None:
    path = tmp_path / "ledger.sqlite"

    async def run(server: Server) -> str:
        given = DOLLAR | {
            "max_cost": 0.03,
            "base_url": server.base_url,
            "background": background,
        }
        proposer, other = ledgered(path, **given), ledgered(path, **given)
        answer = asyncio.ensure_future(proposer.propose(REQUEST))
        while not (server.polled if background else server.questions):
            await asyncio.sleep(0.01)
        answer.cancel()  # as a time limit on a test does
        with pytest.raises(asyncio.CancelledError):
            await answer
        with pytest.raises(BudgetSpent) as spent:
            await other.propose(replace(REQUEST, attempt=2))
        await proposer.aclose()
        await other.aclose()
        return str(spent.value)

    with (
        serve(Reply(polls=99) if background else Reply(delay=60.0)) as server,
        structlog.testing.capture_logs() as told,
    ):
        line = asyncio.run(run(server))
        assert len(server.questions) == 1
        assert details(told) == []
    spent = line.removeprefix("--max-cost $0.03: $").partition(" spent")[0]
    # 20,000 tokens out and the request's bytes, at a dollar a million
    assert 0.02 < float(spent) < 0.03
    with closing(Ledger(path)) as ledger:
        assert ledger.rows("SELECT response_id IS NOT NULL FROM pending") == [(1,)] * background


def test_a_question_that_another_process_asks_is_waited_for_and_told_of(tmp_path: Path) -> None:
    path = tmp_path / "ledger.sqlite"

    async def run(ledger: Ledger, base_url: str, told: Sequence[Mapping[str, Any]]) -> Answer:
        proposer = ledgered(path, base_url=base_url, request_timeout=60.0)
        key = answer_key(proposer.body(REQUEST), address_of(base_url), REQUEST)
        Account(ledger, "other").reserve(key, None)
        with user(ledger) as number:
            with ledger.transaction() as db:
                db.execute("UPDATE pending SET holder = ?", (number,))
            answer = asyncio.ensure_future(proposer.propose(REQUEST))
            while not details(told):
                await asyncio.sleep(0.01)
            assert not answer.done()
        answered = await answer  # its process died
        await proposer.aclose()
        return answered

    with (
        serve() as server,
        closing(Ledger(path)) as ledger,
        structlog.testing.capture_logs() as told,
    ):
        assert asyncio.run(run(ledger, server.base_url, told)).text == GOOD
    (line,) = details(told)
    assert line.startswith(
        "parity-8: waiting, for up to 1 min 0 s: a process of run other asks the same, since 20"
    )
