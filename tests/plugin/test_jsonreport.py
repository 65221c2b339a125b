"""report.json: where it is written, and what is left of a test that ran again."""

import json
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from bench.plugin.jsonreport import keep_last_tries, report_parts, switch_on
from bench.plugin.stash import REPORT_FILE
from bench.plugin.tally import Tally
from bench.run import held
from bench.run.held import HeldAttempts
from bench.run.points import group
from tests.support.made import search


@pytest.mark.parametrize(
    ("asked", "name", "where"),
    [
        (False, ".report.json", None),
        (True, ".report.json", ".report.json"),
        (False, "my.json", "my.json"),
        (True, "folder/my.json", "folder/my.json"),
        (True, None, None),
    ],
)
def test_the_report_is_written_where_the_user_wants_it(
    asked: bool, name: str | None, where: str | None, tmp_path: Path
) -> None:
    option = SimpleNamespace(json_report=asked, json_report_file=name)
    place = SimpleNamespace(dir=tmp_path)
    config: Any = SimpleNamespace(option=option, stash=pytest.Stash(), invocation_params=place)
    switch_on(config)
    assert config.stash[REPORT_FILE] == (where and tmp_path / where)
    assert (option.json_report, option.json_report_file) == (True, None)


def test_nothing_is_left_of_an_earlier_try() -> None:
    (point,) = group(search())
    tally = Tally({"p": point.key})
    tally.select(["t[p]"])
    tally.begin("t[p]", "gw0", [])
    now = tally.current("t[p]", "gw0")
    assert now
    now.kinds = ("error",)
    now.phases = ("setup", "teardown")
    test = {"nodeid": "t[p]", "outcome": "rerun", "setup": {}, "call": {}, "teardown": {}}
    report: dict[str, Any] = {"tests": [test], "summary": {"rerun": 1, "total": 1}}
    keep_last_tries(report, tally)
    assert report["summary"] == {"error": 1, "total": 1}
    nothing: dict[str, Any] = {"attempts": [], "outcome": None}
    last = {"nodeid": "t[p]", "outcome": "error", "setup": {}, "teardown": {}, "metadata": nothing}
    none = HeldAttempts(Path())
    assert json.loads("".join(report_parts({"summary": {}}, tally, none))) == {"summary": {}}
    for indent in (None, 2):
        text = "".join(report_parts(report, tally, none, indent))
        assert json.loads(text) == report | {"tests": [last]}
        assert ("\n  " in text) == (indent == 2)


def test_a_large_report_names_the_file_that_has_the_attempts(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    (point,) = group(search(solved_at=2))
    tally, holding = Tally({"p": point.key}), HeldAttempts(Path())
    tally.select(["t[p]"])
    tally.begin("t[p]", "gw0", point.attempts)
    holding.put(point.key, point.attempts)
    report = {"tests": [{"nodeid": "t[p]", "outcome": "passed"}] * 2}
    reports = []
    for most in (2, 1):
        monkeypatch.setattr(held, "MOST_WHOLE", most)
        one, other = json.loads("".join(report_parts(report, tally, holding)))["tests"]
        assert one == other
        reports.append(one["metadata"])
    whole, large = reports
    assert len(whole["attempts"]) == 2
    outcome = whole["attempts"][-1]["outcome"]
    assert outcome and whole["outcome"] == outcome
    assert large == {"attempts_in": "results_attempts.jsonl", "outcome": outcome}
