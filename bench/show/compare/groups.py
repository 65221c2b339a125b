"""Points side by side: pairs that met the same dataset, or, unpaired, those of the same targets."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from statistics import fmean

from bench.record.grouping import grouped
from bench.record.key import varying
from bench.run.masses import AtFirst, at_first, proposed
from bench.run.points import Point, family, grid_rank
from bench.score import paired, stats
from bench.show.compare.sides import CompareError, Side


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
        """Test accuracy of b less that of a; without a scored program it is 0."""
        return self.b.counted_score - self.a.counted_score


@dataclass(frozen=True, slots=True, kw_only=True)
class Group:
    """The points of one family (or all), side by side."""

    name: str
    n_a: int
    n_b: int
    solvable_a: int
    """Those of a but for points that were asked for labels alone."""
    solvable_b: int
    solved_a: int
    solved_b: int
    only_a: int | None
    """Of points that both can solve, those that only a solved; None where they are not paired."""
    only_b: int | None
    test_a: float
    """Mean test accuracy, 0 for points without a scored program: `unscored_a` of them."""
    test_b: float
    unscored_a: int
    unscored_b: int
    difference: float
    """Mean test accuracy of b less that of a."""
    se: float | None
    """Standard error of the difference, clustered by target; None for one target alone."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Matched:
    """What two sides have in common, and by how much they differ in it."""

    pairs: tuple[Pair, ...]
    """Empty where the points are not paired."""
    left_out: int
    """Points that have no counterpart."""
    total: Group
    families: tuple[Group, ...]
    labels_alone: bool
    """Whether some were asked for labels alone, so that they are judged by test accuracy."""
    targets: int
    solved: paired.SignFlips
    """The test of the differences in solved points, by flipping whole targets."""
    test: paired.SignFlips
    """The test of the differences in test accuracy."""
    first_a: AtFirst | None
    """What each side solved at the first attempt: its proposal mass across these points.

    None where a predictor alone was asked, which proposes nothing.
    """
    first_b: AtFirst | None
    point_p: tuple[float, float] | None
    """The p values for solved points and test accuracy if each point were a target of its own.

    None where the points are not paired.
    """


@dataclass(frozen=True, slots=True)
class _Unit:
    """What counts once in every mean: the points of a pair, or, unpaired, those of a target."""

    target: str
    a: Sequence[Point]
    b: Sequence[Point]

    def difference(self, measure: Callable[[Point], float]) -> float:
        """The mean of a measure over b's points less that over a's."""
        return _mean(measure, self.b) - _mean(measure, self.a)


def match_points(a: Side, b: Side) -> Matched:
    """The points that both sides have.

    Raises CompareError where they met different datasets, and where there are none.
    """
    pairs = _pairs(a, b)
    units = [_Unit(pair.target, [pair.a], [pair.b]) for pair in pairs]
    matched = _matched(a, b, units, is_paired=True)
    mcnemar = paired.mcnemar_exact(matched.total.only_a or 0, matched.total.only_b or 0)
    each_alone = paired.sign_flips([p.test_difference for p in pairs], range(len(pairs)))
    return replace(matched, pairs=tuple(pairs), point_p=(mcnemar, each_alone.p))


def match_targets(a: Side, b: Side) -> Matched:
    """The points of the targets that both sides have; the means of each target are compared.

    The datasets may differ. Raises CompareError where the sides have no target in common.
    """
    of_a = grouped(a.decided.values(), lambda p: p.key.target)
    of_b = grouped(b.decided.values(), lambda p: p.key.target)
    units = [_Unit(name, points, of_b[name]) for name, points in of_a.items() if name in of_b]
    if not units:
        raise CompareError(f"{a.name} and {b.name} have no target in common")
    return _matched(a, b, units, is_paired=False)


