"""What the tests of the page share: a page built of attempts, and read as a browser would."""

from html.parser import HTMLParser
from pathlib import Path
from typing import Any

from bench.run.readback import load
from bench.show.page import build
from tests.support.made import write as write_run


class Page(HTMLParser):
    """The elements of a page and its text."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))

    def values(self, attribute: str) -> list[str]:
        return [a[attribute] or "" for _, a in self.elements if attribute in a]


def page_of(tmp_path: Path, attempts: Any, run: dict[str, Any] | None = None) -> str:
    return build(load(write_run(tmp_path, attempts, run)))
