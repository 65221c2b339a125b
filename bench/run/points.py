"""The grid points of a run, put together from its attempts."""

from collections.abc import Iterable
from dataclasses import dataclass, fields
from functools import cached_property
from typing import Any

from bench.record import usd
from bench.record.attempt import Attempt
from bench.record.grouping import grouped
from bench.record.key import PointKey, Series
from bench.record.outcome import Counterexample, Generalization, Outcome, Shortcut
from bench.score.stats import Interval, wilson
from targets import registered


@dataclass(frozen=True)
class Point:
    """The attempts of one grid point, in order, and what came of them."""

    key: PointKey
    attempts: tuple[Attempt, ...]

    @cached_property
    def outcome(self) -> Outcome | None:
        """The outcome on the last attempt's line; None where the line is missing."""
        return next((a.outcome for a in reversed(self.attempts) if a.outcome is not None), None)

    @cached_property
    def selected(self) -> Attempt | None:
        """The attempt that was selected, if any was."""
        return next((a for a in self.attempts if a.selected), None)

    @cached_property
    def dry(self) -> bool:
        """Whether nothing was asked: a dry run records requests alone."""
        return all(
            a.request is not None and a.answer.text is None and a.error is None
            for a in self.attempts
        )

    @cached_property
    def decided(self) -> bool:
        """Whether the search came to its end.

        One that an outage or the budget cut short counts neither for a model nor against it.
        """
        return self.outcome is not None and not self.dry

    @property
    def solved(self) -> bool:
        """Whether a candidate reached validation accuracy exactly 1.0."""
        return self.val_acc == 1.0

    @cached_property
    def labels_alone(self) -> bool:
        """Whether it was decided by labels of test inputs alone, so that it cannot be solved."""
        return self.decided and any(a.labels_alone for a in self.attempts)

    @property
    def solved_at(self) -> int | None:
        """The number of the first perfect attempt."""
        return next((a.attempt for a in self.attempts if a.val_acc == 1.0), None)

    @cached_property
    def val_acc(self) -> float | None:
        """The best validation accuracy of all attempts."""
        return max((a.val_acc for a in self.attempts if a.val_acc is not None), default=None)

    @property
    def test_acc(self) -> float | None:
        """The selected candidate's test accuracy."""
        return self.selected.test_acc if self.selected else None

    @property
    def score(self) -> float | None:
        """The test accuracy as means take it: 0 without a scored program; None if not decided."""
        return (self.test_acc or 0.0) if self.decided else None

    @property
    def counted_score(self) -> float:
        """The score of a point that is known to be decided."""
        return self.score or 0.0

    @property
    def test_size(self) -> int | None:
        """How many inputs the test accuracy is over."""
        size = self.outcome.test_size if self.outcome else None
        return size if size is not None and size > 0 else None

    @property
    def without_labels(self) -> bool:
        """Whether its program is known to give no label at all on the test split.

        It raised there, or gave something else than 0 or 1: it does not say the opposite.
        """
        found = self.outcome.test_no_label if self.outcome else None
        return found is not None and found == self.test_size

    @cached_property
    def test_interval(self) -> Interval | None:
        """The test accuracy's 95 % interval (Wilson)."""
        if self.test_acc is None or self.test_size is None:
            return None
        return wilson(round(self.test_acc * self.test_size), self.test_size)

    @property
    def hypothesis(self) -> str:
        """Whether what was scored is a program or a predictor."""
        return self.attempts[0].hypothesis

    @property
    def stopped_early(self) -> bool:
        """Whether a perfect attempt ended the search before its attempts ran out."""
        return any(a.stopped_early for a in self.attempts)

    @property
    def shortcut(self) -> Shortcut | None:
        """The shortcut audit's best rule for this dataset, and its accuracy."""
        return self.outcome.shortcut if self.outcome else None

    @property
    def generalization(self) -> tuple[Generalization, ...]:
        """The selected program at other lengths."""
        return self.outcome.generalization if self.outcome else ()

    @property
    def recovered(self) -> bool | None:
        """Whether its program is the rule as far as is known; None where that was not tried."""
        return self.outcome.recovered if self.outcome else None

    @property
    def counterexample(self) -> Counterexample | None:
        """An input on which the program of a solved point is not the rule."""
        return self.outcome.counterexample if self.outcome else None

    @property
    def notes(self) -> tuple[str, ...]:
        """What a reader of the numbers has to know."""
        return self.outcome.notes if self.outcome else ()

    @property
    def tokens(self) -> int:
        """Input and output tokens of all attempts, replayed ones included."""
        usages = [a.answer.usage for a in self.attempts]
        return sum((u.input_tokens or 0) + (u.output_tokens or 0) for u in usages)

    @property
    def cost_usd(self) -> float | None:
        """What the answers cost when they were bought; None where none has a price."""
        costs = [a.answer.cost_usd for a in self.attempts if a.answer.cost_usd is not None]
        return usd.total(costs) if costs else None

    @property
    def seconds(self) -> float:
        """Time of asking and of evaluating, all attempts."""
        asking = sum(a.answer.duration_ms or 0.0 for a in self.attempts)
        evaluating = sum(a.judgement.eval_ms or 0.0 for a in self.attempts)
        return (asking + evaluating) / 1000


