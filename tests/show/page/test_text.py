"""Text from models: visible, bounded, and the same program once its colours are taken away."""

import html
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bench.show.page.highlight import highlight
from bench.show.page.text import clip, fair_limit, inside, page_size, visible
from tests.support.limits import cpu_time

TEXTS = st.text(st.characters() | st.sampled_from("<>&\"'\x00\n\t\u202e\ud800"), max_size=200)


@given(TEXTS)
def test_nothing_stays_hidden(text: str) -> None:
    shown = visible(text)
    shown.encode()
    assert not re.search("[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]", shown)
    assert visible(shown) == shown


@given(TEXTS.map(visible))
def test_a_program_keeps_every_character_under_its_colours(source: str) -> None:
    marked = str(highlight(source))
    assert html.unescape(re.sub(r"</?i( class=\w)?>", "", marked)) == html.unescape(
        str(inside(source))
    )
    assert html.unescape(re.sub(r"<[^>]*>", "", str(inside(source)))) == html.unescape(
        str(inside(source))
    )


@given(TEXTS.map(visible), st.integers(0, 300))
def test_a_clipped_text_fits_and_counts_what_is_left_out(text: str, limit: int) -> None:
    kept, left_out = clip(text, limit)
    assert text.startswith(kept)
    assert len(kept) + left_out == len(text)
    assert page_size(kept) <= limit
    assert page_size(kept) == len(str(inside(kept)).encode())
    assert left_out == 0 or page_size(text[: len(kept) + 1]) > limit


@given(st.lists(st.integers(0, 1000)), st.integers(0, 5000))
def test_the_budget_is_kept_and_used(lengths: list[int], budget: int) -> None:
    limit = fair_limit(lengths, budget)
    assert sum(min(length, limit) for length in lengths) <= budget
    if sum(lengths) <= budget:
        assert limit == max(lengths, default=0)
    else:
        assert sum(min(length, limit + 1) for length in lengths) > budget


def test_keywords_names_strings_numbers_and_comments_have_colours() -> None:
    strings = 'y = rb\'a"\' + """b"\n"""'
    source = f"def f(x):  # it's\n    {strings}\n    return x.sum(1e5) if sum(y) else None\n"
    marked = str(highlight(source))
    coloured = re.findall(r"<i class=(\w)>([^<]*)</i>", marked)
    assert coloured == [
        ("k", "def"),
        ("f", "f"),
        ("c", "# it's"),
        ("s", "rb'a\"'"),
        ("s", '"""b"\n"""'),
        ("k", "return"),
        ("m", "1e5"),
        ("k", "if"),
        ("b", "sum"),
        ("k", "else"),
        ("k", "None"),
    ]


ENDLESS = ('"\\N{', '"""', "'''\\", '"', "\\", " \n", "f'{", "rb", "#", "def ", "0x", "a.", "<&")


@pytest.mark.parametrize("part", ENDLESS)
def test_no_program_takes_long_to_colour(part: str) -> None:
    source = part * (100_000 // len(part))
    with cpu_time():
        marked = str(highlight(source))
    assert len(marked) >= len(source)
