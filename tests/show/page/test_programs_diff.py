"""The difference of two programs: whole, escaped, and bounded whatever the programs are."""

import html

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bench.show.page.programs_diff import Differ, programs_diff
from bench.show.page.text import visible

PROGRAMS = st.lists(st.sampled_from(["", "x", "<b>", "return 0", "\u202e'&\x00"]), max_size=30)


@given(PROGRAMS, PROGRAMS)
def test_the_lines_of_both_are_there_in_their_order(a: list[str], b: list[str]) -> None:
    of_a, of_b = "\n".join(["f", *a, "end"]), "\n".join(["f", *b, "end"])
    found = programs_diff(of_a, of_b)
    for program, side in ((of_a, "a"), (of_b, "b")):
        shown = [getattr(block, side) for block in found.blocks if getattr(block, side)]
        assert not any("<" in text for text in shown)
        lines = [line[2:] for text in shown for line in html.unescape(text).split("\n")]
        assert lines == (visible(program).split("\n") if of_a != of_b else [])
    signs = {
        (block.shared, text[0]) for block in found.blocks for text in (block.a, block.b) if text
    }
    assert signs <= {(True, " "), (False, "-"), (False, "+")}


@pytest.mark.parametrize(
    ("a", "b", "note"),
    [
        ("x", "x", "Both selected the same program."),
        ("x\n" * 200, "y", "Of A's program 50 lines more: see its own attempt."),
        ("x", "y" * 10_000_000, "Of B's program 1 line more: see its own attempt."),
        ("x\n" * 40, "x\n" * 41, "The programs repeat themselves too often to be matched"),
    ],
)
def test_what_is_left_out_is_told(a: str, b: str, note: str) -> None:
    found = programs_diff(a, b)
    assert found.notes[0].startswith(note)
    assert found.lines <= 300


def test_so_many_lines_are_compared_and_no_more() -> None:
    differ = Differ(3)
    assert differ("a", "b").blocks
    assert differ("a", "c").blocks
    assert differ("a", "d").notes == (
        "The page has too many programs to show the difference of these: see each search's own.",
    )
    assert differ("a", "a").notes == ("Both selected the same program.",)
