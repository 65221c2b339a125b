"""From predictions and labels to accuracies."""

from collections.abc import Iterable, Sequence
from itertools import islice
from operator import eq

from bench.record.attempt import WrongAnswer

MOST_SHOWN = 10
"""How many wrong answers of an attempt are kept, for people who look into it."""


def right(predictions: bytes, labels: Sequence[int]) -> int:
    """How many predictions equal their label. An input on which f raised is a wrong one.

    `predictions` holds a code of the jail for each input. Raises ValueError where the lengths
    differ.
    """
    if len(predictions) != len(labels):
        raise ValueError(f"{len(predictions)} predictions for {len(labels)} labels")
    # Most programs that are tested are right on all, and to see that takes a fourth of the time.
    return len(labels) if predictions == bytes(labels) else sum(map(eq, predictions, labels))


def accuracy_of(predictions: bytes, labels: Sequence[int]) -> float:
    """The share of right predictions, in [0, 1]."""
    return right(predictions, labels) / len(labels)


def wrong_answers(
    inputs: Sequence[str], labels: Sequence[int], predictions: Iterable[int | None]
) -> tuple[WrongAnswer, ...]:
    """The first inputs whose prediction is not their label, at most `MOST_SHOWN`.

    A prediction other than 0 and 1, as a code of the jail, is none. Raises ValueError where the
    lengths differ.
    """
    answers = zip(inputs, labels, predictions, strict=True)
    wrong = (
        WrongAnswer(input=x, label=y, prediction=p if p in (0, 1) else None)
        for x, y, p in answers
        if p != y
    )
    return tuple(islice(wrong, MOST_SHOWN))
