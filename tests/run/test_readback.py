"""Reading a run back: typed, grouped, and with one clear line for what is wrong."""

import json
import sys
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bench.record.codec import to_json
from bench.record.key import PointKey
from bench.run.points import POINT_COLUMNS
from bench.run.readback import ResultsError, load
from bench.show.compare.__main__ import main as compare
from bench.show.page import build
from bench.show.run_list import find
from tests.support.made import PARITY, SHA, failing, search, write


def test_a_runs_folder_comes_back_as_it_was_written(tmp_path: Path) -> None:
    written = search(solved_at=2) + search(SHA, 30, solved_at=None)
    results = load(write(tmp_path, written))
    assert json.dumps([to_json(a) for a in results.attempts]) == json.dumps(
        [to_json(a) for a in written]
    )
    first, second = results.points
    assert (first.solved, first.solved_at, first.test_acc, first.stopped_early) == (
        True,
        2,
        1.0,
        True,
    )
    assert (second.solved, second.val_acc, len(second.attempts)) == (False, 0.6, 3)
    assert second.test_interval is not None
    assert second.test_interval.low < 0.55 < second.test_interval.high
    assert results.run["exit_status"] == 1
    assert load(tmp_path / "results_attempts.jsonl").points == results.points


def test_a_run_of_before_train_sizes_were_an_axis_has_the_one_of_its_manifest(
    tmp_path: Path,
) -> None:
    lines = [to_json(a) for a in search()]
    write(tmp_path, search(), {"options": {"train_size": 50}})
    older = [{name: v for name, v in line.items() if name != "train_size"} for line in lines]
    text = "".join(json.dumps(line) + "\n" for line in older)
    (tmp_path / "results_attempts.jsonl").write_text(text)
    results = load(tmp_path)
    assert results.manifest.options["train_size"] == [50]
    assert [p.key.train_size for p in results.points] == [50]
    (tmp_path / "run.json").unlink()
    assert [p.key.train_size for p in load(tmp_path).points] == [0]  # nobody says


def test_ids_name_the_axes_that_vary_alone(tmp_path: Path) -> None:
    results = load(write(tmp_path, search(model="m1", trial=2) + search(model="m2", trial=2)))
    assert [results.ids[p.key] for p in results.points] == [
        "fn_a-parity_all-L20-t2-m1",
        "fn_a-parity_all-L20-t2-m2",
    ]


def test_ids_name_the_axes_of_the_whole_grid_where_a_part_of_it_was_run(tmp_path: Path) -> None:
    attempts = search(model="m1", tools=["python"])
    told = {"run_id": attempts[0].run_id, "axes": ["model", "tools", "colour"]}
    of_shard = load(write(tmp_path, attempts, told))
    assert list(of_shard.ids.values()) == ["fn_a-parity_all-L20-m1-python"]
    assert of_shard.axes == ()  # of what is shown, nothing varies


def test_a_line_cut_off_at_the_end_is_left_out_and_told(tmp_path: Path) -> None:
    file = write(tmp_path, search() + search(SHA)) / "results_attempts.jsonl"
    file.write_bytes(file.read_bytes()[:-40])
    results = load(tmp_path)
    assert results.truncated
    assert [p.key.target for p in results.points] == ["parity_all"]


@given(st.integers(0, 6000))
@settings(max_examples=25)
def test_a_file_cut_anywhere_loads(tmp_path_factory: pytest.TempPathFactory, cut: int) -> None:
    content = "".join(json.dumps(to_json(a)) + "\n" for a in search(solved_at=3)).encode()
    file = tmp_path_factory.mktemp("cut") / "some.jsonl"
    file.write_bytes(content[:cut])
    whole = content[:cut].count(b"\n")
    assert len(load(file).attempts) in (whole, whole + 1)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"val_acc": "high"}, "line 2: the field 'val_acc' has the value \"high\""),
        ({"val_acc": 1.5}, "line 2: the field 'val_acc' is 1.5"),
        ({"length": True}, "line 2: the field 'length'"),
        ({"attempt": 0}, "line 2: the field 'attempt' is not from 1"),
        ({"length": 10**400}, "line 2: the field 'length' is not from 1 to 1,000,000,000"),
        ({"train_size": -2}, "line 2: the field 'train_size' is not from 0"),
        ({"tools": [1]}, "line 2: the field 'tools'"),
        ({"usage": {"input_tokens": "many"}}, "line 2: the field 'input_tokens'"),
        ({"usage": 3}, "line 2: the field 'usage'"),
        ({"cost_usd": float("nan")}, "line 2: NaN"),
        ({"target": ...}, "line 2: the field 'target' is missing"),
        ({"cost_usd": 10**400}, "line 2: the field 'cost_usd'"),
    ],
)
def test_a_wrong_line_is_left_out_and_named_by_its_number(
    tmp_path: Path, change: dict[str, Any], message: str
) -> None:
    first, last = map(to_json, search(solved_at=2))
    bad = to_json(search(SHA)[0]) | change
    bad = {name: value for name, value in bad.items() if value is not ...}
    (tmp_path / "r.jsonl").write_text(
        "".join(json.dumps(line) + "\n" for line in (first, bad, last))
    )
    results = load(tmp_path / "r.jsonl")
    assert [a.attempt for a in results.attempts] == [1, 2]
    (warning,) = results.warnings
    assert message in warning and "is left out" in warning
    (tmp_path / "r.jsonl").write_text(f"\n{json.dumps(bad)}\n")
    with pytest.raises(ResultsError, match=message.replace("(", r"\(")):
        load(tmp_path / "r.jsonl")


