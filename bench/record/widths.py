"""How wide texts are in a terminal, where a CJK character or an emoji takes two columns.

Terminals differ in sequences of emoji that are joined to one: here each of them counts.
"""

import math
import re
from collections.abc import Iterator
from itertools import accumulate, takewhile
from textwrap import TextWrapper
from unicodedata import category, east_asian_width

_FILL = "\ue000"
"""A character for private use, which stands for the second column of the one behind it."""
_NARROW = re.compile(
    "[\x00-\xac\xae-\u02ff\u2010-\u2027\u2030-\u205e\u2200-\u22ff\u2500-\u257f✓✗]*"
)
"""What takes a column a character for certain: nearly all texts, and this finds it at once."""


def width_of(text: str) -> int:
    """The columns that a text of one line takes."""
    return len(text) if _NARROW.fullmatch(text) else sum(map(_width_of, text))


def _width_of(character: str) -> int:
    if category(character) in ("Mn", "Me", "Cf"):
        return 0
    return 2 if east_asian_width(character) in ("W", "F") else 1


def beginning(text: str, width: int) -> str:
    """The longest beginning that takes so many columns at most."""
    if width_of(text) <= width:
        return text
    fitting = takewhile(lambda used: used <= width, accumulate(map(_width_of, text)))
    return text[: sum(1 for _ in fitting)]


def _end(text: str, width: int) -> str:
    """The longest end that takes so many columns at most, and begins with a whole character."""
    fitting = takewhile(lambda used: used <= width, accumulate(map(_width_of, reversed(text))))
    start = len(text) - sum(1 for _ in fitting)
    while start < len(text) and not _width_of(text[start]):
        start += 1
    return text[start:]


def flush_left(text: str, width: int) -> str:
    """The text flush left in a column of this width."""
    return text + " " * (width - width_of(text))


def flush_right(text: str, width: int) -> str:
    """The text flush right in a column of this width."""
    return " " * (width - width_of(text)) + text


def fit(text: str, width: int) -> str:
    """The text brought to a width: filled with spaces, or cut in its middle."""
    if width_of(text) <= width:
        return flush_left(text, width)
    keep = width - 1
    return flush_left(f"{beginning(text, math.ceil(keep / 2))}…{_end(text, keep // 2)}", width)


class _Wrapper(TextWrapper):
    """Breaks also before and behind a wide character, which counts two."""

    def _split(self, text: str) -> list[str]:
        return [part for chunk in super()._split(text) for part in _parts(chunk)]


def _parts(chunk: str) -> Iterator[str]:
    """Each wide character behind a fill, with the marks that it carries; and what is between."""
    at = 0
    for wide in _WIDE.finditer(chunk):
        yield from filter(None, (chunk[at : wide.start()], wide[0]))
        at = wide.end()
    yield from filter(None, (chunk[at:],))


_WIDE = re.compile(f"{_FILL}.[\u0300-\u036f\u200d\u20d0-\u20ff\ufe00-\ufe0f]*")


def wrapped(
    text: str, width: int, *, first: str = "", then: str = "", hyphens: bool = True
) -> list[str]:
    """The text in lines of this width at most, the first behind `first`, the others behind `then`.

    With `hyphens` a word is also broken behind one.
    """
    wrapper = _Wrapper(width, initial_indent=first, subsequent_indent=then)
    wrapper.break_on_hyphens = hyphens
    if _NARROW.fullmatch(text):
        return wrapper.wrap(text)
    plain = text.replace(_FILL, "\ufffd")
    filled = "".join(_FILL + c if _width_of(c) == 2 else c for c in plain)
    return [line.replace(_FILL, "") for line in wrapper.wrap(filled)]
