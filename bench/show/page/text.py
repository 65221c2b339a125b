"""Text from models, made fit for the page: all of it visible, and of bounded size."""

from bisect import bisect_right
from collections.abc import Iterable

from markupsafe import Markup

from bench.record.wording import UNPRINTABLE, printable

_SPELLED = {code: f"[U+{code:04X}]" for code in UNPRINTABLE}
_PICTURES = {code: chr(0x2400 + code) for code in UNPRINTABLE if code < 0x20}
_VISIBLE = _SPELLED | _PICTURES | {0x7F: "\u2421"}
"""What stands for an unprintable character: its picture, or, without one, its number."""


def visible(text: str) -> str:
    """The text with nothing hidden in it, and nothing that UTF-8 cannot write."""
    return printable(text, _VISIBLE)


def fair_limit(lengths: Iterable[int], budget: int) -> int:
    """The largest limit L for which texts of these lengths, each cut to L, fit the budget together.

    Only the longest are cut: a short text never pays for a long one.
    """
    ordered = sorted(lengths)
    left = budget
    for i, length in enumerate(ordered):
        share = left // (len(ordered) - i)
        if length > share:
            return share
        left -= length
    return max(ordered, default=0)


_ESCAPED = {"<": 4, "&": 5}
"""How many bytes each character takes that is escaped inside an element."""


def clip(text: str, limit: int) -> tuple[str, int]:
    """The beginning that takes at most `limit` bytes of the page, and the characters left out."""
    if page_size(text) <= limit:
        return text, 0
    longest = range(min(len(text), limit) + 1)
    kept = bisect_right(longest, limit, key=lambda length: page_size(text[:length])) - 1
    return text[:kept], len(text) - kept


def inside(text: str) -> Markup:
    """The text as the content of an element, escaped.

    Quotes and `>` mean nothing there, and stay: programs are full of them.
    """
    escaped = text.replace("&", "&amp;").replace("<", "&lt;")
    return Markup(escaped)  # noqa: S704 - this is the escaping


def page_size(text: str) -> int:
    """How many bytes the text takes on the page, once escaped."""
    growths = (text.count(c) * (size - len(c.encode())) for c, size in _ESCAPED.items())
    return len(text.encode()) + sum(growths)
