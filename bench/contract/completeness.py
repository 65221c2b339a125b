"""How complete a program is, judged by its text: nothing here parses it, or runs it."""

import re

DEFINES_F, DEFINES_FUNCTION, SOMETHING, NOTHING = 3, 2, 1, 0
"""What a source has: a definition of `f`; that of another function with an argument; some function;
none, or only the template of one.
"""

_F = re.compile(r"^(?:async )?def f\b|^f\s*(?::[^=\n]*)?=\s*lambda\b", re.MULTILINE)
_F_BY_NAME = re.compile(r"^f\s*=\s*\w", re.MULTILINE)
_DEF = r"^[ \t]*+(?:async )?def (\w+)\s*\("
_FUNCTION = re.compile(rf"{_DEF}\s*[^\s)]|^(\w+)\s*=\s*lambda\b", re.MULTILINE)
_SOMETHING = re.compile(rf"{_DEF}|\blambda\b[^:\n]{{0,99}}:|^f\s*=(?!=)", re.MULTILINE)
_CALL = re.compile(r"(?<![.\w])([^\W\d]\w*)\s*\(")
_OPEN = re.compile(
    r"(?:(?:async )?def .*:\s*)?"
    r"(?:(?:return )?(?:\.\.\.|…)|pass|<[^<>]*>|(\"{3}|'{3}).*\1)?"
)
"""A line of a program that is still to be written."""
_LONGEST_OPEN = 200
"""Characters. A longer line is no such line."""


def rank(source: str) -> int:
    """Which of the four it is; the higher, the more complete."""
    if _is_template(source):
        return NOTHING
    is_function = _FUNCTION.search(source) is not None
    if _F.search(source) or (is_function and _F_BY_NAME.search(source)):
        return DEFINES_F
    if is_function:
        return DEFINES_FUNCTION
    return SOMETHING if _SOMETHING.search(source) else NOTHING


def functions(source: str) -> set[str]:
    """The names of the functions that it defines."""
    return {name or other for name, other in _FUNCTION.findall(source)}


def calls(source: str) -> set[str]:
    """The names that it calls."""
    return set(_CALL.findall(source))


def _is_template(source: str) -> bool:
    """Whether each line is still to be written: `...` in the place of a program."""
    return all(_is_open(line) for line in source.split("\n"))


def _is_open(line: str) -> bool:
    code = line.partition("#")[0].strip()
    return len(code) <= _LONGEST_OPEN and _OPEN.fullmatch(code) is not None
