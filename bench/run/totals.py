"""The totals of grid points, counted in this one place: for run.json, the terminal, the page, comparisons and lists."""

from collections.abc import Iterable
from dataclasses import dataclass

from bench.jail import LACKS
from bench.record import usd
from bench.record.attempt import Attempt
from bench.record.errors import Error
from bench.run.points import Point
from bench.score.stats import Mean, clustered_mean


@dataclass(frozen=True, slots=True, kw_only=True)
class Totals:
    """What grid points come to together.

    Those of a dry run count for nothing: nothing was asked.
    """

    points: int
    """With those that were cut short: what they took is counted too."""
    decided: int
    solved: int
    unscored: int
    """Decided points without a scored program: 0 in every mean of test accuracies."""
    attempts: int
    replayed: int
    stopped_by_jail: int
    """Attempts whose program wanted what the jail refuses or lacks; it may have been right
    elsewhere.
    """
    input_tokens: int
    cached_tokens: int
    output_tokens: int
    reasoning_tokens: int
    total_tokens: int
    cost_usd: float | None
    """What the answers cost when they were bought; None where none has a price."""
    paid_usd: float | None
    """What of it this run paid: the rest came from the ledger."""
    unpriced: int
    """Attempts without a price."""
    seconds: float
    """Of answering and evaluating."""


def totals(points: Iterable[Point]) -> Totals:
    """The totals of these points."""
    asked = [p for p in points if not p.dry]
    decided = [p for p in asked if p.decided]
    attempts = [a for p in asked for a in p.attempts]
    priced = [
        (a.answer.cost_usd, a.answer.replayed) for a in attempts if a.answer.cost_usd is not None
    ]
    return Totals(
        points=len(asked),
        decided=len(decided),
        solved=sum(p.solved for p in decided),
        unscored=sum(p.test_acc is None for p in decided),
        attempts=len(attempts),
        replayed=sum(a.answer.replayed for a in attempts),
        stopped_by_jail=sum(map(_is_stopped_by_jail, attempts)),
        input_tokens=sum(a.answer.usage.input_tokens or 0 for a in attempts),
        cached_tokens=sum(a.answer.usage.cached_tokens or 0 for a in attempts),
        output_tokens=sum(a.answer.usage.output_tokens or 0 for a in attempts),
        reasoning_tokens=sum(a.answer.usage.reasoning_tokens or 0 for a in attempts),
        total_tokens=sum(a.answer.usage.total_tokens or 0 for a in attempts),
        cost_usd=usd.total(cost for cost, _ in priced) if priced else None,
        paid_usd=usd.total(cost for cost, replayed in priced if not replayed) if priced else None,
        unpriced=len(attempts) - len(priced),
        seconds=sum(p.seconds for p in asked),
    )


def _is_stopped_by_jail(attempt: Attempt) -> bool:
    said = (attempt.judgement.error_detail or "").removeprefix("on the test split: ")
    return attempt.error == Error.VIOLATION or said.startswith(LACKS)


def mean_accuracy(points: Iterable[Point]) -> Mean | None:
    """The mean test accuracy of the points that are decided, clustered by target; None where none is."""
    scores = [(p.score, p.key.target) for p in points if p.score is not None]
    return (
        clustered_mean([score for score, _ in scores], [target for _, target in scores])
        if scores
        else None
    )
