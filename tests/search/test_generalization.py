"""Tests at further lengths: fresh inputs, and programs that have their length built in found out."""

import json
from pathlib import Path

import pytest

from bench.question.dataset import DatasetError, DatasetSpec
from bench.run.results import load
from bench.search.generalization import SIZE, further_sets
from targets import Rule, find
from tests.runs.test_sessions import bench
from tests.support.server import GOOD, Reply, serve


def spec(target: str, length: int = 20) -> DatasetSpec:
    return DatasetSpec(find(target), length, train_size=100, val_size=100, test_size=1000, seed=42, trial=1)


@pytest.mark.parametrize("target", ["fn_a", "fn_c", "fn_g"])
def test_each_set_is_a_thousand_different_balanced_inputs_of_its_length(tmp_path: Path, target: str) -> None:
    rule = find(target)
    assert isinstance(rule, Rule)
    sets, left_out = further_sets(spec(target), (200, 50, 20), tmp_path, tmp_path)
    assert [s.spec.length for s in sets] == [200, 50]  # 20 is the point's own
    assert left_out == ()
    for s in sets:
        assert len(set(s.test.inputs)) == SIZE
        assert sum(s.test.labels) == SIZE / 2
        for x, y in zip(s.test.inputs, s.test.labels, strict=True):
            assert (len(x), rule.label(x)) == (s.spec.length, y)


def test_a_length_that_says_nothing_of_the_program_is_left_out_with_its_reason(tmp_path: Path) -> None:
    assert further_sets(spec("fn_c"), (4, 5), tmp_path, tmp_path) == (
        (),
        (
            "not tested at length 4: patternmatch1 needs a length of at least 8, not 4",
            "not tested at length 5: patternmatch1 needs a length of at least 8, not 5",
        ),
    )
    reason = "not tested at length 200, 500: parity_rand_3 is another function at each length"
    assert further_sets(spec("fn_e"), (200, 500), tmp_path, tmp_path) == ((), (reason,))


def test_a_set_that_cannot_be_written_is_one_line(tmp_path: Path) -> None:
    (tmp_path / "parity_all").write_text("in the way")
    with pytest.raises(DatasetError, match=r"^--generalize: dataset .*Not a directory"):
        further_sets(spec("fn_a"), (50,), tmp_path, tmp_path)


def test_a_program_that_has_its_length_built_in_falls_to_chance(tmp_path: Path) -> None:
    rigid = json.dumps({"code": "def f(x):\n    return sum(x[i] == '1' for i in range(20)) % 2\n"})
    strict = json.dumps({"code": "def f(x):\n    assert len(x) < 21\n    return x.count('1') % 2\n"})
    broken = json.dumps({"code": "import os\ndef f(x):\n    return x.count('1') % 2 if len(x) < 21 else os._exit(1)\n"})
    grid = ("--functions", "fn_a", "--lengths", "20", "--generalize", "200,50,20", "--trials", "5")
    with serve([Reply(text=text) for text in (rigid, strict, broken, GOOD, "none")]) as server:
        done = bench(tmp_path, *grid, "--model", "m", "--base-url", server.base_url)
    assert "4 passed" in done.stdout and "1 failed" in done.stdout, done.stdout
    by_program = [p.generalization for p in load(tmp_path / "reports").points]
    assert [[(g["length"], g["size"]) for g in some] for some in by_program] == [[(200, SIZE), (50, SIZE)]] * 5
    for g in by_program[0]:
        assert 0.4 < g["accuracy"] < 0.6 and g["error"] is None
    assert [(g["accuracy"], g["error"]) for some in by_program[1:] for g in some] == [
        *[(0.0, "runtime_error")] * 2, *[(None, "crashed")] * 2, *[(1.0, None)] * 2,
        *[(None, "no program")] * 2,
    ]  # fmt: skip
    assert "Beyond     mean accuracy " in done.stdout and "(5 points, 2 failed)" in done.stdout
    assert "Beyond the trained length" in (tmp_path / "reports" / "index.html").read_text()
