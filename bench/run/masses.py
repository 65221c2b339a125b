"""The proposal masses of a run's points: for each question over its trials, and across questions.

An answer is right where its program's validation accuracy is 1.0, as the search itself takes it:
only the selected program is scored on the test split.
"""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from bench.record.attempt import PROGRAM
from bench.record.grouping import grouped
from bench.record.key import Series
from bench.run.points import Point, in_grid_order
from bench.score.mass import Draws, Mass, attempts_needed, proposal_mass
from bench.score.stats import Interval, clopper_pearson, clustered_mean

Question = tuple[str, int, Series]
"""Target, length and series: what all trials of a point have in common."""


@dataclass(frozen=True, slots=True)
class AtFirst:
    """The share of points solved at the first attempt: the mean of their proposal masses."""

    solved: int
    points: int
    interval: Interval | None

    @property
    def share(self) -> float:
        """In [0, 1]."""
        return self.solved / self.points


def question(point: Point) -> Question:
    """What a point asks of whom, whichever trial it is."""
    return (point.key.target, point.key.length, point.key.series)


def proposed(points: Iterable[Point]) -> list[Point]:
    """The decided points whose attempts are draws of a proposer: a predictor draws nothing."""
    return [p for p in points if p.decided and p.hypothesis == PROGRAM]


def masses(points: Iterable[Point]) -> dict[Question, Mass]:
    """The proposal mass of each question, over its trials; of decided points alone."""
    decided = proposed(in_grid_order(points))
    most = max((len(p.attempts) for p in decided), default=1)
    found: dict[Question, list[Draws]] = {}
    for p in decided:
        found.setdefault(question(p), []).extend(_draws(p, most))
    return {asked: proposal_mass(draws) for asked, draws in found.items()}


def _draws(point: Point, most: int) -> list[Draws]:
    """A search as draws.

    `most` is how many were allowed, where the search stopped early and its line does not tell.
    """
    made, outcome = len(point.attempts), point.outcome
    solved_at = point.solved_at or 0
    goes_on = 0 < solved_at < made
    stops_early = (
        outcome.stops_early if outcome and outcome.stops_early is not None else not goes_on
    )
    if not stops_early:
        return [Draws(1, int(a.val_acc == 1.0)) for a in point.attempts]
    allowed = outcome.allowed if outcome else None
    if allowed is None:
        allowed = most if solved_at else made
    return [Draws(max(allowed, made), solved_at)]


def at_first(points: Sequence[Point]) -> AtFirst:
    """The share of these points, decided ones and at least one, that their first attempt solved.

    A fit to all attempts of several questions at once would be biased, since hard ones take more
    attempts than easy ones; the first attempts are one for each. The interval is clustered by
    target. Of one target it is exact for the mean over these very points (Clopper and Pearson;
    wider than need be where the masses differ: Hoeffding 1956, Ann. Math. Statist. 27:713).
    """
    hits = [float(p.solved_at == 1) for p in points]
    targets = [p.key.target for p in points]
    solved = round(sum(hits))
    if len(set(targets)) == 1:
        return AtFirst(solved, len(hits), clopper_pearson(solved, len(hits)))
    return AtFirst(solved, len(hits), clustered_mean(hits, targets).share_interval)


MASS_COLUMNS = (
    "level",
    "target",
    "length",
    "model",
    "reasoning_effort",
    "prompt_name",
    "tools",
    "train_size",
    "points",
    "answers",
    "right",
    "mass",
    "mass_low",
    "mass_high",
    "attempts_95",
    "attempts_95_low",
    "attempts_95_high",
)
"""The columns of a table of proposal masses."""


def mass_rows(points: Iterable[Point]) -> list[dict[str, Any]]:
    """A row for each question, target and series; `MASS_COLUMNS` their columns.

    Across questions the mass is the share solved at the first attempt, and there is no number of
    attempts: questions of different masses need more than one of their mean mass would.
    """
    decided = proposed(in_grid_order(points))
    trials = Counter(question(p) for p in decided)
    rows = []
    for asked, mass in masses(decided).items():
        rows.append(_question_row(asked, trials[asked], mass))
    by_target = grouped(decided, lambda p: (p.key.target, p.key.series))
    by_series = grouped(decided, lambda p: p.key.series)
    rows += [_across_row("target", target, who, some) for (target, who), some in by_target.items()]
    rows += [_across_row("model", None, who, some) for who, some in by_series.items()]
    return rows


def _question_row(asked: Question, trials: int, mass: Mass) -> dict[str, Any]:
    target, length, series = asked
    low, high = mass.interval.low, mass.interval.high
    needed = [attempts_needed(share) for share in (mass.estimate, high, low)]
    numbers = (trials, mass.answers, mass.right, mass.estimate, low, high, *needed)
    return _row("point", target, length, *series, *numbers)


def _across_row(
    level: str, target: str | None, series: Series, points: Sequence[Point]
) -> dict[str, Any]:
    first = at_first(points)
    ends = (first.interval.low, first.interval.high) if first.interval else (None, None)
    numbers = (first.points, first.points, first.solved, first.share, *ends, None, None, None)
    return _row(level, target, None, *series, *numbers)


def _row(*values: object) -> dict[str, Any]:
    return dict(zip(MASS_COLUMNS, values, strict=True))
