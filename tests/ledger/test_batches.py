"""Requests that are sent as batches: divided, found again, read from hostile files, asked again."""

import asyncio
import json
from collections.abc import Callable, Sequence
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from bench.ledger import batches, ledgered, move, polling
from bench.ledger.ledgered import Ledgered
from bench.ledger.rounds import Rounds
from bench.ledger.store import Ledger
from bench.options.resolve import assemble
from bench.proposers.api.batch_lines import PartLimits
from bench.proposers.api.chat import Chat
from bench.proposers.api.responses import Responses
from bench.proposers.proposer import BudgetSpent, Outage, Request
from bench.record.answer import Answer
from tests.support.batching import BatchPlan
from tests.support.server import Asked, Reply, Server, error, serve

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


@pytest.fixture(autouse=True)
def _soon(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", "sk-secret-key")
    monkeypatch.setattr(polling, "FIRST_POLL", 0.01)
    monkeypatch.setattr(ledgered, "FIRST_PAUSE", 0.01)


def rows(path: Path, query: str) -> list[tuple[Any, ...]]:
    with closing(Ledger(path)) as ledger:
        return ledger.rows(query)


@pytest.mark.parametrize("api", ["responses", "chat"])
def test_a_round_is_as_few_batches_as_can_be_and_each_gets_its_own_answer(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, api: str
) -> None:
    monkeypatch.setitem(
        batches.Batches.__init__.__kwdefaults__ or {}, "limits", PartLimits(requests=3)
    )
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


def test_lines_without_an_answer_are_asked_again_and_not_for_ever(tmp_path: Path) -> None:
    def script(asked: Asked) -> Reply:
        said = asked_for(asked)
        if said == "4" and asked.number == 1:
            return error(500, "busy")
        refusals = {
            "5": error(400, "too odd", code="invalid_prompt"),
            "6": Reply(fields={"status": "failed", "error": {"code": "server_error"}}),
        }
        return refusals.get(said, echo(asked))

    plans = {
        1: BatchPlan(ends="expired", unanswered=(1, 2), missing=(3,)),
        2: BatchPlan(unanswered=(1,)),
    }
    with serve(script) as server:
        server.batching.plan = lambda number: plans.get(number, BatchPlan())
        found = ask(server, tmp_path / "ledger.sqlite", range(1, 7))
        assert texts(found[:4]) == list("1234")
        assert [len(batch.lines) for batch in server.batching.batches] == [6, 4, 1]
        assert server.paid.total() == 5  # the sixth brings nothing, and is not asked again
        for number in (4, 5):
            assert isinstance(found[number], Outage)
        assert "HTTP 400, too odd" in str(found[4]) and "sk-secret" not in str(found[4])
        server.batching.plan = lambda _: BatchPlan(ends="expired", unanswered=(1,))
        (never,) = ask(server, tmp_path / "ledger.sqlite", [9])
        assert "has no answer" in str(never) and "batch_expired" in str(never)
        assert len(server.batching.batches) == 3 + 1 + 2
    assert rows(tmp_path / "ledger.sqlite", "SELECT COUNT(*) FROM pending") == [(0,)]


def test_a_batch_whose_creation_nobody_told_of_is_found_and_not_bought_again(
    tmp_path: Path,
) -> None:
    with serve(echo) as server:
        server.batching.plan = lambda number: BatchPlan(is_lost=number == 1)
        assert texts(ask(server, tmp_path / "ledger.sqlite", range(3))) == list("012")
        assert len(server.batching.batches) == 1 and set(server.paid.values()) == {1}


def test_a_batch_that_fails_as_a_whole_is_sent_again_without_what_is_at_fault(
    tmp_path: Path,
) -> None:
    full: dict[str, Any] = {
        "code": "token_limit_exceeded",
        "message": "Enqueued token limit reached",
    }
    at_fault = {"code": "invalid_prompt", "message": "odd", "line": 2}
    plans = {
        1: BatchPlan(ends="failed", errors=(at_fault,)),
        2: BatchPlan(ends="failed", errors=(full,)),
    }
    with serve(echo) as server:
        server.batching.plan = lambda number: plans.get(number, BatchPlan())
        found = ask(server, tmp_path / "ledger.sqlite", range(3))
        assert texts([found[0], found[2]]) == ["0", "2"]
        assert isinstance(found[1], Outage) and "odd" in str(found[1])
        assert [len(batch.lines) for batch in server.batching.batches] == [3, 2, 2]
        gone: dict[str, Any] = {"code": "model_not_found", "message": "no such model"}
        server.batching.plan = lambda _: BatchPlan(ends="failed", errors=(gone,))
        assert {str(one).partition(":")[0] for one in ask(server, tmp_path / "l2", range(3))} == {
            "batch batch_4 failed, no such model (model_not_found)"
        }
        assert len(server.batching.batches) == 4


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


def test_a_status_that_is_none_ends_the_wait_and_leaves_the_batch_to_the_next_run(
    tmp_path: Path,
) -> None:
    path = tmp_path / "ledger.sqlite"
    with serve(echo) as server:
        server.batching.plan = lambda _: BatchPlan(looks=0, ends="banana")
        (found,) = ask(server, path, [1], max_retries=1)
        assert "is not one of a batch endpoint: check --base-url" in str(found)
        assert rows(path, "SELECT substr(response_id, 1, 6) FROM pending") == [("batch:",)]
    assert json.dumps(rows(path, "SELECT batch_id FROM batches")) == '[["batch_1"]]'


HOSTILE = (b"no JSON", b"[1]", b"[" * 100_000, b'{"id": "../x"}')


@pytest.mark.parametrize("path", ["files", "batches", "batches/batch_1"])
def test_a_server_that_says_anything_gets_one_line_and_sells_nothing_twice(
    tmp_path: Path, path: str
) -> None:
    for number, body in enumerate(HOSTILE):
        with serve(echo) as server:
            server.batching.instead[path] = body
            ledger = tmp_path / f"{number}.sqlite"
            (found,) = ask(server, ledger, [1], max_retries=0)
            assert isinstance(found, Outage) and "\n" not in str(found)
            assert len(server.batching.batches) == (path != "files")
            server.batching.instead.clear()
            assert texts(ask(server, ledger, [1], "next")) == ["1"]
            assert len(server.batching.batches) == 1


def test_counts_files_and_metadata_of_wrong_kinds_do_no_harm(tmp_path: Path) -> None:
    odd = {"request_counts": [1], "errors": 7, "error_file_id": "../secret", "metadata": "x"}
    with serve(echo) as server:
        server.batching.odd = odd
        assert texts(ask(server, tmp_path / "ledger.sqlite", [1, 2])) == ["1", "2"]
