"""Whole runs with many searches in flight: what they leave is what runs without leave."""

import itertools
import json
import os
import signal
import threading
import time
from collections import Counter
from contextlib import closing
from pathlib import Path
from subprocess import CompletedProcess

import pytest

from bench.ledger.account import FAILURES
from bench.ledger.store import Ledger
from tests.support.server import GOOD, WRONG, Asked, Reply, serve
from tests.support.session import Bench, words

SMALL = words("--train-size 10 --val-size 10 --test-size 10 --falsify 20 --model m1")
GRID = words("--functions fn_a,fn_b --lengths 30,25,20 --attempts 2")
TEST = "bench/test_synthesis.py::test_synthesis"


def paid(bench: Bench) -> set[str]:
    """The keys of the answers in the ledger."""
    with closing(Ledger(bench.reports / "ledger.sqlite")) as ledger:
        return {key for (key,) in ledger.rows("SELECT key FROM answers")}


def events(bench: Bench) -> Counter[tuple[str, str]]:
    """How often each event of the last run is there of each point."""
    told = map(json.loads, (bench.reports / "runner.log").read_text().splitlines())
    return Counter((event["event"], event["point"]) for event in told if "point" in event)


def told(done: CompletedProcess[str]) -> list[str]:
    """The lines of pytest -v, one for each test."""
    return [line for line in done.stdout.splitlines() if "::" in line and "%]" in line]


def slow_first(asked: Asked) -> Reply:
    """Answers to the points that come first take longest; those to fn_b are wrong."""
    length = len(asked.body["input"].splitlines()[-6].partition(" -> ")[0])
    return Reply(text=GOOD, delay=length / 50)


def test_a_run_leaves_what_one_without_leaves_and_knows_what_it_has_asked(
    bench: Bench, tmp_path: Path
) -> None:
    ledger = ("--ledger", str(tmp_path / "other.sqlite"))
    with serve(slow_first) as server:
        where = (*SMALL, *GRID, "--base-url", server.base_url, "-v")
        alone = bench(*where, *ledger)
        expected, logged = bench.attempts_but_times(), events(bench)
        before = len(server.questions)
        together = bench(*where, "--concurrency", "4", "-rA")
        assert len(server.questions) == 2 * before
    assert (alone.returncode, together.returncode) == (1, 1)
    assert bench.attempts_but_times() == expected
    assert events(bench) == logged
    said = told(alone)
    assert said == told(together) and len(said) == 6
    report = json.loads((bench.reports / "report.json").read_text())
    outcomes = {test["nodeid"]: len(test["metadata"]["attempts"]) for test in report["tests"]}
    assert list(outcomes.values()) == [1, 1, 1, 2, 2, 2]


@pytest.mark.parametrize(
    ("ends", "status"),
    [("-x", 1), ("-pcacheprovider -pstepwise -ocache_dir={cache} --stepwise", 2)],
)
def test_the_first_failure_ends_what_is_in_flight_and_a_skipped_point_is_not_asked(
    bench: Bench, tmp_path: Path, ends: str, status: int
) -> None:
    plugin = tmp_path / "leaves_out.py"
    plugin.write_text(
        "import pytest\n"
        "def pytest_collection_modifyitems(items):\n"
        "    items[1].add_marker(pytest.mark.skip(reason='as it likes'))\n"
    )
    are_there = threading.Barrier(3)

    def reply(asked: Asked) -> Reply:
        are_there.wait(60)  # the first point is answered once as many as may be are in flight
        is_first = length_in(asked.body["input"]) == 100
        return Reply(text=WRONG, delay=0.0 if is_first else 200.0)

    grid = words("--functions fn_a --lengths 100,50,30,25,20 --trials 2 --attempts 1")
    with serve(reply) as server:
        in_flight = ("--base-url", server.base_url, "--concurrency", "3")
        left_out = ("-p", "leaves_out", "--deselect", f"{TEST}[fn_a-parity_all-L50]")
        stops = words(ends.format(cache=tmp_path / "cache"))
        done = bench(*SMALL, *grid, *in_flight, *stops, *left_out, PYTHONPATH=str(tmp_path))
        asked = [a.body["input"] for a in server.questions]
    assert done.returncode == status and "1 failed, 1 deselected" in done.stdout, done.stdout
    assert len(asked) == 3 and len(paid(bench)) == 1
    assert {length_in(prompt) for prompt in asked} == {100, 50, 30}


