"""Many points as a matrix: a row for each target, a column for each length."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from bench.record.grouping import grouped
from bench.record.key import stem
from bench.record.widths import width_of, wrapped
from bench.record.wording import counted, percent
from bench.run.points import Point
from bench.run.totals import mean_accuracy
from bench.show.recovery import LABELS, RECOVERED, SOLVED, mark
from bench.show.text_tables import aligned

LARGE = 30
"""With more points than this, the summary has a matrix in the place of a line for each."""
_MOST_ROWS = 60
"""Targets in the matrix. The page and the results have them all."""
_MOST_BANDS = 4
"""Matrices one below the other, where a terminal has no room for all lengths in one."""
_SHORTEST_NAME = 20
"""Characters that a name keeps: with fewer, the last lengths stand below."""


@dataclass(frozen=True, slots=True)
class _Matrix:
    """The cells by target, then by length."""

    head: str
    cells: Mapping[str, Mapping[int, str]]

    def band(self, lengths: Sequence[int]) -> list[tuple[str, ...]]:
        """The table of these lengths, its head first, without the targets that have none."""
        some = {name: c for name, c in self.cells.items() if any(n in c for n in lengths)}
        body = [(name, *(c.get(n, "") for n in lengths)) for name, c in some.items()]
        return [(self.head, *(f"L{n}" for n in lengths)), *body]


def matrix(points: Sequence[Point], width: int) -> list[str]:
    """The matrix of one series, none of its lines wider than `width`.

    A cell has the mark of its point, and the test accuracy where that is not 100 %; of several
    trials the solved of the decided ones that can be, and the mean test accuracy of all. `-` stands
    where none was decided. Lengths for which there is no room stand in another matrix below.
    """
    rows, targets = _rows(points)
    lengths = sorted({p.key.length for p in points}, reverse=True)
    bands = list(_bands(rows, lengths, width))
    lines: list[str] = []
    for band in bands[:_MOST_BANDS]:
        top, rule, *body = aligned(rows.band(band), width, left=range(1, len(band) + 1))
        lines += [*([""] if lines else []), top, rule, *body, rule]
    in_sight = sum(map(len, bands[:_MOST_BANDS]))
    hidden = {"length": len(lengths) - in_sight, "target": targets - len(rows.cells)}
    more = " and ".join(counted(number, what) for what, number in hidden.items() if number)
    said = f"{more} more: see the page" if more else ""
    return lines + wrapped(said, width, first="  ", then="  ")


def _rows(points: Sequence[Point]) -> tuple[_Matrix, int]:
    """The cells of the first targets, and how many targets there are."""
    targets = grouped(points, lambda p: stem(p.key.fn, p.key.target))
    has_trials = any(p.key.trial > 1 for p in points)
    cell = _cell_of_trials if has_trials else _cell_of_point
    cells = {}
    for name, some in list(targets.items())[:_MOST_ROWS]:
        by_length = grouped(some, lambda p: p.key.length)
        cells[name] = {n: cell(here) for n, here in by_length.items()}
    return _Matrix("solved, mean test" if has_trials else "test accuracy", cells), len(targets)


def _bands(rows: _Matrix, lengths: Sequence[int], width: int) -> Iterator[list[int]]:
    """The lengths, so many at a time as there is room for beside the names."""
    room = width - min(_SHORTEST_NAME, max(map(width_of, rows.cells)))
    band: list[int] = []
    left = room
    for n in lengths:
        needed = 2 + max(width_of(row[1]) for row in rows.band([n]))
        if band and needed > left:
            yield band
            band, left = [], room
        band.append(n)
        left -= needed
    yield band


def _cell_of_point(points: Sequence[Point]) -> str:
    """The cell of one point."""
    (point,) = points
    if not point.decided:
        return "dry run" if point.dry else "-"
    is_whole = point.test_acc is None or point.test_acc == 1
    return mark(point) if is_whole else f"{mark(point)} {percent(point.test_acc or 0.0)}"


def _cell_of_trials(points: Sequence[Point]) -> str:
    """The cell of several trials."""
    decided = [p for p in points if p.decided]
    mean = mean_accuracy(decided)
    if mean is None:
        return "-"
    solvable = [p for p in decided if not p.labels_alone]
    solved = sum(p.solved for p in solvable)
    parts = [f"{solved}/{len(solvable)}" if solvable else LABELS]
    if all(p.recovered for p in decided):
        parts.append(RECOVERED.removeprefix(SOLVED).strip())
    if mean.mean != 1:
        parts.append(percent(mean.mean))
    return " ".join(parts)
