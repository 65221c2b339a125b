"""What may go wrong with a batch: lines, the whole of it, and what a server says of it."""

import asyncio
import json
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from bench.ledger import batches, polling
from bench.proposers.api.batch_lines import PartLimits
from bench.proposers.proposer import Outage, Unserved
from tests.ledger.batched import ask, asked_for, echo, rows, texts
from tests.support.batching import FULL, BatchPlan
from tests.support.server import Asked, Reply, error, serve

pytestmark = pytest.mark.usefixtures("soon")


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
    at_fault = {"code": "invalid_prompt", "message": "odd", "line": 2}
    plans = {1: BatchPlan(ends="failed", errors=(at_fault,)), 2: FULL}
    with serve(echo) as server:
        server.batching.plan = lambda number: plans.get(number, BatchPlan())
        found = ask(server, tmp_path / "ledger.sqlite", range(3))
        assert texts([found[0], found[2]]) == ["0", "2"]
        assert isinstance(found[1], Outage) and "odd" in str(found[1])
        assert [len(batch.lines) for batch in server.batching.batches] == [3, 2, 1, 1]
        gone: dict[str, Any] = {"code": "model_not_found", "message": "no such model"}
        server.batching.plan = lambda _: BatchPlan(ends="failed", errors=(gone,))
        assert {str(one).partition(":")[0] for one in ask(server, tmp_path / "l2", range(3))} == {
            "batch batch_5 failed, no such model (model_not_found)"
        }
        assert len(server.batching.batches) == 5


