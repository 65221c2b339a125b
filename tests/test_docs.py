"""The pages: the files that they name and the pages that they link to are there."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
PAGES = sorted([*ROOT.glob("*.md"), *ROOT.glob("docs/*.md")])
LONGEST_README = 150

FILE_NAMED = re.compile(r"`((?:bench|targets|tests|benchmarks|docs|\.github)/[\w./-]+)`")
LINK = re.compile(r"\]\(([^)#:]+)\)")


def _name(page: Path) -> str:
    return page.relative_to(ROOT).as_posix()


@pytest.mark.parametrize("page", PAGES, ids=_name)
def test_what_a_page_names_is_there(page: Path) -> None:
    text = page.read_text("utf-8")
    named = [ROOT / name for name in FILE_NAMED.findall(text)]
    linked = [page.parent / link for link in LINK.findall(text)]
    missing = [str(path) for path in (*named, *linked) if not path.exists()]
    assert not missing


def test_the_readme_takes_ten_minutes_and_leads_to_every_page() -> None:
    text = (ROOT / "README.md").read_text("utf-8")
    assert text.count("\n") <= LONGEST_README
    linked = set(LINK.findall(text))
    pages = {_name(page) for page in PAGES} - {"README.md"}
    assert pages <= linked
