"""Two searches of one question beside one another: what each came to, and what that took."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass

from bench.record.key import PointKey
from bench.record.wording import counted, duration, money, percent, percent_range
from bench.run.points import Point
from bench.show.compare.rendering import cell, signed
from bench.show.page.cells_of_two import CellOfTwo, Meeting, Trial
from bench.show.page.programs_diff import Differ, ProgramsDiff
from bench.show.page.view import came_to


@dataclass(frozen=True, slots=True, kw_only=True)
class TwoSearches:
    """One trial on both sides."""

    trial: int
    in_a: str
    """Where a's point is on the page; empty where it is not."""
    in_b: str
    rows: tuple[tuple[str, str, str], ...]
    """A name, and what there is of a and of b."""
    diff: ProgramsDiff | None
    """Of the selected programs, where both have one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class MeetingView:
    """One cell of the matrix, opened: all its trials on both sides."""

    cell: CellOfTwo
    id: str
    table: list[tuple[str, ...]]
    """A row a trial, the head first; empty where there is one trial alone."""
    trials: tuple[TwoSearches, ...]
    left_out: int
    """Trials of which the page lists neither point."""


def meeting_view(
    cell: CellOfTwo,
    met: Meeting,
    in_a: Mapping[PointKey, str],
    in_b: Mapping[PointKey, str],
    differ: Differ,
) -> MeetingView:
    """What is behind a cell; the mappings say where the points of either side are on the page."""
    shown = [t for t in met.trials if _where(t.a, in_a) or _where(t.b, in_b)]
    return MeetingView(
        cell=cell,
        id=met.id,
        table=[_HEAD, *map(_trial_row, shown)] if len(met.trials) > 1 else [],
        trials=tuple(_searches(trial, in_a, in_b, differ) for trial in shown),
        left_out=len(met.trials) - len(shown),
    )


def _where(p: Point | None, anchors: Mapping[PointKey, str]) -> str:
    return anchors.get(p.key, "") if p else ""


_HEAD = ("trial", "A", "B", "B-A", "attempts A", "attempts B", "cost A", "cost B")


def _trial_row(trial: Trial) -> tuple[str, ...]:
    sides = (trial.a, trial.b)
    difference = "" if trial.difference is None else signed(trial.difference)
    said = tuple("-" if p is None else cell(p) if p.decided else came_to(p) for p in sides)
    attempts = (str(len(p.attempts)) if p else "-" for p in sides)
    costs = (money(p.cost_usd if p else None) for p in sides)
    return (str(trial.number), *said, difference, *attempts, *costs)


def _searches(
    trial: Trial,
    in_a: Mapping[PointKey, str],
    in_b: Mapping[PointKey, str],
    differ: Differ,
) -> TwoSearches:
    of_a, of_b = _facts(trial.a), _facts(trial.b)
    codes = [p.selected.code if p and p.selected else None for p in (trial.a, trial.b)]
    return TwoSearches(
        trial=trial.number,
        in_a=_where(trial.a, in_a),
        in_b=_where(trial.b, in_b),
        rows=tuple((name, of_a[name], of_b[name]) for name in of_a),
        diff=differ(codes[0], codes[1]) if codes[0] and codes[1] else None,
    )


def _facts(p: Point | None) -> dict[str, str]:
    """What a search came to, and what it took, by what that is called."""
    if p is None:
        return {"Outcome": "not asked"} | dict.fromkeys(_FACTS, "-")
    interval = p.test_interval
    code = p.selected.code.strip("\n") if p.selected and p.selected.code else ""
    errors = Counter(a.error for a in p.attempts if a.error)
    values = (
        "-" if p.val_acc is None else percent(p.val_acc),
        "-" if p.test_acc is None else percent(p.test_acc),
        percent_range(interval.low, interval.high) if interval else "-",
        str(len(p.attempts)),
        ", ".join(f"{count} {error}" for error, count in errors.items()) or "none",
        f"{p.tokens:,}" if p.tokens else "-",
        money(p.cost_usd),
        duration(p.seconds),
        counted(code.count("\n") + 1, "line") if code else "none",
    )
    return {"Outcome": came_to(p)} | dict(zip(_FACTS, values, strict=True))


_FACTS = (
    "Validation",
    "Test accuracy",
    "95 % interval",
    "Attempts",
    "Errors",
    "Tokens",
    "Cost",
    "Time",
    "Program",
)
