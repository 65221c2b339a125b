"""The ledger over a link: what workers elsewhere do to it, and what they cannot do."""

import json
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bench.ledger import move
from bench.ledger.account import Wait
from bench.ledger.afar import BooksAfar
from bench.ledger.books import OwnBooks
from bench.ledger.rows import Paid
from bench.ledger.served import Desk, NoCall, Served, costs
from bench.ledger.store import Ledger, LedgerError, Pending
from bench.options.resolve import assemble
from bench.proposers.answer_key import canonical, key_of
from bench.proposers.proposer import BudgetSpent, Lost, Outage
from bench.record.answer import Answer
from bench.record.tools import ToolResult
from bench.record.usage import Usage
from tests.ledger.test_money import REQUEST

SHARED = {"shared": True, "collects": True, "patient": True}
BODY = {"input": "half a pair: \ud83d"}


def paid(number: int, cost: float | None = 0.1) -> Paid:
    """An answer under its own key."""
    request = replace(REQUEST, attempt=number)
    answer = Answer(text=f"\udc00 {number}", cost_usd=cost)
    key = key_of(canonical(BODY), "h", request.trial, number)
    return Paid(
        key=key, run_id="run", host="h", request=request, body=canonical(BODY), answer=answer
    )


ONE, TWO, THREE = paid(1), paid(2), paid(3)


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    ledger = Ledger(tmp_path / "ledger.sqlite")
    priced = assemble(price_input=1.0, price_output=10.0)
    yield Desk(OwnBooks(ledger, "run", 1.0, tmp_path), costs(priced, {REQUEST.model}))
    ledger.close()


def afar(desk: Desk, name: str, folder: Path) -> tuple[Served, BooksAfar]:
    served = Served(desk, name)
    return served, BooksAfar(served.reply, folder / name)


def test_hosts_share_one_ledger_and_one_budget(desk: Desk, tmp_path: Path) -> None:
    (_, one), (gone, two) = (afar(desk, name, tmp_path) for name in ("one", "two"))
    assert one.get(ONE.key) is None and one.reserve(ONE.key, 0.3, **SHARED) is None
    assert two.reserve(ONE.key, 0.3, **SHARED) == Wait("one asks the same")
    one.settle(ONE)
    found = two.get(ONE.key)
    assert found == replace(ONE.answer, replayed=True) == two.reserve(ONE.key, 0.3, **SHARED)
    results = (ToolResult(text="b"),)
    assert two.keep_results(ONE.key, results) == results == one.results(ONE.key)
    assert one.results(TWO.key) is None
    assert two.reserve(TWO.key, 0.6, **SHARED) is None
    waits = one.reserve(THREE.key, 0.6, **SHARED)
    assert isinstance(waits, Wait) and "--max-cost $1: $0.1000 spent, $0.6000 reserved" in waits.why
    gone.gone()  # what it asked is spent, and asked by nobody any more
    with pytest.raises(BudgetSpent, match=r"\$0\.7000 spent"):
        one.reserve(THREE.key, 0.6, **SHARED)
    with pytest.raises(NoCall):
        two.settle(TWO)
    assert [file.name for file in (tmp_path / "two").iterdir()] == [f"{TWO.key}.jsonl"]
    assert not list((tmp_path / "one").iterdir())
    (line,) = [file.read_text() for file in (tmp_path / "two").iterdir()]
    assert desk.take(line, "two") and not desk.take(line, "two")
    assert one.get(TWO.key) == replace(TWO.answer, replayed=True)


def test_outages_and_background_requests_are_those_of_all_hosts(desk: Desk, tmp_path: Path) -> None:
    (_, one), (gone, two) = (afar(desk, name, tmp_path) for name in ("one", "two"))
    assert two.reserve(ONE.key, 0.1, **SHARED) is None
    two.started(ONE.key, "resp_1")
    gone.gone()
    assert one.reserve(ONE.key, 0.1, **SHARED) == Pending("run", "resp_1")
    one.failed(ONE.key, Lost("deleted"))
    one.forget(ONE.key)
    assert one.reserve(ONE.key, 0.1, **SHARED) is None
    one.abandoned(ONE.key)
    one.stop("m", "high", Outage("unknown", "model"))
    with pytest.raises(Outage, match="nothing more is asked of m in this run: unknown") as stopped:
        afar(desk, "three", tmp_path)[1].need_asked("m", "low")
    assert stopped.value.ends == "model"
    assert one.reserve(TWO.key, 0.1, **SHARED) is None
    one.failed(TWO.key, Outage("the key is wrong", "run"), 0.05)
    assert desk.books.ledger.rows("SELECT spent_nanousd FROM runs") == [(150_000_000,)]
    with pytest.raises(Outage, match="nothing more is asked in this run: the key is wrong"):
        two.reserve(THREE.key, 0.1, **SHARED)
    assert one.take_over("former", "key", "h") == "key"


def test_an_answer_stays_here_while_the_link_is_cut(desk: Desk, tmp_path: Path) -> None:
    served, books = afar(desk, "one", tmp_path)
    assert books.reserve(ONE.key, 0.1, **SHARED) is None

    def cut(_: str) -> str:
        raise LedgerError("cut")

    with pytest.raises(LedgerError, match="cut"):
        BooksAfar(cut, tmp_path / "one").settle(ONE)
    assert (tmp_path / "one" / f"{ONE.key}.jsonl").read_text() == move.line_of(ONE.row)
    books.settle(ONE)
    assert not list((tmp_path / "one").iterdir()) and served.reply(json.dumps(["get", ONE.key]))


