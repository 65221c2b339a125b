"""The programs that stand in an answer as they are: between fences, or bare among its prose."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import zip_longest
from textwrap import dedent

BLANK = "\0"
"""Takes the place of each character that is known to belong to no program."""

_FENCE = re.compile(r"`{3,}|^[ \t]*+~{3,}", re.MULTILINE)
_WORD = re.compile(r"\w+")
_OTHER_LANGUAGES = [
    "json",
    "jsonc",
    "json5",
    "jsonl",
    "yaml",
    "yml",
    "toml",
    "xml",
    "html",
    "ruby",
    "rb",
    "scala",
    "groovy",
]
"""What the fence of a block says that is no Python, though it may have `def` in it."""

_KEYWORDS = (
    "and|as|assert|async|await|break|class|continue|def|del|elif|else|except|finally|for|from|"
    "global|if|import|in|is|lambda|nonlocal|not|or|pass|raise|return|try|while|with|yield|"
    "match|case|type"
)
_NAME = rf"(?!(?:{_KEYWORDS})\b)[^\W\d][\w']*"
_START = re.compile(
    r"^(?:import [\w., ]+$|from [\w.]+ import |async def |def |class \w+[(:]|@\w|\w+(?:, \w+)* = )",
    re.MULTILINE,
)
_END = re.compile(
    r"^(?:[-*>|<{~`]|\d+[.)] |['\"]\s*}"  # a mark of Markdown, a tag, an object or its end
    rf"|[^\n{BLANK}]*{BLANK}"  # what is fenced
    rf"|[A-Z][\w']*[ ,]+[\w']+[ ,.:](?!.*=)"  # a sentence
    rf"|{_NAME}(?:\([^()\n]*\))?[ ,]+{_NAME}(?![\w']|.*=)"  # two words in a row, or f(x) and one
    rf"|{_NAME}(?: [\w']+)*:(?:[ \t]*$|[ \t]+[\w']+[ ,]+[\w']))",  # Note: it is ...
    re.MULTILINE,
)
"""An unindented line that belongs to no program."""


@dataclass(frozen=True, slots=True)
class Block:
    """A part of the text, without the indent that all of its lines share."""

    source: str
    start: int


def fenced(text: str) -> tuple[list[Block], str]:
    """The fenced blocks that may be Python, and the text with all fenced blocks blanked out.

    A fence may open behind prose on its line, and close behind code. One that nothing closes
    counts as no fence.
    """
    blocks, outside, at = list[Block](), list[str](), 0
    for start, info, body, end in _fences(text):
        outside += [text[at:start], BLANK * (end - start)]
        at = end
        source = dedent(text[body])
        language = _WORD.search(info)
        is_other = language is not None and language[0].lower() in _OTHER_LANGUAGES
        if not is_other and not source.lstrip().startswith(("{", "[")):
            blocks.append(Block(source, start))
    return blocks, "".join([*outside, text[at:]])


def _fences(text: str) -> Iterator[tuple[int, str, slice, int]]:
    """Of each fence: where it opens, what it says of its block, where that is, where it closes."""
    opening, fence, body, line_end = 0, "", 0, -1
    marks = list(_FENCE.finditer(text))
    for mark, following in zip_longest(marks, marks[1:]):
        run = mark[0].lstrip()
        if fence:
            if run.startswith(fence):
                info = text[opening + len(fence) : body]
                yield opening, info, slice(body, mark.start()), mark.end()
                fence = ""
            continue
        if mark.start() > line_end:
            end = text.find("\n", mark.end())
            line_end = end if end >= 0 else len(text)
        is_last = following is None or following.start() > line_end
        opening, fence, body = mark.end() - len(run), run, line_end + 1 if is_last else mark.end()


def bare(text: str) -> Iterator[Block]:
    """The runs of lines that may be a program: each from a definition to the prose after it."""
    at = 0
    while start := _START.search(text, at):
        end = _END.search(text, start.end())
        at = end.start() if end else len(text)
        source = text[start.start() : at].partition(BLANK)[0]
        yield Block(source.rstrip() + "\n", start.start())
