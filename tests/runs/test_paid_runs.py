"""Whole runs that cost money: faults, kills, budgets and replays, on a loopback server."""

import json
import os
import random
import signal
import time
from collections import Counter
from contextlib import closing
from pathlib import Path
from typing import Any

from bench.ledger import listing
from bench.ledger.store import Ledger
from tests.support.server import GOOD, Asked, Reply, faulty, serve
from tests.support.session import Bench, words

SMALL = words("--train-size 10 --val-size 10 --test-size 10 --falsify 20 --eval-timeout 5")
NO_PROGRAM = "I cannot say."


def test_many_points_of_a_server_with_faults_are_all_decided_and_summed_up_in_a_matrix(
    bench: Bench,
) -> None:
    answered: Counter[str] = Counter()

    def answer(asked: Asked) -> Reply:
        answered[asked.key] += 1
        return Reply(text=GOOD)

    grid = words("--functions fn_a,fn_b,fn_c,fn_d,fn_e,fn_g --lengths 50,30,20 --trials 2")
    with serve(faulty(answer, rate=0.35)) as server:
        done = bench(
            *SMALL,
            *grid,
            *words(f"--attempts 1 --model m1 --base-url {server.base_url} -n 2"),
        )
        asked = len(server.questions)
    attempts = bench.attempts()
    assert len(attempts) == 36 and all(a["outcome"] for a in attempts), done.stdout
    assert set(answered.values()) == {1} and len(answered) == 36
    assert asked > 36 and f"{asked - 36} requests retried" in done.stdout
    assert bench.manifest()["counts"].keys() <= {"passed", "failed"}
    table = done.stdout[done.stdout.index("solved, mean test  ") :].splitlines()
    assert table[0].split()[-3:] == ["L50", "L30", "L20"]
    assert table[2].split() == ["fn_a-parity_all", *["2/2", "="] * 3]


def test_points_that_ask_the_same_pay_for_it_once(bench: Bench, tmp_path: Path) -> None:
    grid = words("--functions fn_a --lengths 20 --attempts 1 --model gpt-4o --max-cost 1")
    (tmp_path / "a.txt").write_text("{examples} of length 20")
    (tmp_path / "b.txt").write_text("{examples} of length {length}")
    prompts = ("--prompt-template", f"{tmp_path}/a.txt,{tmp_path}/b.txt")
    output = tmp_path / "output"

    def once_the_other_waits(_: Asked) -> Reply:
        until = time.monotonic() + 60
        while "asks the same" not in output.read_text() and time.monotonic() < until:
            time.sleep(0.05)
        return Reply()

    with serve(once_the_other_waits) as server:
        run = bench.start(
            *SMALL, *grid, *prompts, "--base-url", server.base_url, "-n", "2", output=output
        )
        assert run.wait(120) == 0
    said = output.read_text()
    assert "2 passed" in said and len(server.questions) == 1, said
    first, second = bench.attempts()
    assert sorted((first["replayed"], second["replayed"])) == [False, True]
    assert f": a process of run {first['run_id']} asks the same, since 20" in said


def kept(path: Path) -> set[str]:
    with closing(Ledger(path)) as ledger:
        return {key for (key,) in ledger.rows("SELECT key FROM answers")}


def test_kills_lose_no_more_than_what_was_in_flight(bench: Bench) -> None:
    moments = random.Random(6)
    path = bench.reports / "ledger.sqlite"
    grid = words("--functions fn_a,fn_b,fn_c,fn_d,fn_g --lengths 30,25,20 --attempts 4 --model m1")
    in_flight: Counter[str] = Counter()
    with serve(Reply(text=NO_PROGRAM, delay=0.01)) as server:
        for workers in (2, 0):
            before, more = len(server.asked), moments.randint(1, 6)
            run = bench.start(*SMALL, *grid, "--base-url", server.base_url, "-n", str(workers))
            while len(server.asked) < before + more and run.poll() is None:
                time.sleep(0.002)
            time.sleep(moments.uniform(0, 0.03))
            assert run.poll() is None  # killed in its midst
            os.killpg(run.pid, signal.SIGKILL)
            run.wait()
            server.wait_until_idle()  # what it had begun to answer is counted
            cut_off = {asked.key for asked in server.asked[before:]} - kept(path)
            assert len(cut_off) <= max(workers, 1)
            in_flight.update(cut_off)
        done = bench(*SMALL, *grid, "--base-url", server.base_url)
    attempts = bench.attempts()
    assert (
        len({(a["target"], a["length"], a["attempt"]) for a in attempts}) == len(attempts) == 60
    ), done.stdout
    assert len(server.paid) == 60 and server.paid.keys() == kept(path)
    assert all(times <= 1 + in_flight[key] for key, times in server.paid.items())
    replayed = sum(a["replayed"] for a in attempts)
    assert replayed > 0 and f"{replayed} of them replayed" in done.stdout
    with closing(Ledger(path)) as ledger:
        assert list(listing.problems(ledger)) == []


