"""Whole runs by the batch endpoint: in rounds, killed at any moment, stopped, and on a terminal."""

import os
import signal
import time
from collections import Counter
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from bench.ledger import listing
from bench.ledger.store import Ledger
from bench.run.called import run
from tests.runs.test_live_line import on_a_terminal, screens
from tests.support.batching import BatchPlan
from tests.support.server import GOOD, WRONG, Asked, Reply, serve
from tests.support.session import Bench, words

SMALL = words("--train-size 10 --val-size 10 --test-size 10 --falsify 20 --model gpt-5-mini")
GRID = words("--functions fn_a --lengths 30,25,20 --trials 2 --attempts 3")
MOMENTS = ("uploaded", "created", "looked", "downloaded")


def odd_ones_late(asked: Asked) -> Reply:
    """A program that solves a point, to those of length 25 only at the second attempt."""
    line = next(line for line in asked.body["input"].splitlines() if " -> " in line)
    is_late = len(line.partition(" -> ")[0]) == 25
    tries[asked.body["input"]] += 1
    return Reply(text=WRONG if is_late and tries[asked.body["input"]] == 1 else GOOD)


tries: Counter[str] = Counter()


def ids(bench: Bench) -> list[str | None]:
    """The ids of the batches that the ledger knows of."""
    with closing(Ledger(bench.reports / "ledger.sqlite")) as ledger:
        return [batch_id for (batch_id,) in ledger.rows("SELECT batch_id FROM batches")]


def test_kills_at_every_moment_buy_nothing_twice(bench: Bench) -> None:
    """And a round asks only for the points that are not solved."""
    tries.clear()
    with serve(odd_ones_late) as server:
        batching = server.batching
        where = (*SMALL, *GRID, "--base-url", server.base_url, "--batch", "--max-cost", "1")
        known: list[list[str | None]] = []
        for moment in MOMENTS:
            batching.hold_at = moment
            killed = bench.start(*where)
            assert batching.held.wait(60) and killed.poll() is None
            os.killpg(killed.pid, signal.SIGINT if moment == "looked" else signal.SIGKILL)
            killed.wait()
            batching.release()
            known.append(ids(bench))
        # Before it was sent a token is known alone, and before the first look the batch's own id.
        assert known == [[None], [None], ["batch_1"], ["batch_1"]] and not batching.cancelled
        other = words("--trials 1 --lengths 20 --attempts 1 --max-output-tokens 99")
        done = bench(*(word for word in where if word != "--batch"), *other)
        assert "6 answers of an earlier run's batches can be collected" in done.stdout
        done = bench(*where)
        assert done.returncode == 0 and "6 passed" in done.stdout, done.stdout + done.stderr
        assert [len(batch.lines) for batch in batching.batches] == [6, 2]
        assert set(server.paid.values()) == {1} and server.paid.total() == 8 + 1
    attempts = bench.attempts()
    assert [a["attempt"] for a in attempts] == [1, 1, 1, 2, 1, 2, 1, 1]
    assert [a["length"] for a in attempts] == [30, 30, 25, 25, 25, 25, 20, 20]
    # Who created a batch pays for it: half of 1000 and 500 tokens at $0.25 and $2 a million
    assert {a["cost_usd"] for a in attempts} == {0.000625}
    assert [a["replayed"] for a in attempts] == [a["attempt"] == 1 for a in attempts]
    assert ids(bench) == ["batch_1", "batch_2"]
    with closing(Ledger(bench.reports / "ledger.sqlite")) as ledger:
        assert list(listing.problems(ledger)) == []
        assert ledger.rows("SELECT COUNT(*) FROM pending WHERE response_id IS NOT NULL") == [(0,)]


def test_ctrl_c_cancels_a_batch_where_it_is_to_and_what_was_answered_is_kept(bench: Bench) -> None:
    with serve(Reply()) as server:
        batching = server.batching
        batching.plan = lambda number: BatchPlan(looks=10**9 if number == 1 else 1)
        where = (*SMALL, *GRID, "--base-url", server.base_url, "--batch")
        stopped = bench.start(*where, "--cancel-on-exit")
        while not (batching.batches and batching.batches[0].looked) and stopped.poll() is None:
            time.sleep(0.01)
        stopped.send_signal(signal.SIGINT)
        assert stopped.wait(60) == 2
        assert batching.cancelled == ["batch_1"]
        done = bench(*where)
        assert "6 passed" in done.stdout, done.stdout
        assert [len(batch.lines) for batch in batching.batches] == [6, 5]
        assert set(server.paid.values()) == {1}


def test_a_run_that_ends_early_has_asked_for_all_and_the_next_asks_for_what_failed(
    bench: Bench, tmp_path: Path
) -> None:
    """`-x`, then `--lf` with `--maxfail`; and `--dry-run`, which sends no batch."""
    cache = ("-p", "cacheprovider", "-o", f"cache_dir={tmp_path / 'cache'}")
    where = (*SMALL, *words("--functions fn_a,fn_b --lengths 20 --batch"), *cache)
    with serve(Reply(text=WRONG)) as server:
        where = (*where, "--base-url", server.base_url)
        assert bench(*where, "--dry-run").returncode == 0 and not server.batching.files
        done = bench(*where, "--attempts", "1", "-x")
        assert done.returncode == 1 and "stopping after 1 failures" in done.stdout, done.stdout
        assert (done.stdout.count("FAILED"), len(bench.attempts())) == (1, 1)
        done = bench(*where, "--attempts", "2", "--lf", "--maxfail", "1")
        assert done.returncode == 1 and "1 failed, 1 deselected" in done.stdout, done.stdout
        assert [a["replayed"] for a in bench.attempts()] == [True, False]
        assert [len(batch.lines) for batch in server.batching.batches] == [2, 1]
    assert set(server.paid.values()) == {1}


def test_the_line_on_a_terminal_tells_what_is_waited_for(bench: Bench) -> None:
    with serve(Reply()) as server:
        server.batching.plan = lambda _: BatchPlan(looks=60)
        more = ("--batch", "--base-url", server.base_url, *SMALL[:-2], "--model", "m1")
        said = screens(on_a_terminal(bench, *more))
    told = {line for screen in said for line in screen if "batch 1 of 1" in line}
    assert any(line.startswith("0/3 points · batch 1 of 1: 0 of 3 done, waiting") for line in told)
    assert not any("batch 1 of 1" in line for line in said[-1])
    assert any("batch batch_1: waiting for 3 answers" in line for line in said[-1])


def test_a_run_in_process_shares_rounds_with_models_that_are_computed_or_label(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("OPENAI_API_KEY", "sk-test-key")

    def labels_or_program(asked: Asked) -> Reply:
        return Reply(text=GOOD if "code" in asked.body["messages"][0]["content"] else "1")

    options: dict[str, Any] = {"functions": "fn_a", "lengths": [20, 25], "test_size": 100}
    models = ["m1", "enumerator", "icl:m1"]
    with serve(labels_or_program) as server:
        found = run(
            **options,
            model=models,
            icl_test_size=6,
            falsify=0,
            api="chat",
            base_url=server.base_url,
            batch=True,
        )
        sizes = sorted(len(batch.lines) for batch in server.batching.batches)
    assert sizes == [2, 12]
    outcomes = [(point.key.model, point.solved) for point in found.points]
    assert [one for one in outcomes if one[1]] == [("m1", True), ("enumerator", True)] * 2
    assert len(outcomes) == 6
