"""What a screen reader goes by: captions, headings, and the names of what scrolls."""

import re
from itertools import pairwise
from pathlib import Path

from tests.show.page.reading import Page, page_of
from tests.support.made import SHA, failing, paper_grid, search


def test_a_screen_reader_finds_every_table_by_its_caption_and_every_point_by_its_heading(
    tmp_path: Path,
) -> None:
    page = Page(page_of(tmp_path, search() + search(model="m2") + failing("timeout", target=SHA)))
    tags = [tag for tag, _ in page.elements]
    assert {after for tag, after in pairwise(tags) if tag == "table"} == {"caption"}
    assert tags.count("table") == 14
    levels = [int(tag[1]) for tag in tags if re.fullmatch("h[1-6]", tag)]
    assert levels[0] == 1
    assert all(b - a <= 1 for a, b in pairwise(levels))
    assert sum(tag == "h3" and a.get("class") == "name" for tag, a in page.elements) == 3


def test_each_table_that_scrolls_has_a_name_of_its_own(tmp_path: Path) -> None:
    page = Page(page_of(tmp_path, paper_grid() + search(length=100, model="m2")))
    regions = [a["aria-label"] for _, a in page.elements if a.get("role") == "region"]
    assert "Test accuracy at length 100, with 100 examples, part 2 of 4" in regions
    assert len(set(regions)) == len(regions)
