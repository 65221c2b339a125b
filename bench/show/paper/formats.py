"""The tables of a paper as text, Markdown, CSV and LaTeX."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby

from bench.record.csvtext import csv_line
from bench.record.widths import width_of, wrapped
from bench.record.wording import percent, printable
from bench.show.paper.paper_tables import Cell, Curves, Paper, PaperTable, PublishedCell
from bench.show.text_tables import WIDE, aligned, escape_markdown, markdown_table

SUPERSCRIPTS = str.maketrans("abcdefg", "ᵃᵇᶜᵈᵉᶠᵍ")


@dataclass(frozen=True, slots=True)
class _Grid:
    """A table of any format: its title, its head, and rows that begin with so many names."""

    title: str
    head: tuple[str, ...]
    names: int
    rows: tuple[tuple[str | Cell | PublishedCell | None, ...], ...]
    notes: tuple[str, ...] = ()


def _grids(paper: Paper) -> list[_Grid]:
    return [_of_table(paper.table), *map(_of_curves, paper.curves)]


def _of_table(table: PaperTable) -> _Grid:
    rows = tuple((row.name, *row.cells) for row in table.rows)
    return _Grid(table.title, ("method", *table.heads), 1, rows, table.notes)


def _of_curves(curves: Curves) -> _Grid:
    rows = tuple((one.head, one.row.name, *one.row.cells) for one in curves.rows)
    return _Grid(curves.title, ("task", "method", *map(str, curves.values)), 2, rows)


def shown(cell: str | Cell | PublishedCell | None) -> str:
    """A cell as text: per cent, the marks of a published number raised."""
    if isinstance(cell, Cell):
        return _number(cell.mean) + ("" if cell.sd is None else f" ± {100 * cell.sd:.1f}")
    if isinstance(cell, PublishedCell):
        return f"{cell.accuracy:.1f}{cell.marks.translate(SUPERSCRIPTS)}"
    return "-" if cell is None else cell


def _number(share: float) -> str:
    """A share in per cent without the sign: 100 is said of exactly 1 alone."""
    return percent(share).removesuffix("%")


def sheets(table: PaperTable, width: int) -> list[list[tuple[str, ...]]]:
    """The first table as texts, its head first: in as many parts as fit so many characters."""
    rows = _shown_rows(_of_table(table))
    return [_only(rows, columns) for columns in _blocks(rows, 1, width)]


def _shown_rows(grid: _Grid) -> list[tuple[str, ...]]:
    return [grid.head, *(tuple(map(shown, row)) for row in grid.rows)]


def as_text(paper: Paper, width: int = WIDE) -> str:
    """Tables that fit the width: the columns that do not are in a further table below."""
    lines: list[str] = []
    for grid in _grids(paper):
        lines += [*wrapped(grid.title, width), ""]
        rows = _once_each_task(grid)
        for columns in _blocks(rows, grid.names, width):
            part = _only(rows, columns)
            lines += [*aligned(part, width, left=tuple(range(1, grid.names))), ""]
        for note in grid.notes:
            lines += wrapped(note, width, then="  ")
        lines += [""] if grid.notes else []
    return "\n".join(lines)


def _once_each_task(grid: _Grid) -> list[tuple[str, ...]]:
    """The rows as texts; of rows of one task in a row, the first alone names it."""
    head, *body = _shown_rows(grid)
    if grid.names == 1:
        return [head, *body]
    rows = [head]
    for _, of_task in groupby(body, key=lambda row: row[0]):
        first, *others = of_task
        rows += [first, *(("", *row[1:]) for row in others)]
    return rows


def _only(rows: Sequence[Sequence[str]], columns: Sequence[int]) -> list[tuple[str, ...]]:
    return [tuple(row[i] for i in columns) for row in rows]


def _blocks(rows: Sequence[Sequence[str]], names: int, width: int) -> Iterator[list[int]]:
    """The columns of each table that fits the width: those of the names, and some of the others."""
    widths = [max(width_of(row[i]) for row in rows) + 2 for i in range(len(rows[0]))]
    first = list(range(names))
    used, columns = sum(widths[:names]), list(first)
    for i in range(names, len(widths)):
        if used + widths[i] > width and len(columns) > names:
            yield columns
            used, columns = sum(widths[:names]), list(first)
        used += widths[i]
        columns.append(i)
    yield columns


def as_markdown(paper: Paper) -> str:
    """Tables of GitHub's Markdown, each with its title, the notes below the first."""
    lines: list[str] = []
    for grid in _grids(paper):
        lines += [f"### {escape_markdown(grid.title)}", "", *markdown_table(_shown_rows(grid)), ""]
        lines += [f"{escape_markdown(note)}  " for note in grid.notes]
        lines += [""] if grid.notes else []
    return "\n".join(lines)


