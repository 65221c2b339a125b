"""Runs in an interpreter that has imported nothing yet.

Warnings of others, and an interpreter without assertions: neither changes what a run says.
"""

import re

from tests.support.session import Bench, words

NOT_NEEDED = {
    *("genai_prices", "httpx2", "openai", "pandas", "pydantic", "sklearn", "sqlite3"),
    *("bench.contract.choice", "bench.contract.labels", "bench.ledger.store"),
    *("bench.plugin.hosts.nodes", "bench.plugin.progress", "bench.proposers.api.client"),
    *("bench.proposers.foreign", "bench.search.prediction", "bench.show.compare"),
}
"""What takes a moment to import, and is of no use to the enumerator."""

OF_SOME_PROCESSES = {
    *("bench.contract", "bench.search.loop", "bench.search.session"),
    *("bench.plugin.ending", "bench.run.files", "bench.run.gate", "bench.run.manifest"),
    *("bench.run.readback", "bench.show.terminal.summary"),
}
"""Of those that run tests, or else of those that write down what became of tests."""

IMPORTS_ARE_TOLD = {"PYTHONPROFILEIMPORTTIME": "1"}
GRID = words("--functions fn_a,fn_l --lengths 20 --attempts 1 --enumerator-seconds 0.2")


def test_warnings_are_no_errors_and_an_unsolved_point_fails_without_assertions(
    bench: Bench,
) -> None:
    done = bench(*GRID, "-ptests.support.warns", "-s", **IMPORTS_ARE_TOLD, PYTHONOPTIMIZE="1")
    assert "INTERNALERROR" not in done.stdout + done.stderr
    assert done.returncode == 1 and "1 failed, 1 passed" in done.stdout, done.stdout + done.stderr
    told = ("assertions not in test modules", "an odd setting", "will be removed", "runs slowly")
    assert [warning for warning in told if warning not in done.stdout] == []
    assert "a default will change" in done.stdout + done.stderr
    assert "finders of pytest: []" in done.stdout
    # Nor does a run of the enumerator wait for what others need.
    imported = _imported(done.stderr)
    assert "bench.show.page.template" in imported and not NOT_NEEDED & imported


def test_a_run_that_could_not_fail_is_refused(bench: Bench) -> None:
    done = bench(*GRID, "--assert=plain", **IMPORTS_ARE_TOLD, PYTHONOPTIMIZE="1")
    assert done.returncode == 4, done.stdout
    assert "ERROR: --assert=plain: Python leaves out assertions (-O, PYTHONOPTIMIZE)" in done.stderr
    assert "Traceback" not in done.stderr and not bench.reports.exists()
    # What only a controller has, or only a process that runs tests, is imported by that.
    imported = _imported(done.stderr)
    assert "bench.plugin.recorder" in imported and not OF_SOME_PROCESSES & imported


def _imported(told: str) -> set[str]:
    """The modules that an interpreter says it imported."""
    return set(re.findall(r"^import time: [\d |]+ ([\w.]+)$", told, re.MULTILINE))
