"""Which attempt of a search is selected: by validation alone, never by test data."""

from collections.abc import Sequence

from bench.record.attempt import Attempt


def select(attempts: Sequence[Attempt]) -> Attempt | None:
    """The first perfect attempt, else the best on validation; None where none could be judged.

    Ties go to the shorter source, then to the earlier attempt.
    """
    judged = [a for a in attempts if a.val_acc is not None]
    perfect = [a for a in judged if a.val_acc == 1.0]
    return perfect[0] if perfect else min(judged, key=_rank, default=None)


def _rank(attempt: Attempt) -> tuple[float, int, int]:
    return (-(attempt.val_acc or 0.0), len(attempt.code or ""), attempt.attempt)
