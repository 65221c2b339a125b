"""Colours for a program, in one pass over it whatever it holds: the patterns never backtrack."""

import builtins
import keyword
import re

from markupsafe import Markup

from bench.show.page.text import inside


def _string(mark: str) -> str:
    """A string between such marks; without its end, it goes to the end of the line or text."""
    quote, more = mark[0], mark[1:]
    inner = rf"[^{quote}\\]|{quote}(?!{more})" if more else rf"[^{quote}\\\n]"
    return rf"{mark}(?:{inner}|\\.)*+(?:{mark})?+"


_STRING = "|".join(map(_string, ('"""', "'''", '"', "'")))
_TOKEN = re.compile(
    rf"(?P<c>#[^\n]*+)|(?P<s>[bBfFrRtTuU]{{0,2}}+(?:{_STRING}))"
    r"|(?P<m>\d[\w.]*+)|(?P<name>[^\W\d]\w*+)",
    re.DOTALL,
)
"""Comment, string, number, name: the group's name is the class of its colour."""

_BUILTINS = frozenset(name for name in dir(builtins) if not name.startswith("_"))


def highlight(source: str) -> Markup:
    """Python source as HTML: escaped, and with `<i class=...>` around what has a colour."""
    out, at, before = list[str](), 0, ""
    for token in _TOKEN.finditer(source):
        between, text = source[at : token.start()], token[0]
        colour = token.lastgroup if token.lastgroup != "name" else _of_name(text, before, between)
        out.append(inside(between))
        out.append(f"<i class={colour}>{inside(text)}</i>" if colour else inside(text))
        at, before = token.end(), text
    out.append(inside(source[at:]))
    return Markup("".join(out))  # noqa: S704 - each part is escaped


def _of_name(name: str, before: str, between: str) -> str:
    """The class of a name's colour: k for a keyword, f for what is defined, b for a builtin.

    It depends on the token before the name and on the text between the two.
    """
    if keyword.iskeyword(name):
        return "k"
    if before in ("def", "class"):
        return "f"
    return "b" if name in _BUILTINS and not between.endswith(".") else ""
