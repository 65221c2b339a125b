"""A program in one line that was escaped twice, as it was before the second time."""

import re
from collections.abc import Iterator

from bench.contract import completeness, objects

_PIECE = re.compile(r"""\\.|"{3}|'{3}|["'#]|[^\\"'#]+|\\""", re.DOTALL)
_STRING = r"""'{3}(?:[^'\\]|\\.|'(?!''))*+'{3}|'(?!'')(?:[^'\\\r\n]|\\.)*+'"""
_WELL_QUOTED = re.compile(
    rf"""(?:[^"'#\\]++|\\\r?\n|#[^\n]*+|{_STRING}|{_STRING.replace("'", '"')})*+""", re.DOTALL
)
"""A program each of whose strings ends, and on its own line, with no other backslash outside."""
_LINE_END = r"\n"
"""The escape of a line end: a backslash and an n."""


def escaped_once(line: str) -> str:
    """The program in a line that was escaped twice; else the line as it is.

    Python has escapes in strings alone: one that seems to be outside was escaped twice, and with it
    the rest. The other reading is taken where its strings end as they have to and those of the
    first do not; or, where both can be, if it is the more complete program.
    """
    whole = objects.unescaped(line)
    # If the strings were escaped only once, unescaping the whole ends lines within them.
    pieces = (objects.unescaped(p) if _is_stray(within, p) else p for within, p in _parts(line))
    but_strings = "".join(pieces)
    readings = (line, whole) if but_strings == line else (whole, but_strings)
    return max(readings, key=_likelihood)


def _likelihood(program: str) -> tuple[bool, int]:
    """Whether Python could read its strings (those in f-strings count as outside), and its rank."""
    return _WELL_QUOTED.fullmatch(program) is not None, completeness.rank(program)


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
