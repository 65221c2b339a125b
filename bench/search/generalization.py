"""The selected program at lengths that it was not selected at.

A program that has its length built in fails here.
"""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from bench.jail import Verdict
from bench.question.dataset import Dataset, Split, obtain
from bench.question.spec import DatasetError, DatasetSpec
from bench.record.outcome import Generalization
from bench.search.case import accuracy
from targets.base import Rule

SIZE = 1_000
"""Inputs of the test set of each length."""


def generalization_sets(
    spec: DatasetSpec, lengths: Sequence[int], dataset_dir: Path, raw_dir: Path
) -> tuple[tuple[Dataset, ...], tuple[str, ...]]:
    """A test set for each of these lengths, and a note on those that do not fit the target.

    The point's own length is left out. No input is in the point's own splits, as those have another
    length. Raises DatasetError where a set cannot be built or written.
    """
    sets: list[Dataset] = []
    unfit: dict[str, list[str]] = {}  # lengths by the reason why they do not fit
    for length in lengths:
        if length == spec.length:
            continue  # the test accuracy is over this length already
        if reason := _misfit(spec, length):
            unfit.setdefault(reason, []).append(str(length))
            continue
        try:
            sets.append(obtain(spec_at(length, spec), dataset_dir, raw_dir))
        except DatasetError as error:
            raise DatasetError(f"--generalize: {error}") from None
    notes = [f"not tested at length {', '.join(some)}: {why}" for why, some in unfit.items()]
    return tuple(sets), tuple(notes)


def spec_at(length: int, spec: DatasetSpec) -> DatasetSpec:
    """What the test set of another length is drawn from."""
    return replace(spec, length=length, train_size=0, val_size=0, test_size=SIZE)


def _misfit(spec: DatasetSpec, length: int) -> str | None:
    if isinstance(spec.target, Rule) and spec.target.per_length:
        return f"{spec.target.name} is another function at each length"
    return spec.target.length_error(length)


def result(dataset: Dataset, test: Split, verdict: Verdict) -> Generalization:
    """The result of a program with this verdict on the test split of one length."""
    return _result(dataset, accuracy(verdict, test.labels), verdict.error)


def without_program(dataset: Dataset) -> Generalization:
    """The result at one length where no program was selected."""
    return _result(dataset, None, "no program")


def _result(dataset: Dataset, share: float | None, error: str | None) -> Generalization:
    size = dataset.test_size
    return Generalization(length=dataset.spec.length, size=size, accuracy=share, error=error)
