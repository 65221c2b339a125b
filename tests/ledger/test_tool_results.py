"""The results of tool calls: recorded once, beside the answer whose calls they are of."""

from collections.abc import Callable
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest

from bench.ledger import move
from bench.ledger.account import Account
from bench.ledger.rows import Paid
from bench.ledger.store import Ledger, LedgerError
from bench.ledger.tool_results import keep_results, results_of
from bench.proposers.answer_key import answer_key
from bench.proposers.proposer import Request
from bench.record.answer import Answer
from bench.record.tools import ToolCall, ToolResult

REQUEST = Request(point="p", model="m", reasoning_effort="high", prompt="x", trial=1, attempt=1)
ONE = (ToolResult(text="1", was_run=True, error="timeout", chars=1, cpu_ms=2.5, wall_ms=3.0),)
OTHER = (ToolResult(text="2"),)
CALLS = (
    ToolCall(id="a", name="python", code="1"),
    ToolCall(id="b", name="other", fault="there is no function 'other'"),
)


def settle(ledger: Ledger, answer: Answer, key: str = "k") -> None:
    paid = Paid(key=key, run_id="r", host="h", request=REQUEST, body="{}", answer=answer)
    Account(ledger, "r").settle(paid)


def test_the_first_results_stay_until_another_answer_takes_its_place(tmp_path: Path) -> None:
    asking = Answer(text=None, calls=CALLS, items=({"type": "function_call", "n": [1]},))
    with closing(Ledger(tmp_path / "ledger.sqlite")) as ledger:
        settle(ledger, asking)
        assert ledger.get("k") == replace(asking, replayed=True)
        assert results_of(ledger, "k") is None
        assert keep_results(ledger, "k", ONE) == ONE
        assert keep_results(ledger, "k", OTHER) == results_of(ledger, "k") == ONE
        settle(ledger, asking)
        assert results_of(ledger, "k") is None


def test_they_go_with_the_answers_into_another_ledger(tmp_path: Path) -> None:
    key = answer_key({}, "h", REQUEST)
    with closing(Ledger(tmp_path / "a.sqlite")) as source:
        settle(source, Answer(text=None, calls=CALLS), key)
        keep_results(source, key, ONE)
        lines = list(move.export(source))
    ways: dict[str, Callable[[Ledger], tuple[int, int]]] = {
        "merged": lambda ledger: move.merge(ledger, tmp_path / "a.sqlite"),
        "imported": lambda ledger: move.take(ledger, lines, "lines"),
    }
    for name, take in ways.items():
        with closing(Ledger(tmp_path / name)) as ledger:
            assert take(ledger) == (1, 0)
            assert results_of(ledger, key) == ONE
            settle(ledger, Answer(text="another"), key)
            assert take(ledger) == (0, 1)
            assert results_of(ledger, key) is None


@pytest.mark.parametrize("damage", ["", "[", "[1]", '[{"text": 1}]', "{}"])
def test_damaged_ones_are_told(tmp_path: Path, damage: str) -> None:
    with closing(Ledger(tmp_path / "ledger.sqlite")) as ledger:
        with ledger.transaction() as db:
            db.execute("INSERT INTO results VALUES ('k', ?)", (damage,))
        with pytest.raises(LedgerError, match="results of tool calls are damaged"):
            results_of(ledger, "k")
