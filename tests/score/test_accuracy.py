"""The wrong answers that are kept of an attempt."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bench.jail import BAD_VALUE, RAISED
from bench.score.accuracy import MOST_SHOWN, right, wrong_answers

ANSWERS = st.lists(st.tuples(st.text("01", max_size=3), st.integers(0, 1), st.integers(0, 3)))


@given(ANSWERS)
def test_they_are_the_first_that_do_not_count_as_right(answers: list[tuple[str, int, int]]) -> None:
    inputs, labels = [x for x, _, _ in answers], [y for _, y, _ in answers]
    codes = bytes(code for _, _, code in answers)
    found = wrong_answers(inputs, labels, codes)
    assert len(found) == min(MOST_SHOWN, len(answers) - right(codes, labels))
    wrong = [answer for answer in answers if answer[1] != answer[2]][:MOST_SHOWN]
    assert [(one.input, one.label) for one in found] == [(x, y) for x, y, _ in wrong]
    assert all(one.prediction in (None, 1 - one.label) for one in found)


def test_where_it_raised_or_gave_no_label_there_is_no_prediction() -> None:
    found = wrong_answers(("a", "b", "c"), (0, 1, 1), bytes([RAISED, BAD_VALUE, 0]))
    assert [one.prediction for one in found] == [None, None, 0]
    with pytest.raises(ValueError, match="shorter"):
        wrong_answers(("a", "b"), (0,), b"\x00")
