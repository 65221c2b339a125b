"""Which attempt is selected, and how accuracy is counted."""

from hypothesis import given
from hypothesis import strategies as st

from bench.record.attempt import Attempt
from bench.score.accuracy import accuracy_of
from bench.search.selection import select
from tests.support.made import changed, search


def _attempt(number: int, val_acc: float | None, code: str | None = "def f(x): ...") -> Attempt:
    (made,) = search(attempts=1)
    return changed(made, attempt=number, val_acc=val_acc, code=code)


def _chosen(*attempts: Attempt) -> int | None:
    selected = select(attempts)
    return selected.attempt if selected else None


def test_the_first_perfect_one_else_the_best_and_shorter() -> None:
    assert _chosen(_attempt(1, 0.9), _attempt(2, 1.0, "long" * 9), _attempt(3, 1.0, "s")) == 2
    assert (
        _chosen(_attempt(1, 0.9, "longer"), _attempt(2, 0.9, "short"), _attempt(3, 0.5, "s")) == 2
    )
    assert _chosen(_attempt(1, 0.7, "same"), _attempt(2, 0.7, "mesa")) == 1
    assert _chosen(_attempt(1, None, None), _attempt(2, 0.0)) == 2
    assert _chosen(_attempt(1, None)) is None


@given(st.lists(st.tuples(st.integers(0, 3), st.integers(0, 1)), min_size=1, max_size=50))
def test_accuracy_is_the_share_of_equal_labels(pairs: list[tuple[int, int]]) -> None:
    """Codes above 1, where the candidate raised or gave no label: wrong, whatever the label."""
    codes, labels = bytes(code for code, _ in pairs), [label for _, label in pairs]
    assert accuracy_of(codes, labels) == sum(code == label for code, label in pairs) / len(pairs)
