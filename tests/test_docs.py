"""The pages: the files that they name and the pages that they link to are there."""

import re
import tomllib
from pathlib import Path

import pytest
import yaml

from bench.__main__ import COMMANDS

ROOT = Path(__file__).parent.parent
PAGES = sorted([*ROOT.glob("*.md"), *ROOT.glob("docs/*.md")])
LONGEST_README = 150

FILE_NAMED = re.compile(r"`((?:bench|targets|tests|benchmarks|docs|\.github)/[\w./-]+)`")
LINK = re.compile(r"\]\(([^)#:]+)\)")


def _name(page: Path) -> str:
    return page.relative_to(ROOT).as_posix()


def _in_checkout(link: str) -> str:
    """The file behind a link; that of a workflow's runs and of its badge is the workflow."""
    workflow = re.fullmatch(r"../../actions/workflows/([\w.]+?)(/badge\.svg)?", link)
    return f".github/workflows/{workflow[1]}" if workflow else link


@pytest.mark.parametrize("page", PAGES, ids=_name)
def test_what_a_page_names_is_there(page: Path) -> None:
    text = page.read_text("utf-8")
    named = [ROOT / name for name in FILE_NAMED.findall(text)]
    linked = [page.parent / _in_checkout(link) for link in LINK.findall(text)]
    missing = [str(path) for path in (*named, *linked) if not path.exists()]
    assert not missing


def test_the_readme_takes_ten_minutes_and_leads_to_every_page() -> None:
    text = (ROOT / "README.md").read_text("utf-8")
    assert text.count("\n") <= LONGEST_README
    linked = set(LINK.findall(text))
    pages = {_name(page) for page in PAGES} - {"README.md"}
    assert pages <= linked


def test_the_badges_say_what_is_so() -> None:
    ci = yaml.safe_load((ROOT / ".github/workflows/ci.yml").read_text())
    versions = ci["jobs"]["suite"]["strategy"]["matrix"]["python"]
    badges = ROOT / ".github/badges"
    assert f"Python: {' | '.join(versions)}" in (badges / "python.svg").read_text()
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    assert f"licence: {project['license']}" in (badges / "licence.svg").read_text()


def test_every_command_is_in_the_page_of_commands() -> None:
    page = (ROOT / "docs/installed.md").read_text("utf-8")
    assert re.findall(r"^\| `llm-pv (\w+)", page, re.MULTILINE) == ["run", *COMMANDS]
