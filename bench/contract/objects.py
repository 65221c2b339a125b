"""The values of `"code"` in an answer's JSON objects, some of which are only nearly JSON."""

import re
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass

_KEY = re.compile(r"""(["'])code\1\s*+:\s*+(\"{3}|'{3}|["'`])""")
_MOST_KEYS = 1000
"""How many keys are looked at, counted from the end."""


def _body(mark: str) -> re.Pattern[str]:
    """What stands between two such marks. It never backtracks, so that one pass is enough."""
    quote, more = mark[0], mark[1:]
    inside = rf"\\.|{quote}(?!{more})" if more else r"\\."
    return re.compile(rf"[^{quote}\\]*+(?:(?:{inside})[^{quote}\\]*+)*+", re.DOTALL)


_BODIES = {mark: _body(mark) for mark in ('"', "'", "`", '"""', "'''")}

_KEY_NEXT = r"""(["'])[^"'\\\n]{1,99}\1\s*+:"""
_AFTER = re.compile(rf"\s*+(?:,\s*+(?:{_KEY_NEXT}|[}}\]]|\Z)|[}}\]]|\Z|```)")
"""What has to follow a value. Otherwise it holds an unescaped quote, and its end is unknown."""

_ESCAPE = re.compile(r"\\(?:u([0-9a-fA-F]{4})|(.))", re.DOTALL)
_QUOTED = re.compile(r"""\\(["'`\\/])""")
_MEANINGS = {"n": "\n", "t": "\t", "r": "\r", "b": "\b", "f": "\f", **{c: c for c in "\"'\\/`"}}


@dataclass(frozen=True, slots=True)
class Value:
    """The value of a key `code`, and the part of the text that holds key and value."""

    code: str
    start: int
    end: int


def values(text: str) -> Iterator[Value]:
    """Every such value, in order.

    Python's quotes, bare line ends, unknown escapes and trailing commas are accepted as well.
    """
    for key in deque(_KEY.finditer(text), _MOST_KEYS):
        mark = key[2]
        body = _BODIES[mark].match(text, key.end())
        end = (body.end() if body else key.end()) + len(mark)
        if body and text.startswith(mark, body.end()) and _AFTER.match(text, end):
            yield Value(_read(body[0]), key.start(), end)


def _read(body: str) -> str:
    """The text between two quotes. If it has real line ends, its escapes belong to the program."""
    return _QUOTED.sub(r"\1", body) if "\n" in body.strip() else unescaped(body)


def unescaped(text: str) -> str:
    """The text with JSON's escapes resolved. An escape that JSON does not know stays as it is."""
    if "\\" not in text:
        return text
    plain = _ESCAPE.sub(_meaning, text)
    # Two escapes may be the halves of one character.
    return plain.encode("utf-16", "surrogatepass").decode("utf-16", "surrogatepass")


def _meaning(escape: re.Match[str]) -> str:
    if escape[1]:
        return chr(int(escape[1], 16))
    return _MEANINGS.get(escape[2], escape[0])
