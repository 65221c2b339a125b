"""Replies that break off: each try may be billed, so each is reserved for and counts."""

import asyncio
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from bench.ledger import ledgered
from bench.ledger.ledgered import Ledgered
from bench.ledger.prices import largest_cost, price_of
from bench.ledger.store import Ledger
from bench.options.resolve import assemble
from bench.proposers.api.responses import Responses
from bench.proposers.proposer import Broken, BudgetSpent, Outage
from bench.record import usd
from bench.record.answer import Answer
from tests.ledger.test_store import REQUEST
from tests.proposers.api.test_failures import BROKEN, in_time_for
from tests.support.server import GOOD, Reply, Script, error, serve


@pytest.fixture(autouse=True)
def _soon(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ledgered, "FIRST_PAUSE", 0.001)


def ask(folder: Path, script: Script, **given: Any) -> tuple[Answer | Exception, int, float, float]:
    """The answer or the error, the requests it took, what is spent, and a request's limit."""

    async def run(base_url: str) -> tuple[Answer | Exception, float]:
        prices: dict[str, Any] = {"price_input": 1.0, "price_output": 10.0}
        settings = assemble(ledger=folder / "ledger.sqlite", base_url=base_url, **prices, **given)
        proposer = Ledgered(Responses(settings.question, settings.asking), settings, "run")
        body = proposer.body(REQUEST)
        largest = largest_cost(body, price_of(REQUEST.model, settings.asking, settings.money, body))
        assert largest is not None
        try:
            return await proposer.propose(REQUEST), largest
        except (Outage, BudgetSpent) as problem:
            return problem, largest
        finally:
            await proposer.aclose()

    with serve(script) as server:
        found, largest = asyncio.run(run(server.base_url))
        asked = len(server.questions)
    with closing(Ledger(folder / "ledger.sqlite")) as ledger:
        assert ledger.rows("SELECT COUNT(*) FROM pending") == [(0,)]
        ((spent,),) = ledger.rows("SELECT spent_nanousd FROM runs")
    return found, asked, spent / usd.NANO, largest


COST = (1000 * 1 + 500 * 10) / 1e6
"""What a whole answer costs."""


@pytest.mark.parametrize("reply", BROKEN)
def test_a_reply_that_may_be_billed_counts_as_spent_and_is_asked_for_again(
    tmp_path: Path, reply: Reply
) -> None:
    answer, asked, spent, largest = ask(
        tmp_path, [reply, Reply()], request_timeout=in_time_for(reply)
    )
    assert isinstance(answer, Answer) and answer.text == GOOD and answer.cost_usd == COST
    assert asked == 2 and spent == pytest.approx(largest + COST, abs=1e-9)


@pytest.mark.parametrize(
    "fault", [error(503, retry_after_ms="1"), error(429, retry_after_ms="1"), Reply(reset=True)]
)
def test_a_try_without_an_answer_costs_nothing(tmp_path: Path, fault: Reply) -> None:
    answer, asked, spent, _ = ask(tmp_path, [fault, Reply()])
    assert isinstance(answer, Answer) and asked == 2 and spent == COST


EMPTY = {"status": "incomplete", "output": []}
NO_TEXT = {"output": [{"type": "message", "content": 7}]}
FAILED = {"status": "failed", "error": {"code": "server_error", "message": "Sorry."}}


@pytest.mark.parametrize("background", [False, True])
@pytest.mark.parametrize("fields", [EMPTY, NO_TEXT, FAILED])
def test_a_reply_that_is_no_answer_costs_what_it_says_that_it_took(
    tmp_path: Path, fields: dict[str, Any], background: bool
) -> None:
    outage, asked, spent, _ = ask(tmp_path, Reply(fields=fields), background=background)
    assert isinstance(outage, Outage) and (asked, spent) == (1, COST)


@pytest.mark.parametrize("background", [False, True])
def test_no_try_passes_the_budget(tmp_path: Path, background: bool) -> None:
    spent_budget, asked, spent, largest = ask(
        tmp_path, Reply(cut=True), max_cost=0.5, background=background
    )
    assert isinstance(spent_budget, BudgetSpent)
    assert asked == 0.5 // largest == 2 and spent == pytest.approx(2 * largest, abs=1e-9)


def test_the_retries_end_and_count_as_one_failure(tmp_path: Path) -> None:
    broken, asked, _, _ = ask(tmp_path, Reply(cut=True), max_retries=3)
    assert isinstance(broken, Broken) and "no whole reply" in str(broken) and asked == 4
    with closing(Ledger(tmp_path / "ledger.sqlite")) as ledger:
        assert ledger.rows("SELECT failures, stopped FROM runs") == [(1, None)]
