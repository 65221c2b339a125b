"""Tables of text: aligned for a terminal, however narrow it is, and GitHub's Markdown."""

import shutil
from collections.abc import Sequence

from bench.record.widths import beginning, fit, flush_left, flush_right, width_of

WIDE = 100
"""Columns where there is no terminal: in a file, or in the log of a job."""
NARROW = 40
"""Columns: nothing is made to fit a terminal that is narrower."""
_NAME = 40
"""Characters that a name keeps: columns are left out before it has fewer."""
_SHORTEST = 8
"""Characters of a name that are left in any case."""


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

    The first column and those of `left` are set flush left, the others flush right. Where there is
    no room for the names in the first column, the columns of `spare` are left out one by one, in
    their order; then the names are cut in the middle.
    """
    shown = list(range(len(rows[0])))
    widths = [_widest(rows, i) for i in shown]
    for i in spare:
        if min(widths[0], _NAME) + sum(widths[j] + 2 for j in shown[1:]) > width:
            shown.remove(i)
    others = shown[1:]
    widths[0] = max(_SHORTEST, min(widths[0], width - sum(widths[i] + 2 for i in others)))

    def line(row: Sequence[str]) -> str:
        cells = [(flush_left if i in left else flush_right)(row[i], widths[i]) for i in others]
        return beginning("  ".join([fit(row[0], widths[0]), *cells]).rstrip(), width)

    head, *body = map(line, rows)
    rule = "─" * min(width, widths[0] + sum(widths[i] + 2 for i in others))
    return [head, rule, *body]


def _widest(rows: Sequence[Sequence[str]], column: int) -> int:
    return max(width_of(row[column]) for row in rows)


def markdown_table(rows: Sequence[Sequence[str]]) -> list[str]:
    """The lines of a table in GitHub's Markdown, its head first; marks in the cells are escaped."""
    head, *body = ["| " + " | ".join(map(escape_markdown, row)) + " |" for row in rows]
    return [head, "| --- |" + " ---: |" * (len(rows[0]) - 1), *body]


def escape_markdown(text: str) -> str:
    """The text, with what has a meaning in Markdown or HTML escaped."""
    return "".join(_MARKDOWN.get(c, c) for c in text)


_MARKDOWN = {c: "\\" + c for c in "\\|*`[]#"} | {
    "<": "&lt;",
    ">": "&gt;",
    "&": "&amp;",
    "\n": " ",
    "\r": " ",
}
