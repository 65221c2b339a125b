"""Many searches of one process before one ledger: none pays what another asks, none stops any."""

import asyncio
import sqlite3
import threading
import time
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from bench.ledger.keep import keep
from bench.ledger.offloop import OffLoop
from bench.ledger.store import Ledger
from tests.ledger.test_store import REQUEST, ask
from tests.ledger.test_waiting import DOLLAR, ledgered
from tests.support.server import GOOD, Asked, Reply, serve


@pytest.mark.parametrize("replay", ["auto", "off"])
def test_two_searches_of_one_process_that_ask_the_same_pay_once(
    tmp_path: Path, replay: str
) -> None:
    async def run(base_url: str) -> list[bool]:
        proposer = ledgered(tmp_path / "ledger.sqlite", base_url=base_url, replay=replay)
        requests = [REQUEST, REQUEST, replace(REQUEST, point="another"), replace(REQUEST, trial=2)]
        answers = await asyncio.gather(*map(proposer.propose, requests))
        await proposer.aclose()
        assert [answer.text for answer in answers] == [GOOD] * 4
        return [answer.replayed for answer in answers]

    with serve(Reply(delay=0.1)) as server:
        assert asyncio.run(run(server.base_url)) == [False, True, True, False]
        assert len(server.questions) == 2


def test_a_question_takes_two_calls_into_the_thread_and_one_where_it_is_recorded(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    calls: list[str] = []
    whole = OffLoop.__call__

    async def counted(off_loop: OffLoop, function: Any, *arguments: Any) -> Any:
        calls.append(function.__name__)
        return await whole(off_loop, function, *arguments)

    monkeypatch.setattr(OffLoop, "__call__", counted)
    with serve() as server:
        ask(tmp_path / "ledger.sqlite", server.base_url)
        of_new = len(calls) - 1  # the last one closes the ledger
        ask(tmp_path / "ledger.sqlite", server.base_url)
        of_recorded = len(calls) - of_new - 2
    assert (of_new, of_recorded) == (2, 1)


def test_the_second_asks_itself_where_the_first_gets_no_answer(tmp_path: Path) -> None:
    async def run(base_url: str) -> list[object]:
        proposer = ledgered(tmp_path / "ledger.sqlite", base_url=base_url)
        asked = map(proposer.propose, [REQUEST] * 3)
        found = await asyncio.gather(*asked, return_exceptions=True)
        await proposer.aclose()
        return [getattr(answer, "text", "outage") for answer in found]

    with serve([Reply(status=500), Reply()]) as server:
        assert asyncio.run(run(server.base_url)) == ["outage", GOOD, GOOD]
        assert len(server.questions) == 2


def test_a_locked_ledger_does_not_stop_the_event_loop(tmp_path: Path) -> None:
    path = tmp_path / "ledger.sqlite"

    async def run(base_url: str, other: sqlite3.Connection) -> str | None:
        proposer = ledgered(path, base_url=base_url)
        other.execute("BEGIN IMMEDIATE")
        answer = asyncio.ensure_future(proposer.propose(REQUEST))
        for _ in range(20):
            await asyncio.sleep(0.01)
        other.rollback()  # by the loop itself: one that waits for the lock would never come here
        found = await answer
        await proposer.aclose()
        return found.text

    Ledger(path).close()
    with serve() as server, closing(sqlite3.connect(path, isolation_level=None)) as other:
        assert asyncio.run(run(server.base_url, other)) == GOOD


def test_an_answer_that_came_is_recorded_although_its_search_is_cancelled(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "ledger.sqlite"
    is_locked, is_there = threading.Event(), threading.Event()

    def reply(_: object) -> Reply:
        is_locked.wait(60)
        return Reply()

    async def keep_it(*given: Any) -> None:
        is_there.set()
        await keep(*given)

    monkeypatch.setattr("bench.ledger.ledgered.keep", keep_it)

    async def run(base_url: str, other: sqlite3.Connection) -> None:
        proposer = ledgered(path, base_url=base_url)
        answer = asyncio.ensure_future(proposer.propose(REQUEST))
        while not server.questions:
            await asyncio.sleep(0.01)
        other.execute("BEGIN IMMEDIATE")
        is_locked.set()
        while not is_there.is_set():
            await asyncio.sleep(0.01)
        await asyncio.sleep(0.1)  # it waits to be recorded
        answer.cancel()
        await asyncio.sleep(0.05)
        other.rollback()
        await asyncio.wait([answer])
        await proposer.aclose()

    Ledger(path).close()
    other = sqlite3.connect(path, isolation_level=None)
    with serve(reply) as server, closing(other):
        asyncio.run(run(server.base_url, other))
    with closing(Ledger(path)) as ledger:
        assert ledger.rows("SELECT run_id FROM answers") == [("run",)]


def test_searches_of_one_process_share_the_budget(tmp_path: Path) -> None:
    path = tmp_path / "ledger.sqlite"

    async def run(base_url: str) -> list[str]:
        # A request may cost a little more than $0.02, and costs $0.0015.
        proposer = ledgered(path, base_url=base_url, **(DOLLAR | {"max_cost": 0.045}))
        asked = [proposer.propose(replace(REQUEST, attempt=n)) for n in range(1, 41)]
        found = await asyncio.gather(*asked, return_exceptions=True)
        await proposer.aclose()
        return [type(answer).__name__ for answer in found]

    most, lock, under_way = 0, threading.Lock(), 0

    def reply(_: Asked) -> Reply:
        nonlocal most, under_way
        with lock:
            under_way += 1
            most = max(most, under_way)
        time.sleep(0.05)
        with lock:
            under_way -= 1
        return Reply()

    with serve(reply) as server:
        found = asyncio.run(run(server.base_url))
        answered = len(server.questions)
    assert set(found) == {"Answer", "BudgetSpent"} and found.count("Answer") == answered
    assert most == 2
    with closing(Ledger(path)) as ledger:
        ((spent,),) = ledger.rows("SELECT spent_nanousd FROM runs")
        assert spent == answered * 1_500_000 <= 0.045e9
        assert 0.045e9 - spent < 0.0201e9  # another one could have passed it