def test_a_line_that_is_left_out_is_told_wherever_results_are_shown(
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    run = write(tmp_path / "runs" / "a", search() + search(SHA, response_id=7))
    other = write(tmp_path / "runs" / "b", search())
    told = "line 2: the field 'response_id' has the value 7"
    assert compare([str(run), str(other)]) == 0
    assert told in capsys.readouterr().err
    assert told in build(load(run)).replace("&#39;", "'")
    states = [str(r.state) for r in find(tmp_path)]
    assert states == ["whole: 1 line of the results left out", "whole"]


def test_a_number_of_thousands_of_digits_is_one_line_too(tmp_path: Path) -> None:
    line = json.dumps(to_json(search()[0])).replace('"length": 20', f'"length": {"9" * 5000}')
    (tmp_path / "r.jsonl").write_text(f"{line}\n")
    with pytest.raises(ResultsError, match="line 1: not a JSON object"):
        load(tmp_path / "r.jsonl")


def test_a_whole_number_where_a_writer_meant_a_fraction_becomes_one(tmp_path: Path) -> None:
    (tmp_path / "r.jsonl").write_text(
        json.dumps(to_json(search()[0]) | {"val_acc": 1, "cost_usd": 2}) + "\n"
    )
    (attempt,) = load(tmp_path / "r.jsonl").attempts
    assert (repr(attempt.val_acc), repr(attempt.answer.cost_usd), repr(attempt.point.length)) == (
        "1.0",
        "2.0",
        "20",
    )


@pytest.mark.parametrize("line", ["[1, 2]", "nonsense", '"text"', "\udcff", "[" * 100_000])
def test_a_line_that_is_no_object_is_refused(tmp_path: Path, line: str) -> None:
    (tmp_path / "r.jsonl").write_text(line + "\n", errors="surrogateescape")
    with pytest.raises(ResultsError, match="line 1: not a JSON object"):
        load(tmp_path / "r.jsonl")


def test_the_fields_that_a_foreign_writer_leaves_out_have_defaults(tmp_path: Path) -> None:
    line = {
        "fn": "fn_a",
        "target": "parity_all",
        "length": 20,
        "trial": 1,
        "attempt": 1,
        "model": "m",
        "val_acc": 1,
    }
    (tmp_path / "r.jsonl").write_text(json.dumps(line | {"a_field_of_tomorrow": 1}))
    (point,) = load(tmp_path / "r.jsonl").points
    assert point.solved
    assert point.test_interval is None


def test_the_same_attempt_twice_is_refused(tmp_path: Path) -> None:
    write(tmp_path, search() + search())
    with pytest.raises(ResultsError, match="attempt 1 of fn_a-parity_all-L20 is there twice"):
        load(tmp_path)


def test_a_folder_without_results_says_what_to_give(tmp_path: Path) -> None:
    with pytest.raises(ResultsError, match="give a run's folder"):
        load(tmp_path)


def test_the_manifest_of_another_run_is_not_taken(tmp_path: Path) -> None:
    assert load(write(tmp_path, search(), {"run_id": "another"})).run == {}


def test_errors_and_dry_runs_are_told_apart(tmp_path: Path) -> None:
    dry = search(
        SHA,
        solved_at=None,
        attempts=1,
        text=None,
        val_acc=0.0,
        request={"model": "m"},
        selected=False,
    )
    lost, asked_nothing = load(write(tmp_path, failing("timeout") + dry)).points
    assert not lost.dry
    assert lost.val_acc is None
    assert asked_nothing.dry


def test_a_dataframe_has_a_row_an_attempt_or_a_row_a_point(tmp_path: Path) -> None:
    import pandas as pd

    results = load(write(tmp_path, search(solved_at=2) + search(SHA, solved_at=None)))
    attempts, points = results.dataframe(), results.dataframe("points")
    assert isinstance(attempts, pd.DataFrame)
    assert attempts["prompt_tokens"].tolist() == [4000] * 5
    assert tuple(points.columns) == POINT_COLUMNS
    assert points["solved"].tolist() == [True, False]


def test_polars_stands_in_for_pandas_and_neither_is_one_clear_line(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    results = load(write(tmp_path / "run", search()))
    monkeypatch.setitem(sys.modules, "pandas", None)
    monkeypatch.setitem(sys.modules, "polars", None)
    with pytest.raises(ResultsError, match="pip install pandas"):
        results.dataframe()
    (tmp_path / "polars.py").write_text("class DataFrame(dict): pass\n")
    monkeypatch.delitem(sys.modules, "polars")
    monkeypatch.syspath_prepend(tmp_path)
    assert results.dataframe()["target"] == ["parity_all"]


def test_keys_say_the_question_apart_from_who_is_asked() -> None:
    key = PointKey(*PARITY, 20, 1, "m", "high", "builtin")
    assert key.question == ("parity_all", 20, 1)
    assert key.asked == ("m", "high", "builtin")
