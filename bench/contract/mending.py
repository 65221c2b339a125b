"""A program that a model wrapped once too often, without the wrapping."""

import re
from collections.abc import Iterator
from textwrap import dedent

from bench.contract import blocks, objects

_PIECE = re.compile(r"""\\.|"{3}|'{3}|["'#]|[^\\"'#]+|\\""", re.DOTALL)
_LINE_END = r"\n"
"""The escape of a line end: a backslash and an n."""
_LONGEST_LINE = 100_000
"""Characters. A longer line is not tried as a program that was escaped twice."""


def mended(source: str) -> str:
    """The program without a wrapping that can mean only one thing; else the source as it is.

    What is undone: an object or a fence around it, a second escaping, an indent of every line.
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
    """The program in a line that was escaped twice: it has escapes where Python allows none."""
    parts = list(_parts(line))
    outside = {piece for within, piece in parts if _is_stray(within, piece)}
    if not outside:
        return line
    ends_a_string = any(within in ("'", '"') and piece == _LINE_END for within, piece in parts)
    if ends_a_string and outside.isdisjoint(("\\'", '\\"')):
        # The strings were escaped only once: otherwise a line would end within one of them.
        pieces = (objects.unescaped(p) if _is_stray(within, p) else p for within, p in parts)
        return "".join(pieces)
    return objects.unescaped(line)


def _is_stray(within: str, piece: str) -> bool:
    """Whether this is an escape outside of all strings. In a comment only a line end counts."""
    return piece == _LINE_END if within == "#" else not within and piece.startswith("\\")


def _parts(line: str) -> Iterator[tuple[str, str]]:
    """The pieces of a line of Python, each with the mark of the string or comment around it."""
    within = ""
    for piece in _PIECE.findall(line):
        yield within, piece
        if within == "#":
            within = "" if piece == _LINE_END else within
        elif within:
            within = "" if piece == within else within
        elif piece[0] in "'\"#":
            within = piece
