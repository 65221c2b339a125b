"""A run that was recorded once, and the same run today: the same lines but for ids and times."""

import csv
import io
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from tests.support.server import GOOD, Reply, serve
from tests.support.session import Bench, words

RECORDED = Path(__file__).parents[1] / "record" / "recorded"

GRID = ("--functions", "fn_a,fn_b,fn_g", "--lengths", "20", "--generalize", "30,20")
SIZES = ("--train-size", "20", "--val-size", "20", "--test-size", "100", "--attempts", "6")

OF_THE_MOMENT = {"run_id", "started_at", "duration_ms", "eval_ms", "search_seconds"}
OF_THE_MACHINE = {"response_id", "request_id", "isolation"}
"""The server's ids depend on its port; what the jail can do depends on the kernel."""


def _program(body: str, before: str = "") -> Reply:
    return Reply(text=json.dumps({"code": f"{before}def f(x):\n    {body}\n"}))


_REFUSAL = {"type": "refusal", "refusal": "I'd rather not."}
_REFUSED = {
    "id": "msg_1",
    "type": "message",
    "status": "completed",
    "role": "assistant",
    "content": [_REFUSAL],
}
_OUT_OF_TOKENS = {"status": "incomplete", "incomplete_details": {"reason": "max_output_tokens"}}
_PARITY = "x.count('1') % 2"

SCRIPT = (
    # fn_a: perfect on validation in the end, and dies on the test split.
    _program("while True: pass"),
    Reply(text=json.dumps({"code": "def f(x:\n"})),
    Reply(text="=1+1 is a formula, \ud800 is half a pair, and neither is a program."),
    _program(f"return {_PARITY} if x[0] == '1' else 1 / 0"),
    _program(f"return {_PARITY} if x[1] == '1' else 'one'"),
    _program(
        f"seen.append(x)\n    return {_PARITY} if len(seen) < 50 else os._exit(1)",
        "import os\nseen = []\n",
    ),
    # fn_b: the best of two that are not perfect is the shorter.
    _program("return 0  # the longer"),
    _program("return 0"),
    Reply(text=f"Here you are:\n```python\ndef f(x):\n    return {_PARITY}\n```\n"),
    Reply(text=GOOD, usage={"input_tokens": 7, "output_tokens": 9, "total_tokens": 16}),
    _program("return 1"),
    _program("return None"),
    # fn_g: no attempt can be judged.
    Reply(fields={"output": [_REFUSED]}),
    Reply(text=None, fields=_OUT_OF_TOKENS),
    Reply(text=json.dumps({"code": "g = 1\n"})),
    _program("return 0", "1 / 0\n"),
    _program("os._exit(1)", "import os\n"),
    _program("return len('x' * 10**11)"),
)


def run(folder: Path) -> Path:
    """The run's folder: three targets, asked of the enumerator and of a scripted server."""
    bench = Bench(folder, folder / "datasets")
    with serve(SCRIPT) as server:
        asked = words(f"--model enumerator,gpt-4o --base-url {server.base_url} --eval-timeout 1")
        done = bench(*SIZES, *GRID, *asked)
    assert done.returncode == 1, done.stdout + done.stderr
    return bench.reports


def _steady(value: Any) -> Any:
    """The value without what no two runs have in common."""
    if isinstance(value, Mapping):
        left_out = OF_THE_MOMENT | OF_THE_MACHINE
        return {name: None if name in left_out else _steady(part) for name, part in value.items()}
    return [_steady(part) for part in value] if isinstance(value, list) else value


def _rows(text: str) -> list[dict[str, str | None]]:
    return [_steady(row) for row in csv.DictReader(io.StringIO(text, newline=""))]


@pytest.fixture(scope="module")
def reports(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return run(tmp_path_factory.mktemp("recorded"))


def test_a_run_leaves_the_lines_that_it_always_left(reports: Path) -> None:
    before, now = (
        [json.loads(line) for line in (folder / "results_attempts.jsonl").read_text().splitlines()]
        for folder in (RECORDED, reports)
    )
    assert list(map(_steady, now)) == list(map(_steady, before))
    assert list(map(list, now)) == list(map(list, before)), "the fields stand in another order"


def test_a_run_leaves_the_rows_that_it_always_left(reports: Path) -> None:
    before, now = ((folder / "results_attempts.csv").read_text() for folder in (RECORDED, reports))
    assert now.splitlines()[0] == before.splitlines()[0]
    assert _rows(now) == _rows(before)


def test_the_report_holds_the_same_attempts_and_outcomes(reports: Path) -> None:
    lines = [
        json.loads(line) for line in (reports / "results_attempts.jsonl").read_text().splitlines()
    ]
    tests = json.loads((reports / "report.json").read_text())["tests"]
    told = [attempt for test in tests for attempt in test["metadata"]["attempts"]]
    assert told == lines
    outcomes = [line["outcome"] for line in lines if line["outcome"] is not None]
    assert [test["metadata"]["outcome"] for test in tests] == outcomes