def length_in(prompt: str) -> int:
    """The length of the first example."""
    return len(prompt.splitlines()[6].partition(" ")[0])


def reported(bench: Bench) -> int:
    """How many attempts the artifacts hold so far."""
    lines = bench.reports / "results_attempts.jsonl"
    return lines.read_text().count("\n") if lines.exists() else 0


@pytest.mark.parametrize("background", [False, True])
def test_ctrl_c_stops_what_is_in_flight_and_keeps_what_was_paid_for(
    bench: Bench, tmp_path: Path, background: bool
) -> None:
    first: dict[str, int] = {}  # their lengths
    are_there = threading.Barrier(3)

    def reply(asked: Asked) -> Reply:
        if len(server.questions) > 3:
            return Reply(delay=60.0)
        length = first[asked.key] = length_in(asked.body["input"])
        are_there.wait(60)
        return Reply(delay=60.0 if length == 20 and not background else 0.0, polls=10**6)

    where = (*SMALL, *words("--functions fn_a,fn_c,fn_d --lengths 30,25,20 --concurrency 3"))
    more = ("--background",) if background else ()
    with serve(reply) as server:
        out = tmp_path / "out"
        run = bench.start(*where, *more, "--base-url", server.base_url, output=out)
        # Three in the background that the ledger knows of; or else two reported, and three asked.
        while run.poll() is None and not (
            len(server.polled) == 3 or (len(server.questions) == 5 and reported(bench) == 2)
        ):
            time.sleep(0.01)
        run.send_signal(signal.SIGINT)
        assert run.wait(60) == 2
        said = out.read_text()
        solved = "no point was decided" if background else "2 of 2 points (100%"
        assert f"Solved     {solved}" in said and "KeyboardInterrupt" in said
        asked = {question.key for question in server.questions}
        with closing(Ledger(bench.reports / "ledger.sqlite")) as ledger:
            pending = {key for (key,) in ledger.rows("SELECT key FROM pending")}
        if background:
            assert pending == asked and len(asked) == 3
            server.script = lambda _: Reply()
            for left in server.stored:
                server._unfinished[left] = 0
            bench(*where, *more, "--base-url", server.base_url)
            assert sum(server.paid[key] for key in asked) == 3
        else:
            quick = {key for key, length in first.items() if length != 20}
            assert paid(bench) == quick and not pending


def test_ctrl_c_ends_the_workers_and_sums_up_what_was_decided(bench: Bench, tmp_path: Path) -> None:
    answered: list[str] = []

    def reply(asked: Asked) -> Reply:
        answered.append(asked.key)
        return Reply(delay=0 if len(answered) == 1 else 60.0)

    grid = words("--functions fn_a --lengths 30,25,20 --trials 2 -n 2")
    out = tmp_path / "out"
    with serve(reply) as server:
        run = bench.start(*SMALL, *grid, "-vv", "--base-url", server.base_url, output=out)
        while run.poll() is None and "PASSED" not in out.read_text():
            time.sleep(0.01)
        os.killpg(run.pid, signal.SIGINT)  # as a terminal does
        assert run.wait(60) == 2
    said = out.read_text()
    assert "Solved     1 of 1 point (100%" in said and "Attempts   1, 5 points not decided" in said
    assert "Not decided\n  cut off  fn_a-parity_all-L" in said
    assert "KeyboardInterrupt" in said
    assert bench.manifest()["exit_status"] == 2


