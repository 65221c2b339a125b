"""From an answer's text to the candidate's source. The text is hostile: nothing here runs it."""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import takewhile
from textwrap import dedent
from typing import Literal

_FENCE = re.compile(r"(`{3,}|~{3,})[^`~]*$")
_DEF = re.compile(r"^(?:import [\w., ]+$|from [\w.]+ import |async def |def |class \w+[(:]|@\w|\w+ = )", re.MULTILINE)
_PROSE = re.compile(r"[A-Z][\w']*[ ,]+[\w']+[ ,.:](?!.*=)")
"""An unindented line that begins like this, after a bare program, is none of its lines."""
_CODE_KEY = re.compile(r'\{\s*"')
_MOST_OBJECTS = 200
"""How many openings of an object are tried, from the end: an answer of a megabyte of braces must not take minutes."""


@dataclass(frozen=True, slots=True)
class Extracted:
    """The candidate's source, and how it was found: None and None where there is none."""

    code: str | None
    contract: Literal["strict", "lenient"] | None


def extract(text: str | None) -> Extracted:
    """The candidate in an answer.

    Strict: the whole text is one JSON object with a string `code`. Lenient, in this order: the last such object in
    the text (its line ends may be bare), the last fenced block that defines something, a bare `def` to the end of the
    text or to the prose behind it.
    """
    if text is None or not text.strip():
        return Extracted(None, None)
    if (code := _code(_parse(text.strip()))) is not None:
        return Extracted(code, "strict")
    text = text.replace("\r\n", "\n")
    code = _last_object(text) or _last_fence(text) or _bare(text)
    return Extracted(code, "lenient" if code is not None else None)


def _parse(text: str) -> object:
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        return None


def _code(value: object) -> str | None:
    code = value.get("code") if isinstance(value, dict) else None
    return code if isinstance(code, str) and code.strip() else None


def _last_object(text: str) -> str | None:
    decoder = json.JSONDecoder(strict=False)
    for start in reversed([m.start() for m in _CODE_KEY.finditer(text)][-_MOST_OBJECTS:]):
        try:
            value, _ = decoder.raw_decode(text, start)
        except (ValueError, RecursionError):
            continue
        if (code := _code(value)) is not None:
            return code
    return None


def _last_fence(text: str) -> str | None:
    blocks = [block for block in _fenced(text) if "def " in block or "lambda" in block]
    return blocks[-1] if blocks else None


def _fenced(text: str) -> Iterator[str]:
    """The blocks between fences of backquotes or tildes, whatever stands behind the opening one, without indent."""
    mark, block = "", list[str]()
    for line in text.split("\n"):
        if mark:
            before, closed, _ = line.partition(mark)
            if closed:
                yield dedent("\n".join([*block, before if before.strip() else ""]))
                mark = ""
            else:
                block.append(line)
        elif opening := _FENCE.search(line):
            mark, block = opening[1], []


def _bare(text: str) -> str | None:
    if not re.search(r"^(?:async )?def \w+\s*\(", text, re.MULTILINE):
        return None
    start = _DEF.search(text)
    if start is None:
        return None
    lines = takewhile(lambda line: not _PROSE.match(line), text[start.start() :].split("\n"))
    return "\n".join(lines).strip() + "\n"
