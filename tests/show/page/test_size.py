"""The page stays small enough to open, however long the texts and many the points are."""

import json
from pathlib import Path

import pytest

from tests.show.page.reading import opened, packed_page_of
from tests.support.made import LENGTHS, NAMES, PARITY, SHA, search


@pytest.mark.parametrize(("lines", "highlighted"), [(12, 300), (80, 0)])
def test_the_whole_grid_with_five_attempts_stays_below_three_megabytes(
    tmp_path: Path, lines: int, highlighted: int
) -> None:
    """Longer programs lose their colours before they lose a line."""
    sums = "".join(
        f"    if s[{i}] == '1' and len(s) > {i}: total += {i}  # {i}\n" for i in range(lines)
    )
    code = f"def f(s):\n    total = 0\n{sums}    return total % 2\n"
    attempts = [
        a
        for target in NAMES
        for length in LENGTHS
        for a in search(
            target, length, solved_at=None, attempts=5, code=code, text=json.dumps({"code": code})
        )
    ]
    packed = packed_page_of(tmp_path, attempts)
    html = opened(packed)
    assert len(packed.encode()) < 1_000_000
    assert html.count("<i class=k>return</i>") == highlighted
    assert "characters more in" not in html


@pytest.mark.parametrize("text", ["<" * 1_000_000, "é" * 200_000, "1+" * 100_000, "x" * 1_000_000])
def test_answers_of_a_megabyte_are_cut_and_the_page_stays_small(tmp_path: Path, text: str) -> None:
    attempts = [
        a
        for n in LENGTHS
        for a in search(PARITY, n, solved_at=None, attempts=2, text=text, code=text)
    ]
    packed = packed_page_of(tmp_path, [*attempts, *search(SHA)])
    assert len(packed.encode()) < 1_000_000
    html = opened(packed)
    assert "characters more in results_attempts.jsonl" in html
    assert "the parity of the ones" in html  # a short program never pays for a long one


@pytest.mark.parametrize("text", ["say 'it' ", '<&"', "\u00e9\U0001f600"])
def test_the_whole_grid_stays_small_when_every_text_of_it_is_long(
    tmp_path: Path, text: str
) -> None:
    detail = text * (2_000 // len(text))
    attempts = [
        a
        for target in NAMES
        for length in LENGTHS
        for a in search(
            target,
            length,
            solved_at=None,
            attempts=5,
            prompt=f"{target}{length}" + text * 2_000,
            text=text * 2_000,
            prompt_sha256=f"{target}{length}"[-16:],
            code=f"x = {text * 2_000!r}",
            error="runtime_error",
            error_detail=detail,
            outcome={"notes": [detail]},
        )
    ]
    packed = packed_page_of(tmp_path, attempts)
    assert len(packed.encode()) < 1_000_000
    assert opened(packed).count('<pre data-prompt="') == 60
