"""Many points as a matrix: a row for each target, a column for each length."""

from collections.abc import Sequence
from textwrap import wrap

from bench.record.grouping import grouped
from bench.record.key import stem
from bench.record.wording import counted, percent
from bench.run.points import Point
from bench.run.totals import mean_accuracy
from bench.show.text_tables import aligned

LARGE = 200
"""With more points than this, the summary has a matrix in the place of a line for each."""
_MOST_ROWS = 60
"""Targets in the matrix. The page and the results have them all."""


def matrix(points: Sequence[Point], width: int) -> list[str]:
    """The matrix of one series: in each cell the solved of the decided points, and a mean.

    A cell has all trials of a target at a length, and the mean of their test accuracies. `-` stands
    where none was decided.
    """
    lengths = sorted({p.key.length for p in points}, reverse=True)
    targets = grouped(points, lambda p: stem(p.key.fn, p.key.target))
    head = ("solved, mean test", *(f"L{length}" for length in lengths))
    rows = [_row(name, some, lengths) for name, some in list(targets.items())[:_MOST_ROWS]]
    # The shortest lengths go first where a terminal has no room for all columns.
    spare = range(len(lengths), 1, -1)
    top, rule, *body = aligned([head, *rows], width, spare=spare)
    in_sight = sum(name in top.split() for name in head[1:])
    hidden = {"length": len(lengths) - in_sight, "target": len(targets) - len(rows)}
    more = " and ".join(counted(number, what) for what, number in hidden.items() if number)
    said = wrap(f"{more} more: see the page", width - 2) if more else []
    return [top, rule, *body, rule, *(f"  {line}" for line in said)]


def _row(name: str, points: Sequence[Point], lengths: Sequence[int]) -> tuple[str, ...]:
    by_length = grouped(points, lambda p: p.key.length)
    return (name, *(_cell(by_length.get(length, ())) for length in lengths))


def _cell(points: Sequence[Point]) -> str:
    decided = [p for p in points if p.decided]
    mean = mean_accuracy(decided)
    if mean is None:
        return "-" if points else ""
    solved = sum(p.solved for p in decided)
    return f"{solved}/{len(decided)} {percent(mean.mean)}"
