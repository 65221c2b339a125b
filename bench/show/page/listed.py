"""Which points of a run the page lists: all of them, unless there are very many."""

import shlex
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from bench.record.grouping import grouped
from bench.record.key import PointKey
from bench.record.wording import counted
from bench.run.masses import question
from bench.run.points import Point, in_grid_order
from bench.run.readback import Results

MOST = 20_000
"""The points that a page lists at most: with many more a browser takes too long to open it."""
ROWS = 1_000
"""The rows of the table of every point from which on it is drawn when it is opened."""

Trials = list[Point]
"""The points of one question, in the grid's order."""


def questions(results: Results) -> list[Trials]:
    """The points by what they ask and of whom, at most `MOST` such questions."""
    by_question = grouped(in_grid_order(results.points), lambda p: (p.key.fn, question(p)))
    return list(by_question.values())[:MOST]


def chosen(of_all: Sequence[Trials]) -> dict[PointKey, Point]:
    """The points that the page lists, in its order.

    Where there are too many they are the same number of each question, the same trials of all
    series, so that these stand side by side, and first those that the fewest solved.
    """
    if sum(map(len, of_all)) <= MOST:
        return {p.key: p for trials in of_all for p in trials}
    each = MOST // len(of_all)
    solved = Counter(p.key.question for trials in of_all for p in trials if p.solved)
    first = (sorted(trials, key=lambda p: solved[p.key.question])[:each] for trials in of_all)
    some = {p.key for trials in first for p in trials}
    return {p.key: p for trials in of_all for p in trials if p.key in some}


@dataclass(frozen=True, slots=True)
class LeftOut:
    """That the page does not list all points."""

    said: str
    command: str
    """What shows one point of the run."""


def left_out(results: Results, shown: int) -> LeftOut | None:
    """None where the page lists all points; else what it says where it lists `shown`."""
    if shown == len(results.points):
        return None
    missing = counted(len(results.points) - shown, "point")
    said = (
        f"{shown:,} of {counted(len(results.points), 'point')} are listed here, the same number of"
        f" each function and length, and those that are not solved first. {missing} are left out."
        " To see one, give its test id:"
    )
    path = results.path
    here = path.relative_to(Path.cwd()) if path.is_relative_to(Path.cwd()) else path
    return LeftOut(said, f"python -m bench.report {shlex.quote(str(here))} --point ID")
