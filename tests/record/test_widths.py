"""How wide texts are in a terminal, and what is laid out by that."""

from textwrap import wrap

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bench.record.widths import beginning, fit, flush_left, flush_right, width_of, wrapped
from bench.show.text_tables import aligned

PLAIN = st.text(alphabet="ab -x✓…─", max_size=60)
ANY = st.text(alphabet="ab -x✓…中か\u3099🙂e\u0301\u200d", max_size=60)


@pytest.mark.parametrize(
    ("text", "width"),
    [
        ("gpt-5", 5),
        ("✓ = 97.5%", 9),
        ("模型", 4),
        ("\uff4d\uff11", 4),
        ("한글", 4),
        ("🙂", 2),
        ("e\u0301", 1),
        ("か\u3099", 2),
        ("a\u200bb", 2),
        ("", 0),
    ],
)
def test_a_text_has_the_columns_that_a_terminal_gives_it(text: str, width: int) -> None:
    assert width_of(text) == width
    assert (flush_left(text, 12), flush_right(text, 12)) == (
        text + " " * (12 - width),
        " " * (12 - width) + text,
    )


@given(ANY, st.integers(1, 30))
def test_what_is_cut_takes_its_width_and_no_more(text: str, width: int) -> None:
    assert width_of(fit(text, width)) == width
    kept = beginning(text, width)
    assert text.startswith(kept) and width_of(kept) <= width
    assert kept == text or width_of(text[: len(kept) + 1]) > width


@given(ANY, st.integers(6, 30))
def test_wrapped_lines_keep_to_their_width_and_lose_nothing(text: str, width: int) -> None:
    lines = wrapped(text, width, first="  ", then="    ")
    assert all(width_of(line) <= width for line in lines)
    assert "".join("".join(lines).split()) == "".join(text.split())


@given(PLAIN, st.integers(6, 30))
def test_of_narrow_characters_lines_are_as_usual(text: str, width: int) -> None:
    usual = wrap(text, width, initial_indent="  ", subsequent_indent="    ")
    assert wrapped(text, width, first="  ", then="    ") == usual


def test_a_table_stands_in_columns_whatever_its_names_are() -> None:
    rows = [
        ("model", "solved", "test"),
        ("模型-五", "✓ =", "97.5%"),
        ("gpt-5 🙂", "か\u3099", "1%"),
    ]
    head, _, *body = aligned(rows, 80, left=(1,))
    assert {width_of(line) for line in (head, *body)} == {width_of(head)}
    assert [width_of(line[: line.index("✓")]) for line in body[:1]] == [head.index("solved")]
    assert all(width_of(line) <= 18 for line in aligned(rows, 18))
