"""A point that runs more than once: the last time counts, in every file and for the gate."""

import csv
import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from bench.plugin.tally import Tally
from bench.record.attempt import without_texts
from bench.record.undecided import Undecided
from bench.run import held
from bench.run.files import RunFiles
from bench.run.points import group
from bench.run.readback import load
from bench.run.totals import totals
from tests.support.made import run_files, search
from tests.support.server import GOOD, WRONG, Reply, serve
from tests.support.session import Bench, words

IDS = (
    "fn_a-parity_all-L20",
    "fn_a-parity_all-L20-t2",
    "fn_a-parity_all-L20-t2-m_1",
    "two_primes-L20",
)


@pytest.mark.parametrize("group_of_xdist", ["", "@one"])
@pytest.mark.parametrize("named", IDS)
@pytest.mark.parametrize("test", ["{}", "{}-1-2", "2-2-{}", "{}-0-x-7"])
def test_a_repeated_test_is_of_the_point_that_it_names(
    named: str, test: str, group_of_xdist: str
) -> None:
    (key,) = (p.key for p in group(search()))
    tally = Tally(dict.fromkeys(IDS, key))
    nodeid = f"bench/test_synthesis.py::test_synthesis[{test.format(named)}]{group_of_xdist}"
    other = nodeid.replace("test_synthesis[", "test_of_somebody_else[")
    tally.select([nodeid])
    assert (tally.point_of(nodeid), tally.point_of(other)) == (named, None)
    assert (tally.selected, tally.key_of(other)) == ({named}, None)


def test_what_is_left_of_an_earlier_try_is_forgotten() -> None:
    (point,) = group(search())
    tally = Tally({"p": point.key})
    tally.select(["t[p]", "others[x]"])
    assert tally.unreported == ["p"]
    tally.begin("t[p]", "gw0", [])
    first = tally.current("t[p]", "gw0")
    assert first and not tally.unreported
    first.undecided, first.kinds = Undecided("error", "down"), ("error",)
    tally.begin("t[p]", "gw1", point.attempts)
    assert tally.current("t[p]", "gw0") is None
    last = tally.current("t[p]", "gw1")
    assert last and last.outcome
    last.kinds = ("passed",)
    assert (tally.counts, tally.undecided) == ({"passed": 1}, {})


def _kept(run: RunFiles) -> list[tuple[Any, ...]]:
    """What both files hold: length, attempt, paid."""
    with (run.folder / "results_attempts.csv").open(newline="") as table:
        rows = [
            (int(r["length"]), int(r["attempt"]), r["replayed"] == "False")
            for r in csv.DictReader(table)
        ]
    attempts = load(run.folder).attempts
    assert [(a.point.length, a.attempt, not a.answer.replayed) for a in attempts] == rows
    return rows


@pytest.mark.parametrize("most", [1, 10_000])
def test_a_run_keeps_the_last_try_and_what_was_paid_in_an_earlier_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, most: int
) -> None:
    monkeypatch.setattr(held, "MOST_WHOLE", most)
    run = run_files(tmp_path)
    (one,) = group(search(solved_at=2, run_id="r"))
    (other,) = group(search(length=25, run_id="r"))
    for point in (one, other):
        run.record(point.key, point.attempts[:1])
    first, second = one.attempts
    replayed = replace(first, answer=replace(first.answer, replayed=True))
    run.record(one.key, [replayed, second])
    assert _kept(run) == [(25, 1, True), (20, 1, True), (20, 2, True)]
    assert len(load(run.folder).points) == 2
    run.record(one.key, [])  # nothing could be asked the third time
    assert _kept(run) == [(25, 1, True), (20, 1, True), (20, 2, True)]
    assert [p.decided for p in load(run.folder).points] == [True, False]
    results = run.results()
    is_large = most == 1
    assert [a.text is None for a in results.attempts] == [is_large] * 3
    assert len(results.lacking) == 2 * is_large
    whole = results.with_texts()
    assert whole.attempts == load(run.folder).attempts
    assert {a.prompt for a in whole.attempts if a.point == one.key} == {first.prompt}
    assert (whole.points[1].attempts[1].code, whole.lacking) == (second.code, frozenset())
    assert totals(results.points) == totals(whole.points)
    lighter = [tuple(map(without_texts, some.attempts)) for some in (whole, results)]
    assert lighter[0] == lighter[1]


