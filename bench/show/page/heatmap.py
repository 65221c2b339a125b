"""The heat maps at the top of the page: test accuracy by function and length."""

from collections.abc import Sequence
from dataclasses import dataclass

from bench.record.grouping import grouped
from bench.show.page.trials import QuestionView

HeatRow = tuple[str, tuple[QuestionView | None, ...]]
"""The name of a function, and for each length the question, where it was asked."""


@dataclass(frozen=True, slots=True, kw_only=True)
class HeatMap:
    """One table with a row for each function; its cells hold the questions of one length."""

    title: str
    lengths: tuple[int, ...]
    rows: tuple[HeatRow, ...]


def heat_maps(questions: Sequence[QuestionView]) -> list[HeatMap]:
    """A table for each proposer."""
    lengths = tuple(sorted({q.length for q in questions}, reverse=True))
    maps = []
    for name, some in grouped(questions, lambda q: q.series).items():
        maps.append(HeatMap(title=name, lengths=lengths, rows=_rows(some, lengths)))
    return maps


def _rows(questions: Sequence[QuestionView], lengths: Sequence[int]) -> tuple[HeatRow, ...]:
    rows = []
    for (fn, target), some in grouped(questions, lambda q: (q.fn, q.target)).items():
        at_length = {q.length: q for q in some}
        name = target if fn == target else f"{fn} {target}"
        rows.append((name, tuple(map(at_length.get, lengths))))
    return tuple(rows)
