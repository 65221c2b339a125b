"""report.json: pytest-json-report's report with the attempts, and only the last try of a test."""

from collections import Counter
from typing import Any

import pytest

from bench.plugin.stash import REPORT_FILE
from bench.plugin.tally import Tally, Try
from bench.record.codec import to_json
from bench.run.readback import JSONL

_DEFAULT_FILE = ".report.json"
"""The file of pytest-json-report where only --json-report is given."""

MOST_ATTEMPTS = 10_000
"""Of a run with more attempts the report has none, and names the file that has them."""

_PHASES = ("setup", "call", "teardown")


def switch_on(config: pytest.Config) -> None:
    """Have pytest-json-report make its report, but not write it.

    It is written with the run's other files, and also where the user wants it.
    """
    option = config.option
    asked = getattr(option, "json_report", False)  # the plugin may be switched off
    given = getattr(option, "json_report_file", None)
    name = given if asked or given != _DEFAULT_FILE else None
    config.stash[REPORT_FILE] = config.invocation_params.dir / name if name else None
    option.json_report, option.json_report_file = True, None


def complete(report: dict[str, Any], tally: Tally) -> None:
    """Give each test its attempts and outcome; of one that ran again keep only the last try."""
    tests, summary = report.get("tests", []), report.get("summary", {})
    before = Counter(test["outcome"] for test in tests)
    lasts = [tally.last(test["nodeid"]) for test in tests]
    is_large = sum(len(last.attempts) for last in lasts if last) > MOST_ATTEMPTS
    for test, last in zip(tests, lasts, strict=True):
        test["metadata"] = _metadata(last, is_large)
        if last:
            _forget_earlier(test, last)
    after = Counter(test["outcome"] for test in tests)
    for outcome in before.keys() - after.keys():
        summary.pop(outcome, None)
    summary |= after


def _metadata(last: Try | None, is_large: bool) -> dict[str, Any]:
    """A test's attempts, or in a large report where they are; and its outcome."""
    attempts = last.attempts if last else ()
    outcome = to_json(attempts[-1])["outcome"] if attempts else None
    if is_large:
        return {"attempts_in": JSONL, "outcome": outcome}
    return {"attempts": [to_json(attempt) for attempt in attempts], "outcome": outcome}


def _forget_earlier(test: dict[str, Any], last: Try) -> None:
    test["outcome"] = next((kind for kind in reversed(last.kinds) if kind != "passed"), "passed")
    for phase in _PHASES:
        if phase not in last.phases:
            test.pop(phase, None)
