"""report.json: pytest-json-report's report with the attempts, and only the last try of a test."""

import json
from collections import Counter
from collections.abc import Iterator
from typing import Any

import pytest

from bench.plugin.stash import REPORT_FILE
from bench.plugin.tally import Tally, Try
from bench.record.codec import outcome_to_json, to_json
from bench.run.file_names import JSONL
from bench.run.held import HeldAttempts

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


def keep_last_tries(report: dict[str, Any], tally: Tally) -> None:
    """Of each test that ran again keep only the last try."""
    tests, summary = report.get("tests", []), report.get("summary", {})
    before = Counter(test["outcome"] for test in tests)
    lasts = [tally.last(test["nodeid"]) for test in tests]
    for test, last in zip(tests, lasts, strict=True):
        if last:
            _forget_earlier(test, last)
    after = Counter(test["outcome"] for test in tests)
    for outcome in before.keys() - after.keys():
        summary.pop(outcome, None)
    summary |= after


def report_parts(
    report: dict[str, Any], tally: Tally, held: HeldAttempts, indent: int | None = None
) -> Iterator[str]:
    """The text of the report, test after test, each with its attempts and outcome in `metadata`.

    Of a large run a test names the file that has the attempts.
    """
    tests = (_with_metadata(test, tally, held) for test in report.get("tests", ()))
    if indent is not None or "tests" not in report:
        whole = {**report, "tests": list(tests)} if "tests" in report else report
        yield json.dumps(whole, default=str, indent=indent) + "\n"
        return
    others = {name: value for name, value in report.items() if name != "tests"}
    yield json.dumps(others | {"tests": []}, default=str).removesuffix("]}")
    for number, test in enumerate(tests):
        yield (", " if number else "") + json.dumps(test, default=str)
    yield "]}\n"


def _with_metadata(test: dict[str, Any], tally: Tally, held: HeldAttempts) -> dict[str, Any]:
    last, key = tally.last(test["nodeid"]), tally.key_of(test["nodeid"])
    if key is None:
        return test
    outcome = outcome_to_json(last.outcome) if last and last.outcome else None
    if held.is_large:
        return test | {"metadata": {"attempts_in": JSONL, "outcome": outcome}}
    attempts = [to_json(attempt) for attempt in (held.of(key) if last else ())]
    return test | {"metadata": {"attempts": attempts, "outcome": outcome}}


def _forget_earlier(test: dict[str, Any], last: Try) -> None:
    test["outcome"] = next((kind for kind in reversed(last.kinds) if kind != "passed"), "passed")
    for phase in _PHASES:
        if phase not in last.phases:
            test.pop(phase, None)
