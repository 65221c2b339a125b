"""Points side by side: pairs that met the same dataset, or, unpaired, those of the same targets."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from statistics import fmean

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
    """Points that only a solved; None where the points are not paired."""
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
    targets: int
    solved: paired.SignFlips
    """The test of the differences in solved points, by flipping whole targets."""
    test: paired.SignFlips
    """The test of the differences in test accuracy."""
    point_p: tuple[float, float] | None
    """The p values for solved points and test accuracy if each point were a target of its own.

    None where the points are not paired.
    """


def match_points(a: Side, b: Side) -> Matched:
    """The points that both sides have.

    Raises CompareError where they met different datasets, and where there are none.
    """
    pairs = _pairs(a, b)
    targets = [p.target for p in pairs]
    names = dict.fromkeys(p.family for p in pairs)
    total = _paired_group("all", pairs)
    by_solved = [float(p.b.solved) - float(p.a.solved) for p in pairs]
    by_test = [p.test_difference for p in pairs]
    each = range(len(pairs))
    mcnemar = paired.mcnemar_exact(total.only_a or 0, total.only_b or 0)
    return Matched(
        pairs=tuple(pairs),
        left_out=len(a.decided) + len(b.decided) - 2 * len(pairs),
        total=total,
        families=tuple(
            _paired_group(name, [p for p in pairs if p.family == name]) for name in names
        ),
        targets=len(set(targets)),
        solved=paired.sign_flips(by_solved, targets),
        test=paired.sign_flips(by_test, targets),
        point_p=(mcnemar, paired.sign_flips(by_test, each).p),
    )


def _pairs(a: Side, b: Side) -> list[Pair]:
    left_side, right_side = a.decided, b.decided
    pairs = []
    for key in (key for key in left_side if key in right_side):
        left, right = left_side[key], right_side[key]
        if left.attempts[0].dataset_sha256 != right.attempts[0].dataset_sha256:
            raise CompareError(
                f"{left.key.id()} has different datasets in {a.name} and {b.name} "
                "(other seed, sizes or negatives?); --unpaired compares them all the same"
            )
        pairs.append(Pair(left.key.id(), family(left.key.target), left.key.target, left, right))
    if not pairs:
        raise CompareError(
            f"{a.name} and {b.name} have no point in common; --unpaired compares them all the same"
        )
    return sorted(pairs, key=lambda p: grid_rank(p.a.key))


def _paired_group(name: str, pairs: Sequence[Pair]) -> Group:
    left, right = [p.a for p in pairs], [p.b for p in pairs]
    mean = stats.clustered_mean([p.test_difference for p in pairs], [p.target for p in pairs])
    return Group(
        name=name,
        n_a=len(pairs),
        n_b=len(pairs),
        solved_a=_solved(left),
        solved_b=_solved(right),
        only_a=sum(p.a.solved and not p.b.solved for p in pairs),
        only_b=sum(p.b.solved and not p.a.solved for p in pairs),
        test_a=fmean(map(_score, left)),
        test_b=fmean(map(_score, right)),
        unscored_a=_unscored(left),
        unscored_b=_unscored(right),
        difference=mean.mean,
        se=mean.se,
    )


def match_targets(a: Side, b: Side) -> Matched:
    """The points of the targets that both sides have; the means of each target are compared.

    The datasets may differ. Raises CompareError where the sides have no target in common.
    """
    left, right = _by_target(a.decided.values()), _by_target(b.decided.values())
    shared = [target for target in left if target in right]
    if not shared:
        raise CompareError(f"{a.name} and {b.name} have no target in common")
    kept = sum(len(side[target]) for side in (left, right) for target in shared)
    names = dict.fromkeys(map(family, shared))
    groups = {name: [target for target in shared if family(target) == name] for name in names}
    return Matched(
        pairs=(),
        left_out=len(a.decided) + len(b.decided) - kept,
        total=_unpaired_group("all", shared, left, right),
        families=tuple(_unpaired_group(name, some, left, right) for name, some in groups.items()),
        targets=len(shared),
        solved=paired.sign_flips(_differences(shared, left, right, _is_solved), shared),
        test=paired.sign_flips(_differences(shared, left, right, _score), shared),
        point_p=None,
    )


def _by_target(points: Iterable[Point]) -> dict[str, list[Point]]:
    found: dict[str, list[Point]] = {}
    for p in points:
        found.setdefault(p.key.target, []).append(p)
    return found


def _differences(
    targets: Sequence[str],
    left: dict[str, list[Point]],
    right: dict[str, list[Point]],
    measure: Callable[[Point], float],
) -> list[float]:
    """The means of b's points of each target less those of a's."""
    return [fmean(map(measure, right[t])) - fmean(map(measure, left[t])) for t in targets]


def _unpaired_group(
    name: str, targets: Sequence[str], left: dict[str, list[Point]], right: dict[str, list[Point]]
) -> Group:
    some_a = [p for target in targets for p in left[target]]
    some_b = [p for target in targets for p in right[target]]
    mean = stats.clustered_mean(_differences(targets, left, right, _score), targets)
    return Group(
        name=name,
        n_a=len(some_a),
        n_b=len(some_b),
        solved_a=_solved(some_a),
        solved_b=_solved(some_b),
        only_a=None,
        only_b=None,
        test_a=fmean(fmean(map(_score, left[target])) for target in targets),
        test_b=fmean(fmean(map(_score, right[target])) for target in targets),
        unscored_a=_unscored(some_a),
        unscored_b=_unscored(some_b),
        difference=mean.mean,
        se=mean.se,
    )


def _score(point: Point) -> float:
    return point.score or 0.0


def _is_solved(point: Point) -> float:
    return float(point.solved)


def _solved(points: Iterable[Point]) -> int:
    return sum(p.solved for p in points)


def _unscored(points: Iterable[Point]) -> int:
    return sum(p.test_acc is None for p in points)
