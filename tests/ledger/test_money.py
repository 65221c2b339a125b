"""A run's account: what fits under the limit, what is settled, and when a run asks no more."""

import os
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bench.ledger.account import FAILURES, Account, Wait
from bench.ledger.alive import NOBODY
from bench.ledger.rows import Paid
from bench.ledger.store import Ledger, Pending
from bench.proposers.proposer import BudgetSpent, Lost, Outage, Request
from bench.record.answer import Answer
from bench.record.usd import NANO
from tests.ledger.test_alive import user

REQUEST = Request(point="p", model="m", reasoning_effort="high", prompt="say", trial=1, attempt=1)


def settle(account: Account, key: str, cost: float | None, payer: str = "run") -> None:
    answer = Answer(text="t", cost_usd=cost)
    account.settle(Paid(key=key, run_id=payer, host="h", request=REQUEST, body="{}", answer=answer))


def spent(ledger: Ledger) -> float:
    return (
        float(ledger.rows("SELECT SUM(spent_nanousd) FROM runs WHERE run_id = 'run'")[0][0] or 0)
        / NANO
    )


@pytest.fixture
def ledger(tmp_path: Path) -> Iterator[Ledger]:
    opened = Ledger(tmp_path / "ledger.sqlite")
    yield opened
    opened.close()


def test_what_is_reserved_blocks_until_it_is_settled(ledger: Ledger) -> None:
    account = Account(ledger, "run", 1.0)
    assert account.reserve("a", 0.6) is None
    assert isinstance(account.reserve("b", 0.6), Wait)
    settle(account, "a", 0.4)
    assert spent(ledger) == 0.4
    assert account.reserve("b", 0.6) is None  # exactly the limit
    settle(account, "b", None)  # of unknown cost: what was reserved
    assert spent(ledger) == 1.0
    assert account.reserve("free", 0.0) is None


def test_a_spent_budget_is_said_in_the_same_words_to_all(ledger: Ledger) -> None:
    account = Account(ledger, "run", 0.3)
    account.reserve("a", 0.1)
    settle(account, "a", 0.1)
    lines = []
    for amount in (0.25, 0.01):
        with pytest.raises(BudgetSpent) as refused:
            account.reserve("b", amount)
        lines.append(str(refused.value))
    assert lines == ["--max-cost $0.3: $0.1000 spent, the next request may cost $0.2500"] * 2
    Account(ledger, "another", 0.3).reserve("b", 0.3)


def test_what_a_dead_worker_reserved_counts_as_spent_and_blocks_nobody(ledger: Ledger) -> None:
    account = Account(ledger, "run", 1.0)
    account.reserve("a", 0.5)
    # Processes that live, and hold nothing: ids are used again
    for number in (1, os.getpid(), os.getppid()):
        with ledger.transaction() as db:
            db.execute("UPDATE pending SET holder = ?", (number,))
        assert account.reserve("b", 0.5) is None
        account.failed("b", Outage("down"))
    assert Account(ledger, "another").reserve("a", 0.5, shared=True) is None  # nobody waits for it
    account.reserve("b", 0.5)
    settle(account, "b", 0.1)
    with pytest.raises(BudgetSpent, match=r"\$0.6000 spent"):
        account.reserve("c", 0.5)
    assert Account(ledger, "next", 1.0).reserve("c", 1.0) is None


def test_what_a_dead_worker_asked_is_spent_also_where_it_is_asked_again(ledger: Ledger) -> None:
    account = Account(ledger, "run", 1.0)
    for again in range(3):
        assert account.reserve("a", 0.3) is None
        assert spent(ledger) == pytest.approx(0.3 * again)
        with ledger.transaction() as db:
            db.execute("UPDATE pending SET holder = 1")
    with pytest.raises(BudgetSpent, match=r"\$0.9000 spent"):
        account.reserve("a", 0.3)


def test_a_background_request_that_is_asked_again_is_spent_once(ledger: Ledger) -> None:
    account = Account(ledger, "run", 1.0)
    account.reserve("a", 0.3)
    account.started("a", "resp_1")
    account.failed("a", Outage("down"))  # it stays, to be collected
    assert account.reserve("a", 0.4) is None
    settle(account, "a", 0.2)
    assert spent(ledger) == pytest.approx(0.5)


def test_what_a_process_that_lives_asks_is_waited_for_but_not_for_ever(ledger: Ledger) -> None:
    account, other = Account(ledger, "run", 1.0), Account(ledger, "other")
    with user(ledger) as number:
        for run_id, key in (("run", "of the run"), ("other", "of another")):
            Account(ledger, run_id).reserve(key, 0.75)
        with ledger.transaction() as db:
            db.execute("UPDATE pending SET holder = ?", (number,))
        found = [
            account.reserve("of the run", 0.1),
            account.reserve("of another", 0.1, shared=True),
        ]
        found += [account.reserve("c", 0.5)]
        whys = [wait.why for wait in found if isinstance(wait, Wait)]
        assert whys[0].startswith("a process of run run asks the same, since 20")
        assert whys[1].startswith("a process of run other asks the same, since 20")
        assert whys[2] == (
            "--max-cost $1: $0.0000 spent, $0.7500 reserved for requests under way, "
            "the next request may cost $0.5000"
        )
        assert account.reserve("of another", 0.1) is None  # each run asks for itself
        assert other.reserve("of the run", 0.1, shared=True, patient=False) is None
        for _ in range(2):  # and the run is not stopped
            with pytest.raises(
                BudgetSpent, match=r"\$0.8500 reserved for requests under way.*they do not end"
            ):
                account.reserve("c", 0.5, patient=False)
        assert account.reserve("small", 0.1) is None


