"""Tables of text: aligned for a terminal, however narrow it is, and GitHub's Markdown."""

import shutil
from collections.abc import Sequence

from bench.record.wording import fit

WIDE = 100
"""Columns where there is no terminal: in a file, or in the log of a job."""
NARROW = 40
"""Columns below which nothing is made to fit."""
_NAME = 40
"""Characters that a name may take from the columns behind it."""
_SHORTEST = 8
"""Characters of a name that are left, whatever stands behind it."""


def terminal_width() -> int:
    """Columns of the terminal, or of `COLUMNS` in the environment; at least `NARROW`."""
    return max(NARROW, shutil.get_terminal_size((WIDE, 24)).columns)


def aligned(
    rows: Sequence[Sequence[str]],
    width: int,
    *,
    spare: Sequence[int] = (),
    left: Sequence[int] = (),
) -> list[str]:
    """A head, a rule and rows, none wider than `width`.

    The first column, and those of `left`, read from the left. Where there is no room for the names
    in the first column, the columns of `spare` are left out, one after the other; then the names
    are cut in the middle.
    """
    columns = list(range(len(rows[0])))
    widths = [max(len(row[i]) for row in rows) for i in columns]
    for i in spare:
        if min(widths[0], _NAME) + sum(widths[j] + 2 for j in columns[1:]) > width:
            columns.remove(i)
    others = columns[1:]
    widths[0] = max(_SHORTEST, min(widths[0], width - sum(widths[i] + 2 for i in others)))

    def line(row: Sequence[str]) -> str:
        cells = [row[i].ljust(widths[i]) if i in left else row[i].rjust(widths[i]) for i in others]
        return "  ".join([fit(row[0], widths[0]), *cells]).rstrip()[:width]

    head, *body = map(line, rows)
    rule = "─" * min(width, widths[0] + sum(widths[i] + 2 for i in others))
    return [head, rule, *body]


def markdown_table(rows: Sequence[Sequence[str]]) -> list[str]:
    """The lines of a head and its rows, as GitHub's Markdown; the cells' own marks are escaped."""
    head, *body = ["| " + " | ".join(map(escape_markdown, row)) + " |" for row in rows]
    return [head, "| --- |" + " ---: |" * (len(rows[0]) - 1), *body]


def escape_markdown(text: str) -> str:
    """The text without a meaning in Markdown or HTML."""
    return "".join(_MARKDOWN.get(c, c) for c in text)


_MARKDOWN = {c: "\\" + c for c in "\\|*`[]#"} | {
    "<": "&lt;",
    ">": "&gt;",
    "&": "&amp;",
    "\n": " ",
    "\r": " ",
}
