"""The values of `"code"` in an answer's JSON objects, also where an object is only nearly JSON."""

import re
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass

_KEY = re.compile(r"""(["'])code\1\s*+:\s*+(\"{3}|'{3}|["'`])""")
_MOST_KEYS = 1000
"""How many keys are looked at, from the end."""


def _body(mark: str) -> re.Pattern[str]:
    """What stands between two such marks. Nothing is ever given back, so that it takes one pass."""
    quote, more = mark[0], mark[1:]
    inside = rf"\\.|{quote}(?!{more})" if more else r"\\."
    return re.compile(rf"[^{quote}\\]*+(?:(?:{inside})[^{quote}\\]*+)*+", re.DOTALL)


_BODIES = {mark: _body(mark) for mark in ('"', "'", "`", '"""', "'''")}

_KEY_NEXT = r"""(["'])[^"'\\\n]{1,99}\1\s*+:"""
_AFTER = re.compile(rf"\s*+(?:,\s*+(?:{_KEY_NEXT}|[}}\]]|\Z)|[}}\]]|\Z|```)")
"""What follows a value: else a quote in it was not escaped, and nobody can tell where it ends."""

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

    Taken for JSON's are also Python's quotes, bare line ends, unknown escapes, and trailing commas.
    """
    for key in deque(_KEY.finditer(text), _MOST_KEYS):
        mark = key[2]
        body = _BODIES[mark].match(text, key.end())
        end = (body.end() if body else key.end()) + len(mark)
        if body and text.startswith(mark, body.end()) and _AFTER.match(text, end):
            yield Value(_read(body[0]), key.start(), end)


def _read(body: str) -> str:
    """The text between two quotes. Where its lines end as they are, other escapes are Python's."""
    return _QUOTED.sub(r"\1", body) if "\n" in body.strip() else unescaped(body)


def unescaped(text: str) -> str:
    """What the escapes of a string of JSON stand for. One that JSON does not know stays."""
    if "\\" not in text:
        return text
    plain = _ESCAPE.sub(_meaning, text)
    # Two escapes may be the halves of one character.
    return plain.encode("utf-16", "surrogatepass").decode("utf-16", "surrogatepass")


def _meaning(escape: re.Match[str]) -> str:
    if escape[1]:
        return chr(int(escape[1], 16))
    return _MEANINGS.get(escape[2], escape[0])
