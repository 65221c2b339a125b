"""Text from models, made safe to look at: visible, and of bounded size."""

from collections.abc import Iterable, Mapping

from markupsafe import Markup

from bench.wording import encodable

_PICTURES = {c: chr(0x2400 + c) for c in range(0x20) if c not in (0x09, 0x0A)} | {0x7F: "\u2421"}
_BIDI = (*range(0x202A, 0x202F), *range(0x2066, 0x206A), 0x200E, 0x200F, 0x061C)
_VISIBLE = _PICTURES | {c: f"[U+{c:04X}]" for c in _BIDI} | {c: f"[U+{c:04X}]" for c in range(0x80, 0xA0)}
"""Control characters are drawn as pictures; those that turn the direction of writing are spelled out."""


def visible(text: str) -> str:
    """The text with nothing hidden in it, and nothing that UTF-8 cannot say."""
    return encodable(text.replace("\r\n", "\n").translate(_VISIBLE))


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


IN_ELEMENT = {"<": 4, "&": 5}
"""Bytes of what is escaped inside an element."""
IN_SCRIPT = {"<": 6, '"': 2, "\\": 2, "\n": 2, "\t": 2, "\u2028": 6}
"""Bytes of what is escaped in a string of JSON inside a `<script>`."""


def clip(text: str, limit: int, escaped: Mapping[str, int] = IN_ELEMENT) -> tuple[str, int]:
    """The text's beginning that takes at most `limit` bytes of the page, and how many characters are left out."""
    if page_size(text, escaped) <= limit:
        return text, 0
    size = 0
    for i, character in enumerate(text):
        size += escaped.get(character) or len(character.encode())
        if size > limit:
            return text[:i], len(text) - i
    return text, 0


def inside(text: str) -> Markup:
    """The text as the content of an element: quotes and `>` mean nothing there, and programs are full of them."""
    return Markup(text.replace("&", "&amp;").replace("<", "&lt;"))  # noqa: S704 - this is the escaping


def page_size(text: str, escaped: Mapping[str, int] = IN_ELEMENT) -> int:
    """How many bytes the text takes on the page, once escaped."""
    return len(text.encode()) + sum(text.count(c) * (size - len(c.encode())) for c, size in escaped.items())
