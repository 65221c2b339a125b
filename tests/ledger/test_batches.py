"""Requests that are sent as batches: in rounds, divided, left and collected, within a budget."""

import asyncio
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from bench.ledger import batches, move
from bench.ledger.ledgered import Ledgered
from bench.ledger.rounds import Rounds
from bench.ledger.store import Ledger
from bench.options.resolve import assemble
from bench.proposers.api.batch_lines import PartLimits
from bench.proposers.api.responses import Responses
from bench.proposers.proposer import BudgetSpent
from bench.record.answer import Answer
from tests.ledger.batched import ask, echo, request, rows, texts
from tests.support.batching import BatchPlan
from tests.support.server import serve

pytestmark = pytest.mark.usefixtures("soon")


@pytest.mark.parametrize("api", ["responses", "chat"])
def test_a_round_is_as_few_batches_as_can_be_and_each_gets_its_own_answer(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, api: str
) -> None:
    monkeypatch.setattr(batches, "LIMITS", PartLimits(requests=3))
    path = tmp_path / "ledger.sqlite"
    hostile = (
        b'\n{"custom_id": 7}\n[[[[\n\xff\xfe{"a": 1}\n' + b"[" * 100_000 + b"\n"
        b'{"custom_id": "' + b"0" * 64 + b'", "response": null}\nnull\n'
    )
    with serve(echo) as server:
        server.batching.plan = lambda _: BatchPlan(noise=hostile)
        found = ask(server, path, range(7), api=api)
        assert texts(found) == list("0123456")
        assert [len(batch.lines) for batch in server.batching.batches] == [3, 3, 1]
        assert all("stream" not in line["body"] for line in server.batching.batches[0].lines)
        asked = len(server.asked)
        # The same questions, so that a run without batches has the answers as well
        again = ask(server, path, range(7), "later", api=api, batch=False)
        assert again == [replace(one, replayed=True) for one in found if isinstance(one, Answer)]
        assert len(server.asked) == asked
    # 1000 tokens in and 500 out, at half of $0.25 and $2 a million
    assert {one.cost_usd for one in found if isinstance(one, Answer)} == {0.000625}
    assert rows(path, "SELECT spent_nanousd FROM runs") == [(7 * 625_000,)]
    assert rows(path, "SELECT batch_id FROM batches ORDER BY 1") == [
        ("batch_1",),
        ("batch_2",),
        ("batch_3",),
    ]
    assert rows(path, "SELECT COUNT(*) FROM pending") == [(0,)]


@pytest.mark.parametrize("cancels", [False, True])
def test_the_next_run_collects_what_a_stopped_one_left(tmp_path: Path, cancels: bool) -> None:
    path, other = tmp_path / "ledger.sqlite", tmp_path / "other.sqlite"
    with serve(echo) as server:
        server.batching.plan = lambda number: BatchPlan(looks=10**6 if number == 1 else 1)
        ask(
            server,
            path,
            range(3),
            "stopped",
            until=lambda: any(batch.looked for batch in server.batching.batches),
            cancel_on_exit=cancels,
        )
        assert server.batching.cancelled == (["batch_1"] if cancels else [])
        with closing(Ledger(other)) as ledger:  # on another machine
            move.merge(ledger, path)
        server.batching.batches[0].plan = BatchPlan()
        found = ask(server, other, range(3), "next")
        assert texts(found) == list("012") and set(server.paid.values()) == {1}
        # Of the cancelled batch the first line was run.
        sizes = [len(batch.lines) for batch in server.batching.batches]
        assert sizes == ([3, 2] if cancels else [3])
        payers = rows(other, "SELECT run_id, COUNT(*) FROM answers GROUP BY 1 ORDER BY 1")
        assert payers == ([("next", 2), ("stopped", 1)] if cancels else [("stopped", 3)])


def test_a_budget_is_reserved_for_whole_batches(tmp_path: Path) -> None:
    price: dict[str, Any] = {"price_input": 0.0, "price_output": 10.0, "max_output_tokens": 1000}
    with serve(echo) as server:  # an answer costs half a cent, and a whole one at most
        found = ask(server, tmp_path / "ledger.sqlite", range(6), max_cost=0.031, **price)
        assert [len(batch.lines) for batch in server.batching.batches] == [3, 1, 1]
        spent = [one for one in found if isinstance(one, BudgetSpent)]
        assert len(spent) == 1 and server.paid.total() == 5


def test_a_request_that_was_gathered_and_not_sent_costs_nothing(tmp_path: Path) -> None:
    path = tmp_path / "ledger.sqlite"

    async def run() -> None:
        settings = assemble(base_url="http://127.0.0.1:9/v1", batch=True, ledger=path)
        rounds = Rounds()
        api = Responses(settings.question, settings.asking)
        proposer = Ledgered(api, settings, "run", rounds=rounds)
        with rounds.search():  # which computes, so that nothing is sent

            async def other() -> Answer:
                with rounds.search():
                    return await proposer.propose(request(1))

            task = asyncio.create_task(other())
            while not rows(path, "SELECT * FROM pending"):
                await asyncio.sleep(0.01)
            await asyncio.sleep(0.05)
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)
            await proposer.aclose()

    asyncio.run(run())
    assert rows(path, "SELECT COUNT(*) FROM pending UNION ALL SELECT spent_nanousd FROM runs") == [
        (0,),
        (0,),
    ]