def test_workers_look_ahead_among_the_tests_that_they_were_given(bench: Bench) -> None:
    under_way, most = 0, 0
    lock = threading.Lock()

    def reply(asked: Asked) -> Reply:
        nonlocal under_way, most
        with lock:
            under_way += 1
            most = max(most, under_way)
        until = time.monotonic() + 60
        while most < 6 and time.monotonic() < until:  # two workers, three searches each
            time.sleep(0.01)
        time.sleep(0.1)
        with lock:
            under_way -= 1
        return Reply()

    grid = words("--functions fn_a --lengths 30,25,20 --trials 4 --concurrency 3 -n 2")
    with serve(reply) as server:
        done = bench(*SMALL, *grid, "--base-url", server.base_url)
        keys = [asked.key for asked in server.questions]
    assert done.returncode == 0 and "12 passed" in done.stdout, done.stdout + done.stderr
    assert most == 6 and len(keys) == len(set(keys)) == len(paid(bench)) == 12
    told = map(json.loads, (bench.reports / "runner.log").read_text().splitlines())
    judged = Counter(event["worker"] for event in told if event["event"] == "attempt")
    assert judged == {"gw0": 6, "gw1": 6}


def test_an_outage_ends_the_asking_of_all_and_costs_no_point_a_failure(bench: Bench) -> None:
    """With `--dist loadfile` one worker has all tests, and looks ahead among them."""
    together = threading.Barrier(FAILURES)
    numbers = itertools.count()

    def reply(_: Asked) -> Reply:
        if next(numbers) < FAILURES:
            together.wait(60)  # as many are in flight as end the asking
        return Reply(status=500)

    grid = words("--functions fn_a --lengths 30,25,20 --trials 10 --max-retries 0")
    many = words(f"--concurrency {FAILURES} -n 2 --dist loadfile")
    with serve(reply) as server:
        done = bench(*SMALL, *grid, *many, "--base-url", server.base_url)
        asked = len(server.questions)
    assert done.returncode == 1 and "30 errors" in done.stdout, done.stdout + done.stderr
    # Each failure but the last may let another search begin.
    assert FAILURES <= asked < 2 * FAILURES and not paid(bench)
    assert f"{FAILURES} requests in a row failed, so nothing more is asked" in done.stdout
    undecided = bench.manifest()["undecided"]
    assert sum(one["points"] for one in undecided) == 30
    assert {one["outcome"] for one in undecided} == {"error"}


@pytest.mark.parametrize(("dist", "passed"), [("each", 4), ("loadscope", 2)])
def test_workers_that_run_the_same_tests_ask_each_question_once(
    bench: Bench, dist: str, passed: int
) -> None:
    """Both are in flight at once, also where one worker is given all points of a module."""
    together = threading.Barrier(2)

    def reply(_: Asked) -> Reply:
        together.wait(60)
        return Reply()

    grid = words(f"--functions fn_a --lengths 25,20 --concurrency 2 -n 2 --dist {dist}")
    with serve(reply) as server:
        done = bench(*SMALL, *grid, "--base-url", server.base_url)
        keys = [asked.key for asked in server.questions]
    assert done.returncode == 0 and f"{passed} passed" in done.stdout, done.stdout + done.stderr
    assert len(keys) == len(set(keys)) == len(paid(bench)) == 2


def test_no_answer_is_lost_where_few_files_can_be_open(bench: Bench) -> None:
    with serve(Reply(text=GOOD, delay=0.2)) as server:
        asked = words(f"--functions fn_a --lengths 20 --trials 90 --base-url {server.base_url}")
        done = bench(*SMALL, *asked, "--concurrency", "90", "-ptests.support.few_files")
        assert server.paid.total() == len(server.paid) == len(paid(bench)) == 90, done.stdout
    assert "90 passed" in done.stdout
    assert "as this process may open 90 files: raise the limit (ulimit -n)" in done.stdout
