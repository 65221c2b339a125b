"""Compare runs, or the values of one axis inside a run: `python -m bench.compare A B [...]`.

The first is the reference. Points are paired by what was asked (target, length, trial, and the axes that both sides
share); solved points are tested by McNemar's exact test, test accuracies by flipping the signs of their differences,
and both p values are adjusted (Holm) for all the tests made. `--unpaired` takes Fisher's test and a permutation test.
"""

from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from statistics import fmean
from typing import Any, Literal

from bench import stats
from bench.points import AXES, Point, PointKey, family
from bench.results import Results

Verdict = Literal["better", "worse", "no evidence"]


class CompareError(ValueError):
    """One line: what cannot be compared, why, and what to do."""


@dataclass(frozen=True, slots=True)
class Side:
    """One side of a comparison: a run, or one value of an axis."""

    name: str
    points: Mapping[Hashable, Point]
    """By what was asked. Those that were cut short count for what they took, and for nothing else."""
    options: Mapping[str, Any] = field(default_factory=dict)
    """The run's, where its manifest is known."""

    @property
    def decided(self) -> Mapping[Hashable, Point]:
        """The points that can be compared."""
        return {key: p for key, p in self.points.items() if p.decided}


@dataclass(frozen=True, slots=True)
class Pair:
    """One point on both sides."""

    id: str
    family: str
    target: str
    a: Point
    b: Point

    @property
    def test_difference(self) -> float:
        """Test accuracy of b less that of a; 0 for one without a scored program."""
        return (self.b.score or 0.0) - (self.a.score or 0.0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Group:
    """The points of one family (or all), side by side."""

    name: str
    n_a: int
    n_b: int
    solved_a: int
    solved_b: int
    only_a: int | None
    """Points that a alone solved; None where the points are not paired."""
    only_b: int | None
    test_a: float | None
    """Mean test accuracy, in which a point without a scored program is 0: `unscored_a` of them."""
    test_b: float | None
    unscored_a: int
    unscored_b: int
    difference: float | None
    se: float | None
    """Of the difference, clustered by target; None unless paired and of two targets or more."""
    interval: stats.Interval | None
    """Of the difference, by the bootstrap."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Comparison:
    """One side against the reference."""

    a: str
    b: str
    level: float
    paired: bool
    pairs: tuple[Pair, ...]
    left_out: int
    """Points that only one of the sides has."""
    options: Mapping[str, tuple[Any, Any]]
    """The options that the two runs were given different values of, those for files apart."""
    total: Group
    families: tuple[Group, ...]
    p_solved: float
    p_test: float
    adjusted: tuple[float, float]
    verdict: Verdict
    why: str


def sides_of_runs(runs: Sequence[Results]) -> list[Side]:
    """A side for each run. Axes on which each side has one single value name the sides, and do not part the points."""
    points = [[p for p in run.points if not p.dry] for run in runs]
    apart = [axis for axis in AXES if any(len({getattr(p.key, axis) for p in some}) > 1 for some in points)]
    names = _names([run.name for run in runs])
    return [
        Side(name, {_identity(p.key, apart): p for p in some}, _options(run))
        for name, run, some in zip(names, runs, points, strict=True)
    ]


def sides_of_axis(run: Results, axis: str) -> list[Side]:
    """A side for each value of an axis inside a run, in the order in which the run's options give them."""
    others = [other for other in AXES if other != axis]
    sides: dict[str, dict[Hashable, Point]] = {}
    for p in run.points:
        if not p.dry:
            sides.setdefault(getattr(p.key, axis), {})[_identity(p.key, others)] = p
    if len(sides) < 2:
        only = next(iter(sides), "none at all")
        raise CompareError(f"{run.path}: comparing by {axis} needs two values of it, and the run has {only}")
    order = _given_order(run, axis)
    names = sorted(sides, key=lambda name: order.index(name) if name in order else len(order))
    return [Side(name, sides[name]) for name in names]


def _given_order(run: Results, axis: str) -> list[str]:
    """The values of an axis as the manifest has them; with several workers the points end in any order."""
    given = _options(run).get("prompt_template" if axis == "prompt_name" else axis)
    values = map(str, given) if isinstance(given, list) else ()
    return [Path(value).stem if axis == "prompt_name" else value for value in values]


def compare(sides: Sequence[Side], *, level: float = 0.95, paired: bool = True) -> list[Comparison]:
    """Each side against the first. Raises CompareError where the datasets differ and the points are to be paired."""
    reference, *others = sides
    drafts = [(_paired if paired else _unpaired)(reference, other, level) for other in others]
    adjusted = stats.holm(p for draft in drafts for p in (draft.p_solved, draft.p_test))
    return [_judge(draft, adjusted[2 * i], adjusted[2 * i + 1]) for i, draft in enumerate(drafts)]


def _options(run: Results) -> Mapping[str, Any]:
    options = run.run.get("options")
    return options if isinstance(options, Mapping) else {}


def _differing_options(a: Side, b: Side) -> dict[str, tuple[Any, Any]]:
    names = [name for name in a.options if name in b.options and name not in _OF_FILES]
    return {name: (a.options[name], b.options[name]) for name in names if a.options[name] != b.options[name]}


_OF_FILES = (
    "dataset_dir", "raw_dir", "reports_dir", "ledger", "out_jsonl", "out_csv", "baseline", "write_baseline",
    "api_key_file",
)  # fmt: skip
"""Options that change where things are, and no result."""


@dataclass(frozen=True, slots=True)
class _Draft:
    a: Side
    b: Side
    level: float
    paired: bool
    pairs: tuple[Pair, ...]
    left_out: int
    total: Group
    families: tuple[Group, ...]
    p_solved: float
    p_test: float


def _paired(a: Side, b: Side, level: float) -> _Draft:
    left_side, right_side = a.decided, b.decided
    shared = [key for key in left_side if key in right_side]
    if not shared:
        raise CompareError(f"{a.name} and {b.name} have no point in common; --unpaired compares them all the same")
    pairs = []
    for key in shared:
        left, right = left_side[key], right_side[key]
        if left.attempts[0].dataset_sha256 != right.attempts[0].dataset_sha256:
            raise CompareError(
                f"{left.key.id()} has different datasets in {a.name} and {b.name} (other seed, sizes or negatives?); "
                "--unpaired compares them all the same"
            )
        pairs.append(Pair(left.key.id(), family(left.key.target), left.key.target, left, right))
    pairs.sort(key=lambda pair: (pair.a.key.fn, pair.target, -pair.a.key.length, pair.a.key.trial, pair.a.key.series))
    total = _paired_group("all", pairs, level)
    return _Draft(
        a, b, level, True, tuple(pairs), len(left_side) + len(right_side) - 2 * len(shared), total,
        tuple(_paired_group(name, [p for p in pairs if p.family == name], level) for name in _families(pairs)),
        stats.mcnemar_exact(total.only_a or 0, total.only_b or 0),
        stats.sign_flip([p.test_difference for p in pairs]),
    )  # fmt: skip


def _paired_group(name: str, pairs: Sequence[Pair], level: float) -> Group:
    differences = [p.test_difference for p in pairs]
    mean = stats.clustered_mean(differences, [p.target for p in pairs], level)
    left, right = [p.a for p in pairs], [p.b for p in pairs]
    return Group(
        name=name,
        n_a=len(pairs),
        n_b=len(pairs),
        solved_a=sum(p.solved for p in left),
        solved_b=sum(p.solved for p in right),
        only_a=sum(p.a.solved and not p.b.solved for p in pairs),
        only_b=sum(p.b.solved and not p.a.solved for p in pairs),
        test_a=_mean(left),
        test_b=_mean(right),
        unscored_a=_unscored(left),
        unscored_b=_unscored(right),
        difference=mean.mean,
        se=mean.se,
        interval=stats.paired_bootstrap(differences, level),
    )


def _unpaired(a: Side, b: Side, level: float) -> _Draft:
    left, right = list(a.decided.values()), list(b.decided.values())
    if not left or not right:
        raise CompareError(f"{(b if left else a).name} has no points")
    total = _unpaired_group("all", left, right, level)
    groups = []
    for name in dict.fromkeys(family(p.key.target) for p in (*left, *right)):
        of_a, of_b = ([p for p in side if family(p.key.target) == name] for side in (left, right))
        groups.append(_unpaired_group(name, of_a, of_b, level))
    tests_a, tests_b = _scores(left), _scores(right)
    return _Draft(
        a, b, level, False, (), 0, total, tuple(groups),
        stats.fisher_exact(total.solved_a, total.n_a, total.solved_b, total.n_b),
        stats.permutation(tests_a, tests_b) if tests_a and tests_b else 1.0,
    )  # fmt: skip


def _unpaired_group(name: str, left: Sequence[Point], right: Sequence[Point], level: float) -> Group:
    a, b = _scores(left), _scores(right)
    return Group(
        name=name,
        n_a=len(left),
        n_b=len(right),
        solved_a=sum(p.solved for p in left),
        solved_b=sum(p.solved for p in right),
        only_a=None,
        only_b=None,
        test_a=_mean(left),
        test_b=_mean(right),
        unscored_a=_unscored(left),
        unscored_b=_unscored(right),
        difference=fmean(b) - fmean(a) if a and b else None,
        se=None,
        interval=stats.unpaired_bootstrap(a, b, level) if a and b else None,
    )


def _judge(draft: _Draft, p_solved: float, p_test: float) -> Comparison:
    """The verdict: a direction that one measure shows at the level, and the other does not contradict at it."""
    total, alpha = draft.total, 1 - draft.level
    signs = set()
    why = []
    rate_a, rate_b = total.solved_a / total.n_a, total.solved_b / total.n_b
    if p_solved <= alpha:
        signs.add(rate_b > rate_a)
        why.append("solved points")
    if p_test <= alpha and total.difference:
        signs.add(total.difference > 0)
        why.append("test accuracy")
    verdict: Verdict = "no evidence"
    if len(signs) == 1:
        verdict = "better" if signs.pop() else "worse"
    reason = "the two measures contradict each other" if len(why) == 2 and verdict == "no evidence" else ""
    return Comparison(
        a=draft.a.name,
        b=draft.b.name,
        level=draft.level,
        paired=draft.paired,
        pairs=draft.pairs,
        left_out=draft.left_out,
        options=_differing_options(draft.a, draft.b),
        total=total,
        families=draft.families,
        p_solved=draft.p_solved,
        p_test=draft.p_test,
        adjusted=(p_solved, p_test),
        verdict=verdict,
        why=reason or " and ".join(why) or f"neither measure differs at the level {draft.level:g}",
    )


def _identity(key: PointKey, axes: Sequence[str]) -> Hashable:
    return (key.question, tuple(getattr(key, axis) for axis in axes))


def _families(pairs: Sequence[Pair]) -> list[str]:
    return list(dict.fromkeys(p.family for p in pairs))


def _names(names: Sequence[str]) -> list[str]:
    """The names, with a number where one comes twice."""
    return [f"{name} ({i + 1})" if names.count(name) > 1 else name for i, name in enumerate(names)]


def _scores(points: Sequence[Point]) -> list[float]:
    return [p.score or 0.0 for p in points]


def _mean(points: Sequence[Point]) -> float | None:
    return fmean(_scores(points)) if points else None


def _unscored(points: Sequence[Point]) -> int:
    return sum(p.test_acc is None for p in points)
