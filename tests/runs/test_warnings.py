"""Warnings of others, and an interpreter without assertions: neither changes what a run says."""

from tests.support.session import Bench, words

GRID = words("--functions fn_a,fn_l --lengths 20 --attempts 1 --enumerator-seconds 0.2")


def test_warnings_are_no_errors_and_an_unsolved_point_fails_without_assertions(
    bench: Bench,
) -> None:
    done = bench(*GRID, "-ptests.support.warns", PYTHONOPTIMIZE="1")
    assert "INTERNALERROR" not in done.stdout + done.stderr
    assert done.returncode == 1 and "1 failed, 1 passed" in done.stdout, done.stdout + done.stderr
    told = ("assertions not in test modules", "an odd setting", "will be removed", "runs slowly")
    assert [warning for warning in told if warning not in done.stdout] == []
    assert "a default will change" in done.stdout + done.stderr


def test_a_run_that_could_not_fail_is_refused(bench: Bench) -> None:
    done = bench(*GRID, "--assert=plain", PYTHONOPTIMIZE="1")
    assert done.returncode == 4, done.stdout
    assert "ERROR: --assert=plain: Python leaves out assertions (-O, PYTHONOPTIMIZE)" in done.stderr
    assert "Traceback" not in done.stderr and not bench.reports.exists()
