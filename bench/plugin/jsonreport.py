"""report.json: pytest-json-report's report, with the attempts, and with the last try of each test alone."""

from collections import Counter
from typing import Any

from bench.plugin.tally import Tally, Try

_PHASES = ("setup", "call", "teardown")


def complete(report: dict[str, Any], tally: Tally) -> None:
    """Give each test its attempts and outcome; where one ran again, leave nothing of what came before."""
    tests, summary = report.get("tests", []), report.get("summary", {})
    before = Counter(test["outcome"] for test in tests)
    for test in tests:
        last = tally.last(test["nodeid"])
        attempts, outcome = (last.attempts, last.outcome) if last else ((), None)
        test["metadata"] = {"attempts": list(attempts), "outcome": outcome}
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