def test_a_cost_is_at_least_that_by_this_machines_prices(desk: Desk, tmp_path: Path) -> None:
    """Also of what was left there. Costs of models that are not paid here are their own."""
    _, books = afar(desk, "one", tmp_path)
    told = [(1, 0.1, 0.2), (2, 0.3, 0.3), (3, None, 0.2), (4, 0.0, 0.2)]
    used = Usage(input_tokens=100_000, cached_tokens=0, output_tokens=10_000)
    for number, cost, _ in told:
        one = paid(number, cost)
        one = replace(one, answer=replace(one.answer, usage=used))
        if number == 4:
            assert desk.take(move.line_of(one.row), "one")
        else:
            assert books.reserve(one.key, 0.01, **SHARED) is None
            books.settle(one)
    found = [books.get(paid(number).key) for number, *_ in told]
    assert [answer.cost_usd for answer in found if answer] == [cost for *_, cost in told]
    query = "SELECT spent_nanousd FROM runs"
    assert desk.books.ledger.rows(query) == [(700_000_000,)]
    other = replace(paid(5, 0.1), request=replace(REQUEST, model="own", attempt=5))
    other = replace(other, answer=replace(other.answer, usage=used))
    assert books.reserve(other.key, 0.01, **SHARED) is None
    books.settle(other)
    assert desk.books.ledger.rows(query) == [(800_000_000,)]


def altered(**fields: object) -> str:
    """A line of an answer with other fields."""
    return json.dumps(json.loads(move.line_of(ONE.row)) | fields)


BELOW = {"input_tokens": -(10**9), "output_tokens": 0}
ENDLESS: dict[str, Any] = {"text": "", "usage": {"input_tokens": 10**400, "output_tokens": 1}}

HOSTILE: dict[str, Callable[[], list[Any]]] = {
    "no such call": lambda: ["close"],
    "a private one": lambda: ["__init__", "x"],
    "half a surrogate pair": lambda: ["get", "\ud83d"],
    "too few": lambda: ["reserve", "k"],
    "another type": lambda: ["get", 1],
    "a negative reservation": lambda: ["reserve", "k", -1.0, True, True, True],
    "another's answer": lambda: ["settle", move.line_of(TWO.row)],
    "under another key": lambda: ["settle", altered(key=TWO.key)],
    "a reservation beyond all money": lambda: ["reserve", "k", 1e300, True, True, True],
    "a cost beyond all money": lambda: ["settle", move.line_of(paid(1, 1e300).row)],
    "tokens beyond all money": lambda: ["settle", altered(answer=ENDLESS)],
    "tokens below none": lambda: ["settle", altered(answer=ENDLESS | {"usage": BELOW})],
    "a negative cost": lambda: ["settle", move.line_of(paid(1, -5.0).row)],
    "a field of another type": lambda: ["settle", altered(run_id=[1])],
    "forget another's": lambda: ["forget", TWO.key],
    "an unknown failure": lambda: ["failed", ONE.key, ["SystemExit", "x", None], None],
    "a failure that is a budget": lambda: ["failed", ONE.key, ["BudgetSpent", "x", None], None],
    "a failure below all money": lambda: ["failed", ONE.key, ["Outage", "x", None], -1.0],
    "results of another": lambda: ["keep_results", TWO.key, []],
    "no results": lambda: ["keep_results", ONE.key, [{"id": 1}]],
}


@pytest.mark.parametrize("what", HOSTILE)
def test_what_no_worker_asks_is_refused(what: str, desk: Desk, tmp_path: Path) -> None:
    served, books = afar(desk, "one", tmp_path)
    books.reserve(ONE.key, 0.1, **SHARED)
    with pytest.raises(NoCall):
        served.reply(json.dumps(HOSTILE[what]()))
    assert desk.books.ledger.rows("SELECT COUNT(*) FROM answers") == [(0,)]


def test_an_answer_is_not_moved_to_the_key_of_another(desk: Desk, tmp_path: Path) -> None:
    served, books = afar(desk, "one", tmp_path)
    books.reserve(ONE.key, 0.1, **SHARED)
    books.settle(ONE)
    with pytest.raises(NoCall):
        served.reply(json.dumps(["take_over", ONE.key, TWO.key, "other"]))
    with pytest.raises(LedgerError, match="not an answer"):
        desk.take(altered(key="x"), "one")


JSON = st.recursive(
    st.none() | st.booleans() | st.floats() | st.integers() | st.text(),
    lambda inner: st.lists(inner, max_size=3),
    max_leaves=6,
)


@given(
    call=st.lists(JSON)
    | JSON
    | st.builds(
        lambda name, rest: [name, *rest],
        st.sampled_from(
            ("get", "results", "need_asked", "stop", "failed", "settle", "keep_results")
        ),
        st.lists(JSON),
    )
)
@settings(
    max_examples=60,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
def test_nothing_that_arrives_ends_the_run(call: object, desk: Desk) -> None:
    try:
        reply = Served(desk, "one").reply(json.dumps(call))
    except NoCall:
        return
    assert json.loads(reply).keys() <= {"given", "raised"}
