"""A worker that dies in the middle of a run (pytest-json-report's issue 75), and a run that asks nothing."""

import json
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]


def _bench(tmp_path: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    places = ["--dataset-dir", str(tmp_path / "d"), "--reports-dir", str(tmp_path / "r")]
    command = [sys.executable, "-m", "pytest", "bench", "-p", "no:cacheprovider", "--test-size", "100", *places]
    return subprocess.run([*command, *arguments], cwd=ROOT, capture_output=True, text=True, timeout=120, check=False)


def test_a_killed_worker_is_an_error_of_its_own_point_alone(tmp_path: Path) -> None:
    done = _bench(tmp_path, "--functions", "fn_a", "--lengths", "50,30,25,20", "-n", "2", "-p", "tests.support.dying")
    assert done.returncode == 1, done.stdout + done.stderr
    assert "INTERNALERROR" not in done.stdout + done.stderr
    assert "3 passed, 1 error" in done.stdout
    reports = tmp_path / "r"
    attempts = [json.loads(line) for line in (reports / "results_attempts.jsonl").read_text().splitlines()]
    assert {50, 25, 20} <= {attempt["length"] for attempt in attempts}
    assert json.loads((reports / "run.json").read_text())["exit_status"] == 1
    tests = {test["nodeid"]: test["outcome"] for test in json.loads((reports / "report.json").read_text())["tests"]}
    assert sorted(tests.values()).count("passed") == 3
    assert tests["bench/test_synthesis.py::test_synthesis[fn_a-parity_all-L30]"] == "error"
    assert json.loads((reports / "run.json").read_text())["counts"] == {"passed": 3, "error": 1}


def test_a_dry_run_asks_nothing_and_records_the_request(tmp_path: Path) -> None:
    done = _bench(tmp_path, "--functions", "fn_a", "--lengths", "20", "--dry-run", "--model", "gpt-5")
    assert done.returncode == 0, done.stdout
    assert "1 skipped" in done.stdout
    (line,) = (tmp_path / "r" / "results_attempts.jsonl").read_text().splitlines()
    attempt = json.loads(line)
    assert attempt["text"] is None
    assert attempt["prompt"] in done.stdout
    assert attempt["request"]["input"] == attempt["prompt"]
