"""One matrix of two sides: what each came to at a function and length, and the difference."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from statistics import fmean

from bench.record.grouping import grouped
from bench.record.key import id_part, stem
from bench.record.wording import counted, percent, percent_range
from bench.run.points import Point, grid_rank
from bench.show.compare import Asked, Side
from bench.show.compare.rendering import cell, signed
from bench.show.page.heat import apart
from bench.show.page.view import came_to, free_anchor


@dataclass(frozen=True, slots=True)
class Trial:
    """One trial on both sides; None for a side that was not asked."""

    a: Point | None
    b: Point | None

    @property
    def number(self) -> int:
        """Which trial it is."""
        return next(p.key.trial for p in (self.a, self.b) if p)

    @property
    def difference(self) -> float | None:
        """By how much b's test accuracy is above a's; None where not both decided it."""
        if self.a and self.b and self.a.decided and self.b.decided:
            return self.b.counted_score - self.a.counted_score
        return None


@dataclass(frozen=True, slots=True, kw_only=True)
class Meeting:
    """The trials of one function and length on both sides, and, where they are paired, by trial."""

    id: str
    trials: tuple[Trial, ...]

    @property
    def decided(self) -> list[Trial]:
        """Those that both sides decided."""
        return [trial for trial in self.trials if trial.difference is not None]

    @property
    def difference(self) -> float | None:
        """By how much b's mean test accuracy is above a's, over those; None without one."""
        apart_by = [d for trial in self.trials if (d := trial.difference) is not None]
        return fmean(apart_by) if apart_by else None


@dataclass(frozen=True, slots=True, kw_only=True)
class CellOfTwo:
    """A cell of the matrix."""

    anchor: str
    heat: str
    """The class of the difference."""
    difference: str
    a: str
    b: str
    label: str
    """All of it in words."""
    style: str
    """Where the bar of the difference begins and ends on the cell's scale."""


RowOfTwo = tuple[str, tuple[CellOfTwo | None, ...]]
"""The name of a function, and for each length the cell, where a side was asked."""


@dataclass(frozen=True, slots=True, kw_only=True)
class MatrixOfTwo:
    """The cells by function and length, and what was met behind each, by its anchor."""

    lengths: tuple[int, ...]
    rows: tuple[RowOfTwo, ...]
    meetings: Mapping[str, Meeting]


def matrix_of_two(a: Side, b: Side, prefix: str, *, paired: bool) -> MatrixOfTwo:
    """The matrix of two sides; `prefix` makes its anchors differ from those of other pairs.

    Not paired, as their datasets differ, no difference is told.
    """
    both = [first for first in (a.points.get(q) or b.points.get(q) for q in _asked(a, b)) if first]
    lengths = tuple(sorted({p.key.length for p in both}, reverse=True))
    rows, met = list[RowOfTwo](), dict[str, Meeting]()
    by_function = grouped(_asked(a, b), lambda q: (q[0][0], q[1]))
    for (_, shared), asked in by_function.items():
        at_length = dict[int, CellOfTwo]()
        for length, trials in grouped(asked, lambda q: q[0][1]).items():
            meeting = _meeting(a, b, trials)
            anchor = free_anchor(f"{prefix}{id_part(meeting.id)}", met)
            met[anchor] = meeting
            at_length[length] = _cell(anchor, meeting, paired=paired)
        rows.append((_name(a, b, asked[0], shared), tuple(map(at_length.get, lengths))))
    return MatrixOfTwo(lengths=lengths, rows=tuple(rows), meetings=met)


def _asked(a: Side, b: Side) -> list[Asked]:
    """What either side was asked, in the grid's order."""
    every = {**b.points, **a.points}
    return sorted(every, key=lambda q: (*grid_rank(every[q].key)[:4], q[1]))


def _first(a: Side, b: Side, asked: Asked) -> Point:
    return a.points.get(asked) or b.points[asked]


def _name(a: Side, b: Side, asked: Asked, shared: Sequence[str | int]) -> str:
    """The function, and what both sides share of who was asked."""
    key = _first(a, b, asked).key
    name = key.target if key.fn == key.target else f"{key.fn} {key.target}"
    return " · ".join((name, *map(str, shared)))


def _meeting(a: Side, b: Side, asked: Sequence[Asked]) -> Meeting:
    key = _first(a, b, asked[0]).key
    name = "-".join((stem(key.fn, key.target), f"L{key.length}", *map(str, asked[0][1])))
    return Meeting(id=name, trials=tuple(Trial(a.points.get(q), b.points.get(q)) for q in asked))


def _cell(anchor: str, met: Meeting, *, paired: bool) -> CellOfTwo:
    # Where both are there, both are told over the same trials: the difference is theirs.
    both = (paired and met.decided) or met.trials
    of_a, of_b = [t.a for t in both if t.a], [t.b for t in both if t.b]
    difference = met.difference if paired else None
    heat, style = apart(difference)
    return CellOfTwo(
        anchor=anchor,
        heat=heat,
        difference=_without(met, paired=paired) if difference is None else _signed(difference),
        a=_said(of_a),
        b=_said(of_b),
        label="; ".join(_label(met, of_a, of_b, difference)),
        style=style,
    )


def _signed(difference: float) -> str:
    return signed(difference) if round(difference, 3) else "0"


def _without(met: Meeting, *, paired: bool) -> str:
    """Why there is no difference."""
    on_a = any(trial.a and trial.a.decided for trial in met.trials)
    on_b = any(trial.b and trial.b.decided for trial in met.trials)
    if on_a and on_b:
        return "no pair" if paired else "not paired"
    return "A alone" if on_a else "B alone" if on_b else "not decided"


def _said(points: Sequence[Point]) -> str:
    """What one side came to."""
    decided = [p for p in points if p.decided]
    if not decided:
        return came_to(points[0]) if points else "-"
    if len(points) == 1:
        return cell(points[0])
    solvable = [p for p in decided if not p.labels_alone]
    solved = f"{sum(p.solved for p in solvable)}/{len(solvable)} " if solvable else ""
    return solved + percent(fmean(p.counted_score for p in decided))


def _label(
    met: Meeting, of_a: Sequence[Point], of_b: Sequence[Point], difference: float | None
) -> list[str]:
    """The cell in words: both sides, the difference, and what of either has no counterpart."""
    words = [f"{met.id}: A {_in_words(of_a)}", f"B {_in_words(of_b)}"]
    if difference is None:
        return words
    trials = f", mean over {counted(len(met.decided), 'trial')}" if len(met.trials) > 1 else ""
    words.append(f"B less A {signed(difference)} points of test accuracy{trials}")
    if alone := len(met.trials) - len(met.decided):
        words.append(f"{counted(alone, 'trial')} on one side alone left out")
    return words


def _in_words(points: Sequence[Point]) -> str:
    if not points:
        return "was not asked"
    if len(points) > 1:
        recovered = sum(p.recovered is True for p in points)
        solved, *mean = _said(points).rsplit(" ", 1)
        of_all = f"solved {solved}, mean {mean[0]}" if mean else solved
        return of_all + (f", {recovered} recovered" if recovered else "")
    (point,) = points
    if point.test_acc is None:
        return f"{came_to(point)}, no test accuracy"
    if point.without_labels:
        return f"{came_to(point)}, no label on any input"
    interval = point.test_interval
    about = f" ({percent_range(interval.low, interval.high)} with 95 %)" if interval else ""
    return f"{came_to(point)}, test accuracy {percent(point.test_acc)}{about}"
