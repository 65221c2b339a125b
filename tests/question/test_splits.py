"""Datasets of other sizes share their inputs."""

from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from bench.question.dataset import Dataset, beginning, obtain
from bench.question.spec import DatasetSpec
from bench.question.splits import Item, Sizes, deal, smaller_train
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


def of_class(items: list[Item], label: int) -> list[str]:
    return [x for x, its in items if its == label]


@given(
    there=st.integers(10, 260),
    halves=st.lists(st.integers(1, 120), min_size=2, max_size=4, unique=True),
    val=st.integers(1, 60),
)
@settings(max_examples=60)
def test_the_train_sizes_of_a_run_are_nested_and_balanced(
    there: int, halves: list[int], val: int
) -> None:
    classes = [[f"{label}{i}" for i in range(there)] for label in (0, 1)]
    *smaller, largest = sorted(halves)
    assume(largest + val < there)  # others are refused
    whole = deal(classes, Sizes(2 * largest, 2 * val, 10), "seed")["train"]
    shown = {half: smaller_train(whole, 2 * half, "seed") for half in smaller} | {largest: whole}
    for half, items in shown.items():
        for label in (0, 1):
            assert of_class(items, label) == of_class(whole, label)[:half]
        alone = deal(classes, Sizes(2 * half, 2 * val, 10), "seed")["train"]
        if there >= 100 * -(-max(largest, val) // 50):  # enough that each split has a share
            assert items == alone
            assert len(items) < 100 or items == whole[: len(items)]


@pytest.mark.parametrize("name", ["palindrome", "dyck2"])
def test_the_values_of_the_axis_share_all_but_the_examples(drawn: Obtain, name: str) -> None:
    whole = drawn(name, 200, 100, 60)
    some = {size: beginning(whole, size) for size in (20, 100, 200)}
    assert some[200] is whole
    assert len({data.sha256 for data in some.values()}) == 3
    for size, data in some.items():
        assert len(data.train.inputs) == size == data.spec.train_size == 2 * sum(data.train.labels)
        assert (data.val, data.test, data.path) == (whole.val, whole.test, whole.path)
        assert data.train == drawn(name, size, 100, 60).train  # as without the axis


def test_a_value_of_the_axis_is_the_dataset_of_that_size_alone(drawn: Obtain) -> None:
    """Up to the default size: there also validation and test split are the same."""
    assert beginning(drawn("dyck2", 100, 100, 60), 40).sha256 == drawn("dyck2", 40, 100, 60).sha256


def test_no_input_is_lost_where_there_are_few(drawn: Obtain) -> None:
    """Of the 1,024 palindromes of 20 bits, all are dealt out before the test split gets smaller."""
    data = drawn("palindrome", 20, 20, 2008)
    assert data.notes == ()
    assert sum(map(sum, (data.train.labels, data.val.labels, data.test.labels))) == 1024