def test_what_was_recorded_meanwhile_is_not_asked_again(ledger: Ledger) -> None:
    account, other = Account(ledger, "run"), Account(ledger, "other")
    other.reserve("a", 0.1)
    settle(other, "a", 0.1, "other")
    assert account.reserve("a", 0.1, shared=True) == Answer(text="t", cost_usd=0.1, replayed=True)
    assert account.reserve("a", 0.1) is None  # asked anew on request
    other.reserve("b", 0.1)
    other.started("b", "resp_1")
    assert account.reserve("b", 0.1, shared=True, collects=True) == Pending("other", "resp_1")
    assert ledger.rows("SELECT run_id, key FROM pending ORDER BY key") == [
        ("run", "a"),
        ("other", "b"),
    ]


def test_what_is_abandoned_is_spent_or_left_to_be_collected(ledger: Ledger) -> None:
    account = Account(ledger, "run", 1.0)
    account.reserve("a", 0.4)
    account.abandoned("a")
    assert spent(ledger) == 0.4 and ledger.rows("SELECT * FROM pending") == []
    account.reserve("b", 0.4)
    account.started("b", "resp_1")
    account.abandoned("b")
    assert spent(ledger) == 0.4 and ledger.rows("SELECT holder FROM pending") == [(NOBODY,)]
    with pytest.raises(BudgetSpent, match=r"\$0.8000 spent"):
        account.reserve("c", 0.4)


def test_an_outage_releases_what_was_reserved(ledger: Ledger) -> None:
    account = Account(ledger, "run", 1.0)
    account.reserve("a", 1.0)
    account.failed("a", Outage("down"))
    assert account.reserve("b", 1.0) is None


def test_a_final_outage_stops_the_run_and_names_the_cause(ledger: Ledger) -> None:
    account = Account(ledger, "run")
    account.failed("a", Outage("HTTP 401: check the key", "run"))
    for _ in range(2):
        with pytest.raises(
            Outage, match="nothing more is asked in this run: HTTP 401: check the key"
        ) as outage:
            account.reserve("b", None)
        assert outage.value.ends == "run"
    assert Account(ledger, "next").reserve("b", None) is None


def test_many_outages_in_a_row_stop_the_run_and_a_success_begins_anew(ledger: Ledger) -> None:
    workers = [Account(ledger, "run") for _ in range(2)]
    for n in range(FAILURES - 1):
        workers[n % 2].failed("a", Outage("down"))
    workers[0].reserve("a", None)
    settle(workers[0], "a", None)
    for n in range(FAILURES):
        workers[0].check()
        workers[n % 2].failed("a", Outage("HTTP 503"))
    with pytest.raises(
        Outage, match=f"{FAILURES} requests in a row failed, so nothing more is asked: HTTP 503"
    ):
        workers[0].check()


def test_a_background_request_outlives_an_outage_but_not_its_loss(ledger: Ledger) -> None:
    account = Account(ledger, "run", 1.0)
    account.reserve("a", 0.1)
    assert ledger.pending("a") is None
    account.started("a", "resp_1")
    account.failed("a", Outage("down"))
    pending = ledger.pending("a")
    assert pending is not None and (pending.run_id, pending.response_id) == ("run", "resp_1")
    account.failed("a", Lost("expired", "run"))
    assert ledger.pending("a") is None
    account.check()


def test_what_another_run_asked_for_is_booked_to_it_once(ledger: Ledger) -> None:
    killed, after = Account(ledger, "run", 1.0), Account(ledger, "after", 1.0)
    killed.reserve("a", 0.5)
    killed.started("a", "resp_1")
    for _ in range(2):
        settle(after, "a", 0.2)
    assert spent(ledger) == 0.2


EVENTS = st.one_of(
    st.tuples(st.just("ask"), st.sampled_from((0, NANO // 7, NANO // 3, NANO // 2, NANO))),
    st.tuples(st.just("settle"), st.integers(0, 100)),
    st.tuples(st.just("lose"), st.just(0)),
)
"""A question that may cost so many billionths; the oldest answer, at so many per cent of that; its
failure instead.
"""


@settings(max_examples=25)
@given(st.lists(EVENTS, min_size=8, max_size=18))  # of 18, fewer than FAILURES can fail in a row
def test_no_order_of_events_passes_the_limit(events: list[tuple[str, int]]) -> None:
    """At each step the account agrees with a budget kept by hand, whatever comes in any order."""
    used, under_way, stopped = 0, list[tuple[str, int]](), False
    with TemporaryDirectory() as folder, closing(Ledger(Path(folder) / "ledger.sqlite")) as ledger:
        account = Account(ledger, "run", 1.0)
        for number, (event, value) in enumerate(events):
            held = sum(amount for _, amount in under_way)
            if event == "ask":
                fits, can_fit = used + held + value <= NANO, used + value <= NANO
                try:
                    found = account.reserve(str(number), value / NANO)
                    assert found is None if fits else isinstance(found, Wait)
                    assert can_fit and not stopped
                except BudgetSpent:
                    assert stopped or not can_fit
                    stopped = True
                else:
                    under_way += [(str(number), value)] * fits
            elif under_way:
                key, amount = under_way.pop(0)
                cost = amount * value // 100
                if event == "settle":
                    settle(account, key, cost / NANO)
                    used += cost
                else:
                    account.failed(key, Outage("down"))
            held = sum(amount for _, amount in under_way)
            assert used + held <= NANO
            assert round(spent(ledger) * NANO) == used
            assert ledger.rows("SELECT COALESCE(SUM(reserved_nanousd), 0) FROM pending") == [
                (held,)
            ]