COLUMNS = (
    "table",
    "task",
    "method",
    "length",
    "train_size",
    "mean",
    "sd",
    "trials",
    "published",
    "marks",
    "source",
)
"""The columns of the CSV: accuracies are shares, also the published ones."""


def as_csv(paper: Paper) -> str:
    """A row for each number, `COLUMNS` its columns."""
    table = paper.table
    rows: list[tuple[object, ...]] = []
    for row in table.rows:
        for task, length, cell in zip(table.tasks, table.lengths, row.cells, strict=True):
            rows += _csv_rows(("methods", task, row.name, length, table.examples), cell)
    for curves in paper.curves:
        for one in curves.rows:
            for value, cell in zip(curves.values, one.row.cells, strict=True):
                at = (value, table.examples) if one.length is None else (one.length, value)
                rows += _csv_rows((curves.by, one.task, one.row.name, *at), cell)
    return "".join(map(csv_line, [COLUMNS, *rows]))


def _csv_rows(
    about: tuple[object, ...], cell: Cell | PublishedCell | None
) -> list[tuple[object, ...]]:
    if isinstance(cell, Cell):
        return [(*about, cell.mean, cell.sd, cell.trials, None, None, None)]
    if isinstance(cell, PublishedCell):
        source = cell.method.source
        told = f"{source.title}, {source.version}, {source.table}"
        return [(*about, None, None, None, round(cell.accuracy / 100, 6), cell.marks, told)]
    return []


def as_latex(paper: Paper) -> str:
    """Tables for the package booktabs, each in a float of its own."""
    return "\n".join(map(_latex, _grids(paper)))


def _latex(grid: _Grid) -> str:
    columns = "l" * grid.names + "r" * (len(grid.head) - grid.names)
    lines = [r"\begin{table}", r"\centering", rf"\caption{{{escape_latex(grid.title)}}}"]
    lines += [rf"\begin{{tabular}}{{{columns}}}", r"\toprule", _latex_line(grid.head), r"\midrule"]
    lines += [_latex_line(row) for row in grid.rows]
    lines += [r"\bottomrule", r"\end{tabular}"]
    if grid.notes:
        notes = r" \\ ".join(map(escape_latex, grid.notes))
        lines += ["", r"\medskip", rf"\parbox{{\linewidth}}{{\footnotesize {notes}}}"]
    return "\n".join([*lines, r"\end{table}", ""])


def _latex_line(cells: Sequence[str | Cell | PublishedCell | None]) -> str:
    return " & ".join(map(_latex_cell, cells)) + r" \\"


def _latex_cell(cell: str | Cell | PublishedCell | None) -> str:
    if isinstance(cell, Cell):
        mean = _number(cell.mean)
        return mean if cell.sd is None else rf"${mean} \pm {100 * cell.sd:.1f}$"
    if isinstance(cell, PublishedCell):
        raised = rf"$^{{\mathrm{{{cell.marks}}}}}$" if cell.marks else ""
        return f"{cell.accuracy:.1f}{raised}"
    return "--" if cell is None else escape_latex(cell)


def escape_latex(text: str) -> str:
    """The text, with what has a meaning in LaTeX escaped, on one line."""
    return "".join(_LATEX.get(c, c) for c in printable(" ".join(text.split())))


_LATEX = {c: "\\" + c for c in "&%$#_{}"} | {
    "\\": r"\textbackslash{}",
    "~": r"\textasciitilde{}",
    "^": r"\textasciicircum{}",
    "<": r"\textless{}",
    ">": r"\textgreater{}",
    "·": r"\textperiodcentered{}",
}
