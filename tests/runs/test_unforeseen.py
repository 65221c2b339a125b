"""What nobody foresaw is one line, and no secret is in it."""

import json
from pathlib import Path

import pytest

from tests.support.session import Bench


def _traceback(reports: Path) -> str:
    """The one that is in the log, and no secret in any file."""
    for file in reports.rglob("*"):
        assert not file.is_file() or b"sk-test-key" not in file.read_bytes(), file
    logged = [json.loads(one) for one in (reports / "runner.log").read_text().splitlines()]
    (found,) = [event["traceback"] for event in logged if event["event"] == "unforeseen"]
    return str(found)


@pytest.mark.parametrize("workers", ["0", "1"])
def test_an_unforeseen_exception_is_its_last_line_with_type_and_place(
    bench: Bench, workers: str
) -> None:
    grid = ("--functions", "fn_a", "--lengths", "20,25", "--attempts", "1", "-n", workers)
    done = bench(*grid, "-ptests.support.breaking")
    told = r"the first line and one with [key] in it\u001b[2J"
    line = f"RuntimeError: {told} (tests/support/breaking.py:"
    assert done.returncode == 1 and "1 passed, 1 error" in done.stdout, done.stdout + done.stderr
    assert f"fn_a-parity_all-L20: {line}" in done.stdout
    not_decided = done.stdout.partition("Not decided")[2]
    assert line in " ".join(not_decided.split()), done.stdout
    assert "Traceback" not in done.stdout and "def broken" not in done.stdout
    assert "sk-test-key" not in done.stdout
    assert _traceback(bench.reports).startswith("Traceback")


def test_an_error_outside_of_the_points_is_one_line_too(bench: Bench) -> None:
    grid = ("--functions", "fn_a", "--lengths", "30", "--attempts", "1")
    done = bench(*grid, "-ptests.support.breaking")
    (line,) = [one for one in done.stdout.splitlines() if one.startswith("INTERNALERROR")]
    assert line.startswith("INTERNALERROR> LookupError: of [key] (tests/support/breaking.py:")
    assert done.returncode == 3 and "Traceback" not in done.stdout + done.stderr
    assert "in pytest_runtest_logreport" in _traceback(bench.reports)


def test_a_failure_that_another_plugin_makes_is_told_by_what_it_says(
    bench: Bench, tmp_path: Path
) -> None:
    limit = "import pytest\n\ndef pytest_runtest_setup(item):\n    pytest.fail('no time is left')\n"
    (tmp_path / "my_limit.py").write_text(limit)
    grid = ("--functions", "fn_a", "--lengths", "20,25", "--attempts", "1")
    done = bench(*grid, "-p", "my_limit", PYTHONPATH=str(tmp_path))
    assert "2 errors" in done.stdout, done.stdout + done.stderr
    undecided = bench.manifest()["undecided"]
    assert [(one["reason"], one["points"]) for one in undecided] == [("no time is left", 2)]