def test_after_a_kill_of_the_controller_alone_its_workers_ask_nothing_more(bench: Bench) -> None:
    grid = words("--functions fn_a,fn_b,fn_c,fn_d --lengths 30,25,20 --attempts 5 --model m1")
    with serve(Reply(text=NO_PROGRAM, delay=0.2)) as server:
        run = bench.start(*SMALL, *grid, "--base-url", server.base_url, "-n", "2")
        while len(server.asked) < 4 and run.poll() is None:
            time.sleep(0.01)
        run.kill()
        run.wait()
        at_the_kill = len(server.asked)
        until = time.monotonic() + 60
        while time.monotonic() < until and lives(run.pid):
            time.sleep(0.05)
        assert not lives(run.pid)
        # What was on its way to the server at the kill, one a worker, may be seen after it.
        assert len(server.asked) <= at_the_kill + 2
        assert len(kept(bench.reports / "ledger.sqlite")) == len(server.asked)  # and none was lost
        killed = next((bench.reports / "runs").iterdir())
        assert any(file.name.startswith(".") for file in killed.iterdir())
        bench(*SMALL, "--functions", "fn_a", "--lengths", "20", "--attempts", "1")
        assert not any(file.name.startswith(".") for file in killed.iterdir())


def lives(group: int) -> bool:
    """Whether a process of this group is there."""
    try:
        os.killpg(group, 0)
    except ProcessLookupError:
        return False
    return True


def test_a_budget_holds_across_workers_and_is_used_up(bench: Bench, tmp_path: Path) -> None:
    # An answer costs 500 x $10 / 1e6, and at most twice that: $0.10 is for 19, as the 20th could
    # pass it.
    with serve(Reply(text=NO_PROGRAM, delay=0.02)) as server:
        done = bench(
            *SMALL,
            *words(
                "--functions fn_a,fn_b,fn_c,fn_d --lengths 30,25,20 --attempts 3 "
                f"--model m1 --base-url {server.base_url} -n 2 --price-input 0 "
                "--price-output 10 --max-output-tokens 1000 --max-cost 0.1"
            ),
        )
        assert server.paid.total() == 19, done.stdout
        too_little = Bench(tmp_path / "too little", bench.datasets)(
            *SMALL,
            *words(
                f"--functions fn_a --lengths 20 --model m1 --base-url {server.base_url} "
                "--price-input 0 --price-output 10 --max-cost 0.1"
            ),
        )
        assert server.paid.total() == 19
    assert too_little.returncode == 1 and "1 skipped" in too_little.stdout
    assert "no point was decided: a run that tells nothing is no success" in too_little.stdout
    attempts = bench.attempts()
    assert len(attempts) == 19 and abs(sum(a["cost_usd"] for a in attempts) - 0.095) < 1e-9
    assert "Cost       $0.095 of at most $0.10" in done.stdout
    assert (
        "budget: --max-cost $0.1: $0.0950 spent, the next request may cost $0.0100" in done.stdout
    ), done.stdout
    counts = bench.manifest()["counts"]
    assert counts["skipped"] + counts["failed"] == 12 and counts["skipped"] >= 5


def test_a_run_from_the_ledger_alone_needs_no_server_and_no_key(bench: Bench) -> None:
    grid = (
        *SMALL,
        *words("--functions fn_a,fn_b --lengths 20 --attempts 3 --model gpt-5-mini"),
    )
    with serve([Reply(text=NO_PROGRAM), Reply(text=GOOD)]) as server:
        address = ("--base-url", server.base_url)
        paid = bench(*grid, *address)
    first = bench.attempts()
    files = []
    for _ in range(2):
        done = bench(*grid, *address, "--replay", "only", key=None)
        assert done.returncode == paid.returncode
        run_id = bench.attempts()[0]["run_id"]
        files.append(
            (bench.reports / "results_attempts.jsonl").read_bytes().replace(run_id.encode(), b"")
        )
    assert files[0] == files[1]
    own = ("run_id", "replayed", "eval_ms")
    assert [{k: v for k, v in a.items() if k not in own} for a in bench.attempts()] == [
        {k: v for k, v in a.items() if k not in own} for a in first
    ]
    cost = (1000 * 0.25 + 500 * 2) / 1e6 * len(first)
    assert abs(sum(a["cost_usd"] for a in first) - cost) < 1e-12
    assert f"Cost       $0; without the ledger it would have been ${cost:.4f}" in done.stdout
    missing = bench(*grid, *address, "--replay", "only", "--text-verbosity", "high", key=None)
    assert missing.returncode == 1 and "ask for it with --replay auto" in missing.stdout


