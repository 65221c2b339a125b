"""What the tests of the page share: a page built of attempts, and read as a browser would."""

import base64
import json
import re
import zlib
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


def opened(html: str) -> str:
    """The page with all that is packed in it where the browser puts it when it is opened."""
    texts: dict[str, str] = {}
    for packed in re.findall(r'<script type="text/plain" id="[a-z]+-[0-9]+">(.*?)</script>', html):
        texts |= json.loads(zlib.decompress(base64.b64decode(packed, validate=True)))

    def put_in(html: str) -> str:
        return re.sub(
            r'(<details[^>]* id="([^"]*)"[^>]* data-in="[^"]*">\n?<summary>.*?</summary>)',
            lambda found: found[1] + put_in(texts[found[2]]),
            html,
        )

    return put_in(html)


def packed_page_of(tmp_path: Path, attempts: Any) -> str:
    """The page of these attempts as it is written."""
    return build(load(write_run(tmp_path, attempts)))


def page_of(tmp_path: Path, attempts: Any, run: dict[str, Any] | None = None) -> str:
    """The page of these attempts, opened."""
    return opened(build(load(write_run(tmp_path, attempts, run))))
