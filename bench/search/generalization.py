"""The selected program at lengths that it was not selected at: a program with its length built in shows here."""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from bench.jail import Verdict
from bench.question.dataset import Dataset, obtain
from bench.question.spec import DatasetError, DatasetSpec
from bench.record.outcome import Generalization
from bench.search.case import accuracy
from targets.base import Rule

SIZE = 1_000
"""Inputs of each further test set."""


def further_sets(
    spec: DatasetSpec, lengths: Sequence[int], dataset_dir: Path, raw_dir: Path
) -> tuple[tuple[Dataset, ...], tuple[str, ...]]:
    """A test set for each further length of a point's target, and a line for each length that is left out.

    None of their inputs is in the point's own splits: those have another length. Raises
    DatasetError where a set cannot be built or written.
    """
    sets: list[Dataset] = []
    unfit: dict[str, list[str]] = {}
    for length in lengths:
        if length == spec.length:
            continue  # its test accuracy says that
        if reason := _unfit(spec, length):
            unfit.setdefault(reason, []).append(str(length))
            continue
        further = replace(spec, length=length, train_size=0, val_size=0, test_size=SIZE)
        try:
            sets.append(obtain(further, dataset_dir, raw_dir))
        except DatasetError as error:
            raise DatasetError(f"--generalize: {error}") from None
    return tuple(sets), tuple(
        f"not tested at length {', '.join(some)}: {reason}" for reason, some in unfit.items()
    )


def _unfit(spec: DatasetSpec, length: int) -> str | None:
    if isinstance(spec.target, Rule) and spec.target.per_length:
        return f"{spec.target.name} is another function at each length"
    return spec.target.length_error(length)


def result(further: Dataset, verdict: Verdict) -> Generalization:
    """What a verdict on a further test set comes to."""
    return _result(further, accuracy(verdict, further.test.labels), verdict.error)


def without_program(further: Dataset) -> Generalization:
    """The same where no program was selected."""
    return _result(further, None, "no program")


def _result(further: Dataset, share: float | None, error: str | None) -> Generalization:
    size = len(further.test.labels)
    return Generalization(length=further.spec.length, size=size, accuracy=share, error=error)
