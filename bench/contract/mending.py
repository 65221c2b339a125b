"""A program taken out of the wrappings that a model put about it once too often."""

import re
from collections.abc import Iterator
from textwrap import dedent

from bench.contract import blocks, objects

_PIECE = re.compile(r"""\\.|"{3}|'{3}|["'#]|[^\\"'#]+|\\""", re.DOTALL)
_LINE_END = r"\n"
"""As an escape, and no line end."""
_LONGEST_LINE = 100_000
"""Characters of a line that may be a program that was escaped twice."""


def mended(source: str) -> str:
    """The program itself, where a wrapping can mean only one thing; else the source as it is.

    Undone are: an object around it, a fence around it, a second escaping, an indent of every line.
    """
    start = source.lstrip()[:1]
    if start == "{" and (inner := list(objects.values(source))):
        source = inner[-1].code
    elif start in ("`", "~") and (fenced := blocks.fenced(source)[0]):
        source = fenced[-1].source
    is_line = len(source) <= _LONGEST_LINE and "\n" not in source.strip()
    if is_line and "\\" in source:
        source = _escaped_once(source)
    indent = source[: len(source) - len(source.lstrip())].rpartition("\n")[2]
    return dedent(source) if indent else source


def _escaped_once(line: str) -> str:
    """The program in a line that has escapes where Python knows none, and so was escaped twice."""
    parts = list(_parts(line))
    outside = {piece for within, piece in parts if _is_stray(within, piece)}
    if not outside:
        return line
    ends_a_string = any(within in ("'", '"') and piece == _LINE_END for within, piece in parts)
    if ends_a_string and outside.isdisjoint(("\\'", '\\"')):
        # The strings were escaped once: else a line would end in one.
        pieces = (objects.unescaped(p) if _is_stray(within, p) else p for within, p in parts)
        return "".join(pieces)
    return objects.unescaped(line)


def _is_stray(within: str, piece: str) -> bool:
    """Whether this is an escape outside of all strings; a comment may hold all but a line's end."""
    return piece == _LINE_END if within == "#" else not within and piece.startswith("\\")


def _parts(line: str) -> Iterator[tuple[str, str]]:
    """The pieces of a line of Python, each with the mark of the string or comment it stands in."""
    within = ""
    for piece in _PIECE.findall(line):
        yield within, piece
        if within == "#":
            within = "" if piece == _LINE_END else within
        elif within:
            within = "" if piece == within else within
        elif piece[0] in "'\"#":
            within = piece