def test_a_server_that_takes_no_further_batch_is_asked_again_once_one_has_ended(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(batches, "LIMITS", PartLimits(requests=2))
    first_when: list[str] = []
    with serve(echo) as server:

        def plan(number: int) -> BatchPlan:
            if number == 3:
                first_when.append(server.batching.batches[0].status)
            return FULL if number == 2 else BatchPlan(looks=40 if number == 1 else 0)

        server.batching.plan = plan
        assert texts(ask(server, tmp_path / "ledger.sqlite", range(4))) == list("0123")
        assert [len(batch.lines) for batch in server.batching.batches] == [2, 2, 2]
    assert first_when == ["completed"]


def test_a_round_that_is_larger_than_the_servers_queue_is_sent_in_smaller_parts(
    tmp_path: Path,
) -> None:
    """One after the other, as often as need be: also beyond `--max-retries`."""
    path = tmp_path / "ledger.sqlite"
    with serve(echo) as server:
        server.batching.queue = 3
        found = ask(server, path, range(20), max_retries=0, price_input=1.0, price_output=1.0)
        assert texts(found) == [str(number) for number in range(20)]
        sizes = [len(batch.lines) for batch in server.batching.batches]
        assert sizes == [20, 10, 5, *(3 for _ in range(6)), 2]
        assert set(server.paid.values()) == {1}
        assert rows(path, "SELECT COUNT(*), COUNT(batch_id) FROM batches") == [(7, 7)]
        assert rows(path, "SELECT COUNT(*) FROM pending") == [(0,)]
        assert rows(path, "SELECT spent_nanousd FROM runs") == [(20 * 1_500_000,)]


def test_a_request_that_the_queue_never_takes_is_an_error_and_costs_nothing(tmp_path: Path) -> None:
    path = tmp_path / "ledger.sqlite"
    with serve(echo) as server:
        server.batching.queue = 0
        found = ask(server, path, range(2), max_retries=1)
        assert {type(one) for one in found} == {Unserved}
        assert "failed, Enqueued token limit reached (token_limit_exceeded)" in str(found[0])
        assert [len(batch.lines) for batch in server.batching.batches] == [2, 1, 1, 1, 1]
        assert rows(path, "SELECT COUNT(*) FROM pending") == [(0,)]
        server.batching.queue = 2
        assert texts(ask(server, path, range(2), "next")) == ["0", "1"]


def test_what_waits_for_room_in_the_queue_can_be_stopped(tmp_path: Path) -> None:
    """What was refused is asked by the next run, and nothing stays reserved for it."""
    path = tmp_path / "ledger.sqlite"
    with serve(echo) as server:
        batching = server.batching
        batching.queue = 2
        batching.plan = lambda _: BatchPlan(looks=10**9)

        def is_open() -> bool:
            return len(batching.batches) == 2 and batching.batches[-1].looked > 1

        found = ask(server, path, range(4), until=is_open)
        assert {type(one) for one in found} == {asyncio.CancelledError}
        assert rows(path, "SELECT COUNT(*), COUNT(response_id) FROM pending") == [(2, 2)]
        batching.batches[-1].plan = BatchPlan()
        batching.plan = lambda _: BatchPlan()
        assert texts(ask(server, path, range(4), "next")) == list("0123")
        assert [len(batch.lines) for batch in batching.batches] == [4, 2, 2]
        assert set(server.paid.values()) == {1}


def test_what_a_batch_left_that_somebody_cancelled_is_asked_by_the_next_run(tmp_path: Path) -> None:
    with serve(echo) as server:
        server.batching.plan = lambda number: BatchPlan(
            ends="cancelled" if number == 1 else "completed"
        )
        first, *others = ask(server, tmp_path / "ledger.sqlite", range(3))
        assert texts([first]) == ["0"] and len(server.batching.batches) == 1
        assert all("(cancelled) has no answer to this request" in str(one) for one in others)
        assert texts(ask(server, tmp_path / "ledger.sqlite", range(3), "next")) == list("012")
        assert [len(batch.lines) for batch in server.batching.batches] == [3, 2]
        assert set(server.paid.values()) == {1}


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


@pytest.mark.parametrize("late", [1, 3, 8])
@pytest.mark.parametrize("ends", ["completed", "expired"])
def test_a_batch_whose_files_come_after_its_end_is_not_bought_again(
    tmp_path: Path, late: int, ends: str
) -> None:
    with serve(echo) as server:
        server.batching.plan = lambda _: BatchPlan(late=late, ends=ends)
        assert texts(ask(server, tmp_path / "ledger.sqlite", range(3))) == list("012")
        assert len(server.batching.batches) == 1 and set(server.paid.values()) == {1}


def test_counts_files_and_metadata_of_wrong_kinds_do_no_harm(tmp_path: Path) -> None:
    odd = {"request_counts": [1], "errors": 7, "error_file_id": "../secret", "metadata": "x"}
    with serve(echo) as server:
        server.batching.odd = odd
        assert texts(ask(server, tmp_path / "ledger.sqlite", [1, 2])) == ["1", "2"]


def test_a_fault_of_our_own_reaches_each_request_that_waits(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: object) -> bytes:
        raise UnicodeDecodeError("utf-8", b"", 0, 1, "odd")  # which cannot be copied by its text

    for name in ("parts", "content_of"):
        with monkeypatch.context() as patch, serve(echo) as server:
            patch.setattr(f"bench.ledger.batches.{name}", broken)
            found = ask(server, tmp_path / name, range(3))
            assert [type(one) for one in found] == [UnicodeDecodeError] * 3


NO_OUTPUT: dict[str, Any] = {"status": "incomplete", "output": []}
SORRY: dict[str, Any] = {"status": "failed", "error": {"code": "server_error", "message": "Sorry."}}


@pytest.mark.parametrize("fields", [NO_OUTPUT, SORRY])
def test_a_line_that_is_no_answer_costs_what_it_says_that_it_took(
    tmp_path: Path, fields: dict[str, Any]
) -> None:
    path = tmp_path / "ledger.sqlite"
    costly: dict[str, Any] = {"price_input": 1, "price_output": 10, "max_cost": 10}

    def script(asked: Asked) -> Reply:
        return Reply(fields=fields) if asked_for(asked) == "1" else echo(asked)

    with serve(script) as server:
        failed, good = ask(server, path, [1, 2], **costly)
        assert isinstance(failed, Outage) and texts([good]) == ["2"]
    assert rows(path, "SELECT spent_nanousd FROM runs") == [(2 * (1000 * 1 + 500 * 10) * 1000,)]
    assert rows(path, "SELECT * FROM pending") == []


def test_the_run_that_sent_such_a_line_is_billed_where_another_collects_it(tmp_path: Path) -> None:
    path = tmp_path / "ledger.sqlite"
    costly: dict[str, Any] = {"price_input": 1, "price_output": 10}
    with serve(Reply(fields=SORRY)) as server:
        server.batching.plan = lambda _: BatchPlan(looks=10**9)
        ask(server, path, [1], until=lambda: noted(path), **costly)
        server.batching.batches[0].plan = BatchPlan()
        (failed,) = ask(server, path, [1], "another", **costly)
        assert isinstance(failed, Outage) and len(server.batching.batches) == 1
    spent = dict(rows(path, "SELECT run_id, spent_nanousd FROM runs"))
    assert spent == {"run": (1000 * 1 + 500 * 10) * 1000, "another": 0}
    assert rows(path, "SELECT * FROM pending") == []


def noted(path: Path) -> bool:
    return bool(rows(path, "SELECT * FROM batches WHERE batch_id IS NOT NULL"))


def test_files_that_never_come_are_not_waited_for_as_long_as_a_server_says(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    pauses: list[float] = []

    async def sleep(seconds: float) -> None:
        pauses.append(seconds)

    monkeypatch.setattr(polling, "asyncio", SimpleNamespace(sleep=sleep))
    monkeypatch.setattr("tests.support.batching.SOON", {"openai-poll-after-ms": "3600000"})
    with serve(echo) as server:
        server.batching.plan = lambda _: BatchPlan(looks=0, late=polling.SHORT_LOOKS + 1)
        (never,) = ask(server, tmp_path / "ledger.sqlite", [1], max_retries=0)
    assert "has no answer" in str(never)
    assert len(pauses) == polling.SHORT_LOOKS and max(pauses) <= polling.SLOWEST_POLL
