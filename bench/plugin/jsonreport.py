"""report.json: pytest-json-report's report with the attempts, and only the last try of a test."""

from collections import Counter
from typing import Any

import pytest

from bench.plugin.stash import REPORT_FILE
from bench.plugin.tally import Tally, Try
from bench.record.codec import to_json

_DEFAULT_FILE = ".report.json"
"""The file of pytest-json-report where only --json-report is given."""

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
    for test in tests:
        last = tally.last(test["nodeid"])
        attempts = [to_json(attempt) for attempt in last.attempts] if last else []
        outcome = attempts[-1]["outcome"] if attempts else None
        test["metadata"] = {"attempts": attempts, "outcome": outcome}
        if last:
            _forget_earlier(test, last)
    after = Counter(test["outcome"] for test in tests)
    for outcome in before.keys() - after.keys():
        summary.pop(outcome, None)
    summary |= after


def _forget_earlier(test: dict[str, Any], last: Try) -> None:
    test["outcome"] = next((kind for kind in reversed(last.kinds) if kind != "passed"), "passed")
    for phase in _PHASES:
        if phase not in last.phases:
            test.pop(phase, None)
