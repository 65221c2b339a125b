"""The totals of grid points, counted here alone: for run.json and for all that is shown."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from bench.jail import lack_in
from bench.record import usd
from bench.record.attempt import Attempt
from bench.record.errors import Error
from bench.record.fields import fitting, needed, record
from bench.run.points import Point
from bench.score.stats import Mean, clustered_mean


@dataclass(frozen=True, slots=True, kw_only=True)
class Totals:
    """What grid points come to together. Those of a dry run are left out: nothing was asked."""

    points: int
    """Also those that were cut short: what they took counts too."""
    decided: int
    labels_alone: int
    """Decided points that cannot be solved, as labels of test inputs were all that was asked."""
    solved: int
    recovered: int
    """Solved points whose program was tried as the rule, and not refuted."""
    refuted: int
    """Those whose program was."""
    unscored: int
    """Decided points without a scored program: 0 in every mean of test accuracies."""
    test_acc: float | None
    """That mean over the decided points; None where there is none."""
    attempts: int
    replayed: int
    stopped_by_jail: int
    """Attempts whose program wanted what the jail refuses or lacks. It may be right elsewhere."""
    input_tokens: int
    cached_tokens: int
    output_tokens: int
    reasoning_tokens: int
    total_tokens: int
    cost_usd: float | None
    """What the answers cost when they were bought; None where none has a price."""
    paid_usd: float | None
    """The part of `cost_usd` that this run paid: the rest came from the ledger."""
    unpriced: int
    """Attempts without a price."""
    seconds: float
    """The time of answering and evaluating."""

    @property
    def solvable(self) -> int:
        """Decided points that can be solved: a rate of solved points is one of these."""
        return self.decided - self.labels_alone


def totals(points: Iterable[Point]) -> Totals:
    """The totals of these points."""
    asked = [p for p in points if not p.dry]
    decided = [p for p in asked if p.decided]
    attempts = [a for p in asked for a in p.attempts]
    costs = [a.answer.cost_usd for a in attempts if a.answer.cost_usd is not None]
    paid = [a.answer.paid_now for a in attempts]
    usages = [a.answer.usage for a in attempts]
    mean = mean_accuracy(decided)
    return Totals(
        points=len(asked),
        decided=len(decided),
        labels_alone=sum(p.labels_alone for p in decided),
        solved=sum(p.solved for p in decided),
        recovered=sum(p.recovered is True for p in decided),
        refuted=sum(p.recovered is False for p in decided),
        unscored=sum(p.test_acc is None for p in decided),
        test_acc=mean.mean if mean else None,
        attempts=len(attempts),
        replayed=sum(a.answer.replayed for a in attempts),
        stopped_by_jail=sum(map(_is_stopped_by_jail, attempts)),
        input_tokens=sum(u.input_tokens or 0 for u in usages),
        cached_tokens=sum(u.cached_tokens or 0 for u in usages),
        output_tokens=sum(u.output_tokens or 0 for u in usages),
        reasoning_tokens=sum(u.reasoning_tokens or 0 for u in usages),
        total_tokens=sum(u.total_tokens or 0 for u in usages),
        cost_usd=usd.total(costs) if costs else None,
        paid_usd=usd.total(paid) if costs else None,
        unpriced=len(attempts) - len(costs),
        seconds=sum(p.seconds for p in asked),
    )


def written_totals(plain: Mapping[str, Any]) -> Totals | None:
    """The totals as they stand in run.json; None where an earlier version wrote less."""
    known = fitting(plain, Totals)
    return record(known, Totals) if all(name in known for name in needed(Totals)) else None


def _is_stopped_by_jail(attempt: Attempt) -> bool:
    judged = attempt.judgement
    return judged.error == Error.VIOLATION or lack_in(judged.said_by_jail) is not None


def mean_accuracy(points: Iterable[Point]) -> Mean | None:
    """The mean test accuracy of the decided points, clustered by target; None if there is none."""
    scores: list[float] = []
    targets: list[str] = []
    for p in points:
        if p.score is not None:
            scores.append(p.score)
            targets.append(p.key.target)
    return clustered_mean(scores, targets) if scores else None