def _matched(a: Side, b: Side, units: Sequence[_Unit], *, is_paired: bool) -> Matched:
    targets = [unit.target for unit in units]
    families = grouped(units, lambda unit: family(unit.target))
    total = _group("all", units, is_paired=is_paired)
    every = [p for unit in units for p in (*unit.a, *unit.b)]
    return Matched(
        pairs=(),
        labels_alone=any(p.labels_alone for p in every),
        left_out=len(a.decided) + len(b.decided) - total.n_a - total.n_b,
        total=total,
        families=tuple(_group(name, some, is_paired=is_paired) for name, some in families.items()),
        targets=len(set(targets)),
        solved=paired.sign_flips([unit.difference(_is_solved) for unit in units], targets),
        test=paired.sign_flips([unit.difference(_score) for unit in units], targets),
        first_a=_at_first(p for unit in units for p in unit.a),
        first_b=_at_first(p for unit in units for p in unit.b),
        point_p=None,
    )


def _at_first(points: Iterable[Point]) -> AtFirst | None:
    asked = proposed(points)
    return at_first(asked) if asked else None


def _group(name: str, units: Sequence[_Unit], *, is_paired: bool) -> Group:
    left = [p for unit in units for p in unit.a]
    right = [p for unit in units for p in unit.b]
    mean = stats.clustered_mean(
        [unit.difference(_score) for unit in units], [unit.target for unit in units]
    )
    return Group(
        name=name,
        n_a=len(left),
        n_b=len(right),
        solvable_a=_solvable(left),
        solvable_b=_solvable(right),
        solved_a=_solved(left),
        solved_b=_solved(right),
        only_a=_solved_alone(left, right) if is_paired else None,
        only_b=_solved_alone(right, left) if is_paired else None,
        test_a=fmean(_mean(_score, unit.a) for unit in units),
        test_b=fmean(_mean(_score, unit.b) for unit in units),
        unscored_a=_unscored(left),
        unscored_b=_unscored(right),
        difference=mean.mean,
        se=mean.se,
    )


def _pairs(a: Side, b: Side) -> list[Pair]:
    of_b = b.decided
    met = [(p, of_b[question]) for question, p in a.decided.items() if question in of_b]
    # What both sides share and what varies belongs to the name: else several pairs have the same.
    axes = [axis for axis in varying(p.key for p, _ in met) if _is_shared(axis, met)]
    pairs = []
    for left, right in met:
        name, target = left.key.id(axes), left.key.target
        if not _are_alike(left, right):
            raise CompareError(
                f"{name} has different datasets in {a.name} and {b.name} "
                "(other seed, sizes or negatives?); --unpaired compares them all the same"
            )
        pairs.append(Pair(name, family(target), target, left, right))
    if not pairs:
        raise CompareError(
            f"{a.name} and {b.name} have no point in common; --unpaired compares them all the same"
        )
    return sorted(pairs, key=lambda pair: grid_rank(pair.a.key))


def _is_shared(axis: str, met: Iterable[tuple[Point, Point]]) -> bool:
    """Whether both points of each pair have the same value of this axis."""
    return all(getattr(a.key, axis) == getattr(b.key, axis) for a, b in met)


def _are_alike(left: Point, right: Point) -> bool:
    """Whether they met the same dataset; in a run, train sizes share all but the examples."""
    a, b = left.attempts[0], right.attempts[0]
    is_nested = a.run_id == b.run_id and left.key.train_size != right.key.train_size
    return is_nested or a.dataset_sha256 == b.dataset_sha256


def _mean(measure: Callable[[Point], float], points: Iterable[Point]) -> float:
    return fmean(map(measure, points))


def _score(point: Point) -> float:
    return point.counted_score


def _is_solved(point: Point) -> float:
    return float(point.solved)


def _solved(points: Iterable[Point]) -> int:
    return sum(p.solved for p in points)


def _solvable(points: Iterable[Point]) -> int:
    return sum(not p.labels_alone for p in points)


def _solved_alone(points: Iterable[Point], others: Iterable[Point]) -> int:
    """How many of the points are solved where their counterpart, which can be, is not."""
    pairs = zip(points, others, strict=True)
    return sum(p.solved and not other.solved and not other.labels_alone for p, other in pairs)


def _unscored(points: Iterable[Point]) -> int:
    return sum(p.test_acc is None for p in points)
