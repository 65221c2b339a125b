"""Tests at other lengths: fresh inputs; programs with their length built in are found out."""

from pathlib import Path

import pytest

from bench.question.spec import DatasetError, DatasetSpec
from bench.search.generalization import SIZE, generalization_sets
from targets import Rule, find


def spec(target: str, length: int = 20) -> DatasetSpec:
    return DatasetSpec(
        find(target), length, train_size=100, val_size=100, test_size=1000, seed=42, trial=1
    )


@pytest.mark.parametrize("target", ["fn_a", "fn_c", "fn_g"])
def test_each_set_is_a_thousand_different_balanced_inputs_of_its_length(
    tmp_path: Path, target: str
) -> None:
    rule = find(target)
    assert isinstance(rule, Rule)
    sets, left_out = generalization_sets(spec(target), (200, 50, 20), tmp_path, tmp_path)
    assert [s.spec.length for s in sets] == [200, 50]  # 20 is the point's own
    assert left_out == ()
    for s in sets:
        assert len(set(s.test.inputs)) == SIZE
        assert sum(s.test.labels) == SIZE / 2
        for x, y in zip(s.test.inputs, s.test.labels, strict=True):
            assert (len(x), rule.label(x)) == (s.spec.length, y)


def test_a_length_that_says_nothing_of_the_program_is_left_out_with_its_reason(
    tmp_path: Path,
) -> None:
    assert generalization_sets(spec("fn_c"), (4, 5), tmp_path, tmp_path) == (
        (),
        (
            "not tested at length 4: patternmatch1 needs a length of at least 8, not 4",
            "not tested at length 5: patternmatch1 needs a length of at least 8, not 5",
        ),
    )
    reason = "not tested at length 200, 500: parity_rand_3 is another function at each length"
    assert generalization_sets(spec("fn_e"), (200, 500), tmp_path, tmp_path) == ((), (reason,))


def test_a_set_that_cannot_be_written_is_one_line(tmp_path: Path) -> None:
    (tmp_path / "parity_all").write_text("in the way")
    with pytest.raises(DatasetError, match=r"^--generalize: dataset .*Not a directory"):
        generalization_sets(spec("fn_a"), (50,), tmp_path, tmp_path)
