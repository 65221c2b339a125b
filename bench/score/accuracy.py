"""From predictions and labels to accuracies."""

from collections.abc import Sequence


def right(predictions: bytes, labels: Sequence[int]) -> int:
    """How many predictions equal their label. An input on which f raised is a wrong one.

    `predictions` holds a code of the jail for each input. Raises ValueError where the lengths
    differ.
    """
    return sum(p == y for p, y in zip(predictions, labels, strict=True))


def accuracy_of(predictions: bytes, labels: Sequence[int]) -> float:
    """The share of right predictions, in [0, 1]."""
    return right(predictions, labels) / len(labels)
