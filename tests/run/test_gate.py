"""The gate: red on a regression, and on nothing else."""

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from bench.options.resolve import assemble
from bench.record.key import PointKey
from bench.run.gate import BaselineError, expected_failure, need_shared, read, write
from bench.run.points import group
from tests.support.made import SHA, search

SETTINGS = assemble(attempts=3)
POINTS = group(search() + search(SHA, solved_at=None) + search(SHA, model="m", solved_at=3))


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "kept" / "baseline.json"
    write(path, POINTS, SETTINGS)
    return path


def test_an_unsolved_point_is_expected_to_fail_and_a_solved_one_is_not(file: Path) -> None:
    baseline = read(file, SETTINGS)
    reasons = [expected_failure(baseline, p.key) for p in POINTS]
    assert reasons == [None, "not solved in the baseline baseline.json", None]


def test_a_point_that_is_new_may_fail(file: Path) -> None:
    new = PointKey("fn_z", "new", 20, 1, "m", "high", "builtin")
    assert expected_failure(read(file, SETTINGS), new) == "new: not in the baseline baseline.json"


def keys(**other: Any) -> list[PointKey]:
    return [replace(p.key, **other) for p in POINTS]


def test_a_baseline_of_other_points_alone_is_refused_with_what_to_do(file: Path) -> None:
    baseline = read(file, SETTINGS)
    assert need_shared(baseline, keys()) is None
    new = "--baseline: 3 of 4 points not in baseline.json: they may fail"
    assert need_shared(baseline, [*keys(model="another"), POINTS[0].key]) == new
    for other, cure in (
        (keys(model="another"), "its points are of another model: give --baseline-ignore model"),
        (
            keys(reasoning_effort="low"),
            "of another reasoning-effort: give --baseline-ignore reason",
        ),
        (keys(prompt_name="mine"), "of another prompt: give --baseline-ignore prompt to gate"),
        (keys(tools="python"), "of another tools: give --baseline-ignore tools to gate"),
        (keys(length=21), "make one of such a run with --write-baseline"),
        (keys(model="another", length=21), "make one of such a run with --write-baseline"),
    ):
        with pytest.raises(BaselineError, match="no point of this run is in this baseline") as told:
            need_shared(baseline, other)
        assert cure in str(told.value)


def test_a_baseline_of_before_tools_were_an_axis_has_points_without_tools(file: Path) -> None:
    file.write_text(file.read_text().replace(', "tools": "none"', ""))
    assert "tools" not in file.read_text()
    assert need_shared(read(file, SETTINGS), keys()) is None


def test_a_baseline_of_before_train_sizes_were_an_axis_has_the_one_of_its_run(file: Path) -> None:
    plain = json.loads(file.read_text())
    plain["options"]["train_size"] = 50
    for point in plain["points"]:
        del point["key"]["train_size"]
    file.write_text(json.dumps(plain))
    baseline = read(file, SETTINGS)
    assert need_shared(baseline, keys(train_size=50)) is None
    with pytest.raises(BaselineError, match="another train-size: give --baseline-ignore train-siz"):
        need_shared(baseline, keys(train_size=100))
    ignoring = read(file, assemble(attempts=3, baseline_ignore=("train-size",)))
    assert need_shared(ignoring, keys(train_size=100)) is None


def test_a_new_model_is_gated_on_the_points_of_an_old_one(file: Path) -> None:
    baseline = read(file, assemble(attempts=3, baseline_ignore=("model",)))
    new = keys(model="new")
    assert need_shared(baseline, new) is None
    # sha256_parity was solved by one of the two old models
    assert [expected_failure(baseline, key) for key in new] == [None, None, None]
    assert expected_failure(baseline, replace(new[0], trial=2)) is not None
    both = read(file, assemble(attempts=3, baseline_ignore=("model", "reasoning-effort")))
    assert expected_failure(both, replace(new[0], reasoning_effort="low")) is None


@pytest.mark.parametrize(("name", "value"), [("model", 3), ("trial", True), ("fn", ["fn_a"])])
def test_a_key_of_other_types_is_no_baseline(file: Path, name: str, value: object) -> None:
    plain = json.loads(file.read_text())
    plain["points"][0]["key"][name] = value
    file.write_text(json.dumps(plain))
    with pytest.raises(BaselineError, match="not a baseline"):
        read(file, SETTINGS)


def test_a_baseline_is_one_line_a_point_and_the_same_in_any_order(
    file: Path, tmp_path: Path
) -> None:
    write(tmp_path / "other.json", POINTS[::-1], SETTINGS)
    assert file.read_bytes() == (tmp_path / "other.json").read_bytes()
    assert sum('"key"' in line for line in file.read_text().splitlines()) == 3
    assert [p.name for p in file.parent.iterdir()] == ["baseline.json"]


def test_dry_points_are_left_out(tmp_path: Path) -> None:
    write(tmp_path / "b.json", group(search(text=None, request={}, solved_at=None)), SETTINGS)
    assert json.loads((tmp_path / "b.json").read_text())["points"] == []


@pytest.mark.parametrize(
    ("name", "value"), [("seed", 7), ("negatives", "hard"), ("val_size", 50), ("attempts", 1)]
)
def test_a_baseline_of_other_data_is_refused(file: Path, name: str, value: Any) -> None:
    flag = "--" + name.replace("_", "-")
    with pytest.raises(
        BaselineError, match=rf"baseline\.json: a baseline of {flag} .*, and this run has {value};"
    ):
        read(file, assemble(**{"attempts": 3, name: value}))


@pytest.mark.parametrize(
    "text",
    [
        "",
        "[]",
        "{}",
        '{"version": 1}',
        '{"version": 1, "options": {}, "points": [{"key": {}, "solved": true}]}',
        "\x00",
        '{"version": 1, "options": {}, "points": [{"key": 3}]}',
        '{"version": 1, "options": 3, "points": []}',
    ],
)
def test_what_is_no_baseline_is_one_clear_line(tmp_path: Path, text: str) -> None:
    path = tmp_path / "b.json"
    path.write_text(text)
    with pytest.raises(
        BaselineError, match=r"b\.json: not a baseline; make one with --write-baseline"
    ):
        read(path, SETTINGS)


def test_a_baseline_of_a_later_version_or_none_at_all(tmp_path: Path) -> None:
    (tmp_path / "b.json").write_text('{"version": 2}')
    with pytest.raises(BaselineError, match="version 2"):
        read(tmp_path / "b.json", SETTINGS)
    with pytest.raises(BaselineError, match="No such file"):
        read(tmp_path / "none.json", SETTINGS)
