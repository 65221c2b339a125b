"""The lines and rows of a run recorded once: read, and written again, they are the same."""

import json
from dataclasses import replace
from pathlib import Path
from typing import get_args

from hypothesis import given, settings
from hypothesis import strategies as st

from bench.record.answer import Answer
from bench.record.attempt import FLAT, PREDICTOR, PROGRAM, Attempt, Candidate, Judgement, Prompt
from bench.record.codec import HINTS, from_json, parse, to_json
from bench.record.fields import plain_of, record
from bench.record.outcome import Counterexample, Generalization, Outcome
from bench.record.usage import Usage
from bench.run.lines import csv_head, csv_rows, json_line
from bench.run.readback import load
from tests.record.test_key import KEYS

RECORDED = Path(__file__).parent / "recorded"
LINES = (RECORDED / "results_attempts.jsonl").read_text().splitlines(keepends=True)
ATTEMPTS = tuple(from_json(json.loads(line)) for line in LINES)

TEXT, SHARE = st.text(max_size=5), st.none() | st.floats(0, 1)
USAGE = st.builds(Usage, input_tokens=st.none() | st.integers(0, 10**9), search_seconds=SHARE)
ANY_ATTEMPT = st.builds(
    Attempt,
    run_id=TEXT,
    point=KEYS,
    attempt=st.integers(1, 10**6),
    seed=st.integers(0, 2**40),
    dataset_sha256=TEXT,
    proposer=TEXT,
    asked=st.builds(Prompt, text=TEXT, version=TEXT, sha256=TEXT),
    answer=st.builds(
        Answer,
        text=st.none() | TEXT,
        cost_usd=SHARE,
        usage=USAGE,
        replayed=st.booleans(),
    ),
    candidate=st.none() | st.builds(Candidate, code=TEXT, contract=TEXT, sha256=TEXT),
    judgement=st.builds(Judgement, val_acc=SHARE, test_acc=SHARE, error=st.none() | TEXT),
    selected=st.booleans(),
    hypothesis=st.sampled_from([PROGRAM, PREDICTOR]),
)
ANY_OUTCOME = st.builds(
    Outcome,
    val_acc=SHARE,
    notes=st.lists(TEXT, max_size=2).map(tuple),
    generalization=st.lists(
        st.builds(Generalization, length=st.integers(1), size=st.integers(1), accuracy=SHARE),
        max_size=2,
    ).map(tuple),
    counterexample=st.none() | st.from_type(Counterexample),
)

NEWER = ("allowed", "stops_early")


def test_every_line_is_written_again_as_it_was_read() -> None:
    assert [json_line(to_json(attempt)) for attempt in ATTEMPTS] == LINES


@given(attempt=ANY_ATTEMPT, outcome=ANY_OUTCOME)
@settings(max_examples=30)
def test_whatever_is_written_is_read_back(attempt: Attempt, outcome: Outcome) -> None:
    assert parse(json_line(to_json(attempt)).encode()) == attempt
    assert record(json.loads(json.dumps(plain_of(outcome))), Outcome) == outcome


def test_a_line_of_an_earlier_version_is_without_what_was_settled_before_its_search() -> None:
    plain = json.loads(LINES[-1])
    earlier = {name: v for name, v in plain["outcome"].items() if name not in NEWER}
    outcome = from_json(plain | {"outcome": earlier}).outcome
    assert outcome == replace(ATTEMPTS[-1].outcome or Outcome(), allowed=None, stops_early=None)


def test_every_row_is_written_again_from_the_lines() -> None:
    recorded = (RECORDED / "results_attempts.csv").read_bytes().decode()
    assert csv_head() + csv_rows(map(to_json, ATTEMPTS)) == recorded


def test_an_attempt_tells_each_field_of_its_line_by_its_name_there() -> None:
    attempt, line = ATTEMPTS[0], json.loads(LINES[0])
    records = {"usage", "outcome", "tools", "val_wrong"}
    told = {name: getattr(attempt, name) for name in line.keys() - records}
    assert told == {name: line[name] for name in told}


def test_each_flat_field_is_declared_with_the_type_that_its_part_gives_it() -> None:
    declared = {name: get_args(vars(field)["__orig_class__"])[0] for name, field in FLAT.items()}
    assert declared == {name: HINTS[name] for name in FLAT}


def test_a_line_of_a_dry_run_is_written_again_as_it_was_read() -> None:
    asked = json.loads(LINES[0]) | {
        "request": {"model": "m", "input": [1]},
        "tools": ["code_interpreter"],
    }
    assert json.loads(json_line(to_json(from_json(asked)))) == asked


def test_wrong_answers_are_written_again_and_older_lines_have_none() -> None:
    wrong = [{"input": "01", "label": 1, "prediction": None}]
    line = json.loads(LINES[0]) | {"val_wrong": wrong}
    attempt = from_json(line)
    assert [one.input for one in attempt.val_wrong] == ["01"]
    assert json.loads(json_line(to_json(attempt))) == line
    del line["val_wrong"]
    assert from_json(line).val_wrong == ()


def test_tools_of_older_files_are_a_value_of_the_axis() -> None:
    line = json.loads(LINES[0])
    for tools, value in (([], "none"), (["code_interpreter"], "code_interpreter")):
        attempt = from_json(line | {"tools": tools})
        assert (attempt.point.tools, list(attempt.tools)) == (value, tools)


def test_of_an_outcome_that_is_not_quite_one_is_kept_what_can_be_read(tmp_path: Path) -> None:
    good = {"length": 50, "size": 10, "accuracy": 0.5}
    odd = {
        "test_acc": 1,
        "val_size": "many",
        "shortcut": {"rule": "a rule"},
        "bounds": {"confidence": 0.95, "validation": {"error": 0.1, "vacuous": False}},
        "generalization": [
            good | {"accuracy": 2},
            good,
            7,
            good | {"size": 0},
            good | {"length": "x"},
        ],
        "notes": ["a note", 7],
        "a_field_of_tomorrow": {},
    }
    line = json.loads(LINES[0])
    lines = [
        line | {"outcome": outcome, "trial": n} for n, outcome in enumerate((odd, {}, None), 1)
    ]
    (tmp_path / "r.jsonl").write_text("".join(map(json_line, lines)))
    outcomes = [attempt.outcome for attempt in load(tmp_path / "r.jsonl").attempts]
    at_50 = Generalization(length=50, size=10, accuracy=0.5)
    assert outcomes == [
        Outcome(test_acc=1, generalization=(at_50,), notes=("a note",)),
        None,
        None,
    ]


def test_the_recorded_run_loads_with_each_kind_of_end() -> None:
    results = load(RECORDED)
    assert results.attempts == ATTEMPTS and results.warnings == []
    points = {(p.key.fn, p.key.model): p for p in results.points}
    assert len(points) == 6 and all(p.decided for p in points.values())
    died_on_the_test_split, not_solved, not_judged = (
        points[fn, "gpt-4o"] for fn in ("fn_a", "fn_b", "fn_g")
    )
    assert (died_on_the_test_split.solved, died_on_the_test_split.test_acc) == (True, None)
    assert (not_solved.val_acc, not_solved.test_acc) == (0.65, 0.59)
    assert (not_judged.val_acc, not_judged.selected) == (None, None)