def test_a_rerun_after_an_outage_leaves_a_whole_run(bench: Bench, tmp_path: Path) -> None:
    # The second point gets a wrong answer and an outage, and the second time that it runs the right
    # answer.
    script = [Reply(text=GOOD), Reply(text=WRONG), Reply(status=500), Reply(text=GOOD)]
    grid = words("--functions fn_a --lengths 25,20 --model gpt-5-mini --max-retries 0")
    with serve(script) as server:
        done = bench(
            *grid,
            *words(f"--reruns 1 --base-url {server.base_url} --min-solved 2 --write-baseline"),
            str(tmp_path / "baseline.json"),
            "--json-report-file",
            str(tmp_path / "my.json"),
        )
    assert done.returncode == 0 and "2 passed, 1 rerun" in done.stdout, done.stdout + done.stderr
    assert "Solved     2 of 2 points" in done.stdout and "Not decided" not in done.stdout
    assert len(server.questions) == 4
    run = bench.reports
    manifest = json.loads((run / "run.json").read_text())
    assert (manifest["counts"], manifest["undecided"]) == ({"passed": 2}, [])
    totals = manifest["totals"]
    assert (totals["attempts"], totals["replayed"], totals["paid_usd"]) == (
        3,
        0,
        totals["cost_usd"],
    )
    report = json.loads((run / "report.json").read_text())
    assert {test["outcome"] for test in report["tests"]} == {"passed"}
    assert json.loads((tmp_path / "my.json").read_text()) == report
    assert report["summary"] == {"passed": 2, "total": 2, "collected": 2}
    assert sum(len(test["metadata"]["attempts"]) for test in report["tests"]) == 3
    assert [p.solved for p in load(run).points] == [True, True]
    assert len(json.loads((tmp_path / "baseline.json").read_text())["points"]) == 2
    assert "fn_a-parity_all-L20" in (run / "index.html").read_text()


def test_points_that_every_worker_runs_twice_are_there_once(bench: Bench) -> None:
    grid = words("--functions fn_a,fn_l --lengths 20 --attempts 1 --enumerator-seconds 0.2")
    each = ("--dist", "each", "--tx", "2*popen", "--count", "2")
    done = bench(*grid, *each)
    assert done.returncode == 1 and "4 failed, 4 passed" in done.stdout, done.stdout + done.stderr
    assert "Solved     1 of 2 points" in done.stdout and "Attempts   2" in done.stdout
    manifest = bench.manifest()
    assert (manifest["counts"], manifest["selected"]) == ({"passed": 1, "failed": 1}, 2)
    assert [p.solved for p in load(bench.reports).points].count(True) == 1
    assert (bench.reports / "index.html").exists()


def test_options_that_make_no_sense_are_refused_in_one_line(bench: Bench) -> None:
    asked = "a point has the same answers each time"
    cases = (
        ("--replay off --model m1 --reruns 1", f"--reruns with --replay off: {asked}"),
        (
            "--setup-only",
            "--setup-only: models would be asked, and no point would pass or fail; leave it out",
        ),
        ("--setup-plan", "--setup-plan: models would be asked"),
        ("--replay off --model m1 --count 2", f"--count with --replay off: {asked}"),
    )
    for options, says in cases:
        done = bench("--functions", "fn_a", *words(options))
        assert done.returncode == 4 and f"ERROR: {says}" in done.stderr, done.stdout + done.stderr
        assert "Traceback" not in done.stderr
    assert not bench.reports.exists()
