"""CSV that a spreadsheet opens as data: no text that came from outside is a formula in it."""

import re
from collections.abc import Iterable

from bench.record.wording import printable

_FORMULAS = ("=", "+", "-", "@", "\t", "\r", "\n", "\uff1d", "\uff0b", "\uff0d", "\uff20")
"""What spreadsheets take for the start of a formula, also at full width (OWASP, CSV Injection)."""

_SEPARATOR = re.compile(r'[,;|"\t\n]')
"""What ends a cell, also for spreadsheets that part cells by something else than commas."""


def csv_line(row: Iterable[object]) -> str:
    """The cells of a row and a line feed.

    A text that could be a formula stands behind an apostrophe.
    """
    return ",".join(map(_cell, row)) + "\n"


def _cell(value: object) -> str:
    """Numbers as they are, nothing for None; texts printable, in quotes where they need them."""
    if not isinstance(value, str):
        return "" if value is None else str(value)
    mark = "'" if value.startswith(_FORMULAS) else ""
    text = mark + printable(value)
    is_plain = _SEPARATOR.search(text) is None
    return text if is_plain else '"' + text.replace('"', '""') + '"'
