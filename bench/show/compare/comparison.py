"""Compare runs, or the values of one axis inside a run: `python -m bench.compare A B [...]`.

The first is the reference. Points are paired by what was asked: target, length, trial, and the
axes that both sides share. The unit of evidence is the target: a model that solves a target at one
length tends to solve it at all, so that its points are not independent. Solved points and test
accuracies are both tested by flipping the signs of whole targets' differences. P values and
intervals come from that one test, and are adjusted (Holm) for all the tests made.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from bench.record.wording import counted
from bench.score.paired import holm, holm_levels, least_clusters
from bench.score.stats import Interval
from bench.show.compare.groups import Group, Matched, match_points, match_targets
from bench.show.compare.sides import Side, differing_options

Finding = Literal["better", "worse", "no evidence"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Measure:
    """By how much two sides differ in one thing: b less a."""

    name: str
    difference: float
    interval: Interval | None
    """It excludes 0 exactly where the adjusted p is evidence.

    None where there are too few targets for one, or where all of them differ by as much.
    """
    p: float
    adjusted: float
    """The p value, adjusted for all tests made."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Comparison:
    """One side against the reference."""

    a: str
    b: str
    level: float
    tests: int
    """How many tests the p values are adjusted for."""
    paired: bool
    options: Mapping[str, tuple[Any, Any]]
    """The options in which the two runs differ, but for those of files: name to both values."""
    matched: Matched
    solved: Measure
    test: Measure
    verdict: Finding
    why: str

    @property
    def judged_by(self) -> tuple[Measure, ...]:
        """What the verdict follows from."""
        return (self.test,) if self.matched.labels_alone else (self.solved, self.test)

    @property
    def met(self) -> str:
        """What the points of a pair have in common."""
        sizes = {p.a.key.train_size - p.b.key.train_size for p in self.matched.pairs}
        return "the same datasets" if sizes <= {0} else "the same validation and test splits"

    @property
    def total(self) -> Group:
        """All points side by side."""
        return self.matched.total


def compare(sides: Sequence[Side], *, level: float = 0.95, paired: bool = True) -> list[Comparison]:
    """Each side against the first.

    Raises CompareError where the datasets differ and the points are to be paired.
    """
    match = match_points if paired else match_targets
    reference, *others = sides
    return judge([(reference, other, match(reference, other)) for other in others], level)


def judge(met: Sequence[tuple[Side, Side, Matched]], level: float = 0.95) -> list[Comparison]:
    """The second side of each against the first, by what they have in common.

    The p values are adjusted for the tests of all of them.
    """
    tests = [test for _, _, matched in met for test in (matched.solved, matched.test)]
    p_values = [test.p for test in tests]
    adjusted, levels = holm(p_values), holm_levels(p_values, level)
    measures = [
        Measure(
            name=("solved points", "test accuracy")[i % 2],
            difference=test.mean,
            interval=test.interval(levels[i]),
            p=test.p,
            adjusted=adjusted[i],
        )
        for i, test in enumerate(tests)
    ]
    return [
        _judge(a, b, matched, measures[2 * i : 2 * i + 2], level, len(tests))
        for i, (a, b, matched) in enumerate(met)
    ]


def _judge(
    a: Side, b: Side, matched: Matched, measures: Sequence[Measure], level: float, tests: int
) -> Comparison:
    """The verdict: the direction that one measure shows and the other does not contradict."""
    solved, test = measures
    judged_by = (test,) if matched.labels_alone else (solved, test)
    shown = [measure for measure in judged_by if measure.adjusted <= 1 - level]
    signs = {measure.difference > 0 for measure in shown}
    verdict: Finding = "no evidence"
    if len(signs) == 1:
        verdict = "better" if signs.pop() else "worse"
    return Comparison(
        a=a.name,
        b=b.name,
        level=level,
        tests=tests,
        paired=matched.point_p is not None,
        options=differing_options(a, b),
        matched=matched,
        solved=solved,
        test=test,
        verdict=verdict,
        why=_why(verdict, shown, matched, level, tests),
    )


def _why(
    verdict: Finding, shown: Sequence[Measure], matched: Matched, level: float, tests: int
) -> str:
    targets = matched.targets
    if verdict != "no evidence":
        return " and ".join(measure.name for measure in shown)
    if shown:
        return "the two measures contradict each other"
    least = least_clusters(level, tests)
    if targets < least:
        few = f"{counted(targets, 'target')} {'is' if targets == 1 else 'are'} too few"
        return f"{few} to show it at the level {level:g}: {least} are needed"
    if matched.labels_alone:
        return f"test accuracy does not differ at the level {level:g}"
    return f"neither measure differs at the level {level:g}"