POINT_COLUMNS = (
    *(f.name for f in fields(PointKey)),
    "family",
    "decided",
    "solved",
    "solved_at",
    "attempts",
    "val_acc",
    "test_acc",
    "score",
    "test_low",
    "test_high",
    "test_size",
    "shortcut_acc",
    "recovered",
    "counterexample",
    "falsify_tried",
    "tokens",
    "cost_usd",
    "seconds",
    "dataset_sha256",
    "hypothesis",
)
"""The columns of a table of points."""


def point_row(point: Point) -> dict[str, Any]:
    """One point as a flat row, `POINT_COLUMNS` its columns."""
    key = {f.name: getattr(point.key, f.name) for f in fields(PointKey)}
    interval, shortcut = point.test_interval, point.shortcut
    counterexample = point.counterexample
    return key | {
        "family": family(point.key.target),
        "decided": point.decided,
        "solved": point.solved,
        "solved_at": point.solved_at,
        "attempts": len(point.attempts),
        "val_acc": point.val_acc,
        "test_acc": point.test_acc,
        "score": point.score,
        "test_low": interval.low if interval else None,
        "test_high": interval.high if interval else None,
        "test_size": point.test_size,
        "shortcut_acc": shortcut.accuracy if shortcut else None,
        "recovered": point.recovered,
        "counterexample": counterexample.input if counterexample else None,
        "falsify_tried": point.outcome.falsify_tried if point.outcome else 0,
        "tokens": point.tokens,
        "cost_usd": point.cost_usd,
        "seconds": point.seconds,
        "dataset_sha256": point.attempts[0].dataset_sha256,
        "hypothesis": point.hypothesis,
    }


def group(attempts: Iterable[Attempt]) -> tuple[Point, ...]:
    """The attempts, by grid point, in the order in which the points come."""
    by_point = grouped(attempts, lambda a: a.point)
    return tuple(Point(key, _in_order(some)) for key, some in by_point.items())


def _in_order(attempts: Iterable[Attempt]) -> tuple[Attempt, ...]:
    return tuple(sorted(attempts, key=lambda a: a.attempt))


def in_grid_order(points: Iterable[Point]) -> tuple[Point, ...]:
    """The points by function and falling length: several workers end them in any order."""
    return tuple(sorted(points, key=lambda p: grid_rank(p.key)))


def grid_rank(key: PointKey) -> tuple[str, str, int, int, Series]:
    """What points are sorted by to be in the grid's order."""
    return (key.fn, key.target, -key.length, key.trial, key.series)


def family(target: str) -> str:
    """The target's family; `other` for one that is not registered here."""
    entry = registered(target)
    return entry.family if entry else "other"


def target_rule(target: str) -> str | None:
    """The target's rule in one line, where it is registered here."""
    entry = registered(target)
    return entry.rule if entry else None
