"""A worker that dies in the middle of a run (pytest-json-report's issue 75), and an empty run."""

import json

from tests.support.session import Bench


def test_a_killed_worker_is_an_error_of_its_own_point_alone(bench: Bench) -> None:
    grid = ("--functions", "fn_a", "--lengths", "50,30,25,20")
    done = bench(*grid, "-n", "2", "-p", "tests.support.dying")
    assert done.returncode == 1, done.stdout + done.stderr
    assert "INTERNALERROR" not in done.stdout + done.stderr
    assert "3 passed, 1 error" in done.stdout
    assert {50, 25, 20} <= {attempt["length"] for attempt in bench.attempts()}
    assert bench.manifest()["exit_status"] == 1
    report = json.loads((bench.reports / "report.json").read_text())
    tests = {test["nodeid"]: test["outcome"] for test in report["tests"]}
    assert sorted(tests.values()).count("passed") == 3
    assert tests["bench/test_synthesis.py::test_synthesis[fn_a-parity_all-L30]"] == "error"
    assert bench.manifest()["counts"] == {"passed": 3, "error": 1}


def test_a_dry_run_asks_nothing_and_records_the_request(bench: Bench) -> None:
    done = bench(
        "--functions", "fn_a", "--lengths", "20", "--dry-run", "--model", "gpt-5", key=None
    )
    assert done.returncode == 0, done.stdout
    assert "1 skipped" in done.stdout
    assert "waiting" not in done.stdout  # a pipe gets no live line
    assert "\x1b" not in done.stdout
    (attempt,) = bench.attempts()
    assert attempt["text"] is None
    assert attempt["prompt"] in done.stdout
    assert attempt["request"]["input"] == attempt["prompt"]
