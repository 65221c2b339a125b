"""Datasets of other sizes share their inputs."""

from collections.abc import Callable
from pathlib import Path

import pytest

from bench.question.dataset import Dataset, obtain
from bench.question.spec import DatasetSpec
from targets import find, kinds
from tests.support import rawtables

NAMES = ("patternmatch1", "palindrome", "dyck2", "prime_decimal", "two_primes", "graph_has_cycle")
Obtain = Callable[[str, int, int, int], Dataset]


@pytest.fixture
def drawn(tmp_path: Path) -> Obtain:
    """The dataset of a target with splits of these sizes."""

    def obtain_one(name: str, train: int, val: int, test: int) -> Dataset:
        target = find(name)
        raw_dir = tmp_path / "raw"
        if target.kind is kinds.TABULAR and not raw_dir.exists():
            rawtables.write(raw_dir, 300)
        spec = DatasetSpec(target, min(target.lengths), train, val, test, seed=7, trial=1)
        return obtain(spec, tmp_path, raw_dir)

    return obtain_one


def _lines(data: Dataset, name: str) -> list[str]:
    return (data.path / f"{name}.txt").read_text().splitlines()


@pytest.mark.parametrize("name", [*NAMES, "chess"])
def test_the_prompt_is_the_same_for_any_test_size(drawn: Obtain, name: str) -> None:
    some, more = drawn(name, 100, 100, 20), drawn(name, 100, 100, 60)
    assert some.path != more.path
    assert _lines(some, "train") == _lines(more, "train")
    assert _lines(some, "val") == _lines(more, "val")
    assert set(_lines(some, "test")) < set(_lines(more, "test"))


@pytest.mark.parametrize("name", NAMES)
def test_a_smaller_train_set_is_the_beginning_of_a_larger_one(drawn: Obtain, name: str) -> None:
    sizes = (10, 40, 100, 160)
    trains = {size: _lines(drawn(name, size, 60, 20), "train") for size in sizes}
    assert trains[40][:10] == trains[10]
    assert trains[160][:100] == trains[100]
    assert set(trains[40]) < set(trains[100])
    for label in "01":
        some, more = ([x for x in trains[size] if x.endswith(label)] for size in (40, 100))
        assert more[: len(some)] == some


@pytest.mark.parametrize("name", NAMES)
def test_validation_and_test_are_the_same_up_to_the_default_train_size(
    drawn: Obtain, name: str
) -> None:
    few, default = drawn(name, 20, 100, 60), drawn(name, 100, 100, 60)
    for split in ("val", "test"):
        assert _lines(few, split) == _lines(default, split)


def test_no_input_is_lost_where_there_are_few(drawn: Obtain) -> None:
    """Of the 1,024 palindromes of 20 bits, all are dealt out before the test split gets smaller."""
    data = drawn("palindrome", 20, 20, 2008)
    assert data.notes == ()
    assert sum(map(sum, (data.train.labels, data.val.labels, data.test.labels))) == 1024
