"""Predictions and labels to accuracies."""

from collections.abc import Sequence


def right(predictions: bytes, labels: Sequence[int]) -> int:
    """How many predictions equal their label; an input that raised, or gave a bad value, counts as wrong.

    `predictions` holds one of the jail's codes an input. Raises ValueError where the lengths
    differ.
    """
    return sum(p == y for p, y in zip(predictions, labels, strict=True))


def accuracy_of(predictions: bytes, labels: Sequence[int]) -> float:
    """The share of right predictions, in [0, 1]."""
    return right(predictions, labels) / len(labels)