def test_a_run_does_not_start_without_a_sound_ledger(bench: Bench, tmp_path: Path) -> None:
    (tmp_path / "ledger.sqlite").write_bytes(b"no database" * 1000)
    (tmp_path / "circle.sqlite").symlink_to("circle.sqlite")
    cases: tuple[tuple[str, tuple[str, ...], str], ...] = (
        ("circle.sqlite", (), "unable to open database file: give another file with --ledger"),
        ("ledger.sqlite", (), "not a database: give another file with --ledger"),
        ("none.sqlite", ("--replay", "only"), "no such file"),
    )
    with serve() as server:
        grid = ("--functions", "fn_a", "--model", "m1", "--base-url", server.base_url)
        of_ledger = [(*grid, "--ledger", str(tmp_path / name), *more) for name, more, _ in cases]
        results = [bench(*arguments) for arguments in of_ledger]
        assert server.asked == []
    for (_, _, says), done in zip(cases, results, strict=True):
        assert done.returncode == 4 and says in done.stdout + done.stderr
        assert "Traceback" not in done.stdout + done.stderr


def test_a_dry_run_says_what_the_grid_can_cost(bench: Bench) -> None:
    grid = words("--functions fn_a,fn_b --lengths 20 --attempts 5 --max-output-tokens 1000000")
    with serve() as server:
        done = bench(
            *SMALL,
            *grid,
            *words(
                f"--model m1,m2 --base-url {server.base_url} --dry-run --price-input 0 "
                "--price-output 10"
            ),
            key=None,
        )
        unknown = bench(
            *SMALL, *grid, "--model", "m1", "--base-url", server.base_url, "--dry-run", key=None
        )
        assert server.asked == []
    assert done.returncode == 0 and "Grid       4 points, up to 20 requests" in done.stdout
    assert "Cost       at most $200.00" in done.stdout
    assert done.stdout.count(" -> ") >= 40  # the prompts, ten examples each
    assert "Cost       not known: give --price-input and --price-output\n" in unknown.stdout
    log = [json.loads(line) for line in (bench.reports / "runner.log").read_text().splitlines()]
    warnings: list[dict[str, Any]] = [entry for entry in log if entry["event"] == "price_unknown"]
    assert [entry["model"] for entry in warnings] == ["m1"]
    assert not (bench.reports / "ledger.sqlite").exists()


def test_ctrl_c_ends_a_run_that_waits_for_an_answer_and_counts_what_was_under_way(
    bench: Bench,
) -> None:
    never = Reply(polls=10**6)
    grid = words("--functions fn_a --lengths 25,20 --model m1 --price-input 0 --price-output 10")
    for more, script, answered in (
        ((), [Reply(text=NO_PROGRAM), Reply(delay=30)], 1),
        (("--background", "--text-verbosity", "high"), never, 0),
    ):
        with serve(script) as server:
            run = bench.start(*SMALL, *grid, "--base-url", server.base_url, *more)
            try:
                while len(server.asked) < 2 and run.poll() is None:
                    time.sleep(0.02)
                run.send_signal(signal.SIGINT)
                assert run.wait(120) == 2
            finally:
                run.kill()
                run.wait()
        manifest = bench.manifest()
        left = [(one["outcome"], one["points"]) for one in manifest["undecided"]]
        assert left == [("cut off", 1), ("unasked", 1)]
        assert [a["outcome"] for a in bench.attempts()] == [None] * answered
        assert manifest["totals"]["paid_usd"] == (500 * 10 / 1e6 if answered else None)
    # To be collected by the next run
    with closing(Ledger(bench.reports / "ledger.sqlite")) as ledger:
        assert ledger.rows("SELECT COUNT(*) FROM pending WHERE response_id IS NOT NULL") == [(1,)]
