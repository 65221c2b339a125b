"""A run without pytest: the example of docs/python.md, and what the call writes and refuses."""

import errno
import json
import re
import subprocess
import sys
from importlib import import_module
from io import StringIO
from pathlib import Path

import pytest
import structlog

from bench import run
from bench.options.settings import SettingsError
from bench.proposers.proposer import Outage
from bench.record.codec import to_json
from bench.results import load
from bench.run.in_process import quiet
from tests.support.server import GOOD, Reply, error, serve

PAGE = (Path(__file__).parents[2] / "docs" / "python.md").read_text("utf-8")
BLOCKS = dict(re.findall(r"^```(\w+)\n(.*?)^```", PAGE, re.DOTALL | re.MULTILINE))
LOOKS = """
import sys
import bench
heavy = {"numpy", "scipy", "pytest", "openai", "structlog", "anyio", "targets"}
assert not heavy & set(sys.modules), sorted(heavy & set(sys.modules))
"""
ASKS_NOBODY = """
import bench.ledger.ledgered, bench.ledger.preflight
import bench.proposers.api.chat, bench.proposers.api.responses
late = {"openai", "httpx2", "pydantic", "genai_prices"}
assert not late & set(sys.modules), sorted(late & set(sys.modules))
"""
"""Replayed answers wait for no client."""


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("OPENAI_API_KEY", "sk-test-key")
    return tmp_path


def test_the_example_does_what_the_page_says(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-c", LOOKS + BLOCKS["python"] + ASKS_NOBODY],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.rstrip() == BLOCKS["text"].rstrip()
    assert [path.name for path in tmp_path.iterdir()] == ["datasets"]


def test_the_name_stays_the_functions_whatever_is_imported_of_the_room() -> None:
    assert import_module("bench.run.gate").read and import_module("bench.results").load
    assert import_module("bench").run is run


def grid(base_url: str, **more: object) -> dict[str, object]:
    few = {"functions": "fn_a", "lengths": [20, 25], "test_size": 100, "falsify": 0}
    return few | {"model": ["m1"], "base_url": base_url, "max_retries": 0} | more


def test_a_model_is_asked_through_the_ledger_and_its_results_are_those_of_a_run(here: Path) -> None:
    with serve(Reply(text=GOOD)) as server:
        first = run(**grid(server.base_url))
        second = run(**grid(server.base_url, replay="only"))
        dry = run(**grid(server.base_url, dry_run=True))
    assert len(server.questions) == 2
    assert [a.replayed for a in first.attempts] == [False, False]
    assert [a.replayed for a in second.attempts] == [True, True]
    assert [(p.key.length, p.solved, p.test_acc) for p in first.points] == [
        (20, True, 1.0),
        (25, True, 1.0),
    ]
    assert all(a.request is not None and a.outcome is None for a in dry.attempts)
    ledger = [path.name for path in (here / "reports").iterdir() if not path.name.startswith(".")]
    assert set(ledger) <= {"ledger.sqlite", "ledger.sqlite-wal", "ledger.sqlite-shm"}
    lines = here / "results_attempts.jsonl"
    lines.write_text("".join(json.dumps(to_json(a)) + "\n" for a in first.attempts))
    assert list(map(to_json, load(lines).attempts)) == list(map(to_json, first.attempts))
    assert first.manifest.totals["attempts"] == 2 and first.manifest.selected == 2


def test_what_could_not_be_asked_is_told_and_raised_where_nothing_could(here: Path) -> None:
    with serve([Reply(text=GOOD), error(401, "no such key")]) as server:
        some = run(**grid(server.base_url))
        with pytest.raises(Outage, match="no recorded answer for fn_a-parity_all-L25"):
            run(**grid(server.base_url, replay="only", lengths=25))
    (lost,) = some.manifest.undecided
    assert len(some.points) == 1
    assert (lost.outcome, lost.reason.partition(":")[0]) == ("error", "fn_a-parity_all-L25")


class Full(StringIO):
    """A file on a disk without room."""

    def write(self, _text: str) -> int:
        """Fail."""
        raise OSError(errno.ENOSPC, "No space left on device")


def test_a_warning_that_nobody_can_be_told_ends_no_run(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(structlog, "is_configured", lambda: False)
    monkeypatch.setattr(sys, "stdout", None)
    closed, fine = StringIO(), StringIO()
    closed.close()
    for stderr in (None, closed, Full(), fine):
        monkeypatch.setattr(sys, "stderr", stderr)
        with quiet():
            structlog.get_logger().warning("request_retried", search="fn_a")
    assert "request_retried" in fine.getvalue()


@pytest.mark.parametrize(
    ("options", "says"),
    [
        ({"lenghts": [20]}, "lenghts: there is no option of this name; nearest: lengths"),
        ({"lengths": [20, 0]}, "--lengths: '0' is not allowed; give a whole number from 1 to"),
        ({"functions": "parity_al"}, "--functions: "),
        ({"min_solved": 3}, "min_solved: it is for runs by pytest; leave it out"),
        ({"store": "perhaps"}, "--store: 'perhaps' is not allowed; give true or false"),
        (
            {"model": "m1", "batch": True, "replay": "only"},
            "--batch with --replay only: nothing is asked",
        ),
        ({"model": "gpt-5"}, "--model gpt-5: up to 300 requests can cost $"),
    ],
)
def test_what_is_not_allowed_is_refused_as_by_a_run(
    options: dict[str, object], says: str, here: Path
) -> None:
    with pytest.raises(SettingsError) as refused:
        run(**options)
    assert str(refused.value).startswith(says)
    assert not list(here.iterdir())
