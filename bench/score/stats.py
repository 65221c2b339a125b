"""The statistics of the results: intervals, rates, curves and paired tests, each with its source.

scipy and numpy are imported where they are used: a run that only prints accuracies does not wait
for them.
"""

import math
from bisect import bisect_left, bisect_right
from collections.abc import Hashable, Iterable, Sequence
from dataclasses import dataclass
from statistics import NormalDist, fmean


@dataclass(frozen=True, slots=True)
class Interval:
    """A confidence interval."""

    low: float
    high: float


@dataclass(frozen=True, slots=True)
class Mean:
    """A mean with its standard error and interval.

    Both are None for one cluster alone, and where all clusters are alike: nothing tells then how
    much others would differ, and an interval without width would claim that none does.
    """

    mean: float
    se: float | None
    interval: Interval | None
    n: int
    clusters: int

    @property
    def share_interval(self) -> Interval | None:
        """The interval of a mean of shares: cut to [0, 1], which a symmetric one can leave."""
        if self.interval is None:
            return None
        return Interval(max(0.0, self.interval.low), min(1.0, self.interval.high))


@dataclass(frozen=True, slots=True)
class Step:
    """The curve of attempts to success at one attempt: the share solved by then."""

    attempt: int
    at_risk: int
    solved: int
    share: float
    interval: Interval


def wilson(successes: int, n: int, level: float = 0.95) -> Interval:
    """The score interval of a share (Wilson 1927, JASA 22:209; recommended by Brown, Cai & DasGupta 2001)."""
    _check_share(successes, n, level)
    z = NormalDist().inv_cdf((1 + level) / 2)
    share, weight = successes / n, z * z / n
    centre = (share + weight / 2) / (1 + weight)
    half = z / (1 + weight) * math.sqrt(share * (1 - share) / n + weight / (4 * n))
    # The ends are exact where the arithmetic only comes close.
    return Interval(
        0.0 if successes == 0 else centre - half, 1.0 if successes == n else centre + half
    )


def clopper_pearson(successes: int, n: int, level: float = 0.95) -> Interval:
    """The exact interval of a share: never covers less than `level` (Clopper & Pearson 1934, Biometrika 26:404)."""
    from scipy.special import betaincinv

    _check_share(successes, n, level)
    tail = (1 - level) / 2
    low = 0.0 if successes == 0 else float(betaincinv(successes, n - successes + 1, tail))
    high = 1.0 if successes == n else float(betaincinv(successes + 1, n - successes, 1 - tail))
    return Interval(low, high)


def pass_at_k(n: int, correct: int, k: int) -> float:
    """The chance that one of k answers is correct, unbiased, from `correct` of n (Chen et al. 2021, arXiv 2107.03374).

    Right only where n was fixed beforehand: a search that stopped at its first success is censored.
    """
    if not (0 <= correct <= n and 1 <= k <= n):
        raise ValueError(
            f"pass@{k} needs 0 <= correct <= n and 1 <= k <= n; there are {correct} of {n}"
        )
    return 1.0 - math.comb(n - correct, k) / math.comb(n, k)


def kaplan_meier(
    attempts: Sequence[int], solved: Sequence[bool], level: float = 0.95
) -> tuple[Step, ...]:
    """The share of points solved by each attempt, from points of which some were given up unsolved.

    `attempts` is, for each point, the attempt that solved it, or the last one made. Product-limit
    estimate (Kaplan & Meier 1958, JASA 53:457); intervals by Greenwood's variance on the log(-log)
    scale (Kalbfleisch & Prentice), which stay within 0 and 1.
    """
    if len(attempts) != len(solved) or any(a < 1 for a in attempts):
        raise ValueError("one number of attempts, from 1 up, for each point")
    z = NormalDist().inv_cdf((1 + level) / 2)
    steps: list[Step] = []
    survival, greenwood = 1.0, 0.0
    for attempt in range(1, max(attempts, default=0) + 1):
        at_risk = sum(a >= attempt for a in attempts)
        events = sum(a == attempt and s for a, s in zip(attempts, solved, strict=True))
        survival *= 1 - events / at_risk
        if events < at_risk:
            greenwood += events / (at_risk * (at_risk - events))
        if 0 < survival < 1:
            spread = z * math.sqrt(greenwood) / abs(math.log(survival))
            interval = Interval(1 - survival ** math.exp(-spread), 1 - survival ** math.exp(spread))
        else:  # nobody or everybody solved: Greenwood has no width there, the exact interval of a share has
            n = at_risk if survival else len(attempts)
            interval = clopper_pearson(0 if survival else n, n, level)
        steps.append(Step(attempt, at_risk, events, 1 - survival, interval))
    return tuple(steps)


_ROUNDING = 1e-9
"""Sums of differences below this are what floating point makes of 0."""


def clustered_mean(
    values: Sequence[float], clusters: Sequence[Hashable], level: float = 0.95
) -> Mean:
    """The mean, with a standard error that lets values of one cluster go together (Miller 2024, arXiv 2411.00640).

    Miller's estimator with the factor G/(G-1) for few clusters, and Student's t with G-1 degrees of
    freedom (Cameron & Miller 2015, section VI): without them intervals over a dozen targets come
    out too narrow.
    """
    from scipy.special import stdtrit

    if not values or len(values) != len(clusters):
        raise ValueError("one cluster for each value, and at least one value")
    mean = fmean(values)
    residuals: dict[Hashable, float] = {}
    for value, cluster in zip(values, clusters, strict=True):
        residuals[cluster] = residuals.get(cluster, 0.0) + value - mean
    count = len(residuals)
    if count < 2 or all(abs(sum_) < _ROUNDING for sum_ in residuals.values()):
        return Mean(mean, None, None, len(values), count)
    se = math.sqrt(math.fsum(r * r for r in residuals.values()) * count / (count - 1)) / len(values)
    half = float(stdtrit(count - 1, (1 + level) / 2)) * se
    return Mean(mean, se, Interval(mean - half, mean + half), len(values), count)


def mcnemar_exact(only_first: int, only_second: int) -> float:
    """The two-sided p of as lopsided a split of the points that only one side solved (McNemar 1947; exact binomial)."""
    from scipy.special import bdtr

    n = only_first + only_second
    return min(1.0, 2 * float(bdtr(min(only_first, only_second), n, 0.5))) if n else 1.0


@dataclass(frozen=True, slots=True)
class SignFlips:
    """A mean of differences, tested by flipping the signs of whole clusters.

    Each way to part the clusters in two gives an interval between the means of its parts; the one
    with all clusters on one side holds everything. The p of a supposed mean is the share of them
    that hold it, so that a confidence interval ends where that share falls below 1 - level.
    """

    mean: float
    clusters: int
    lows: tuple[float, ...]
    """The lower ends of those intervals, rising."""
    highs: tuple[float, ...]

    @property
    def p(self) -> float:
        """The two-sided p of there being no difference."""
        held = len(self.lows)
        if self.mean > 0:
            held = bisect_right(self.lows, 0.0)
        elif self.mean < 0:
            held -= bisect_left(self.highs, 0.0)
        return (held + 1) / (len(self.lows) + 1)

    def interval(self, level: float = 0.95) -> Interval | None:
        """The means that the test does not refute at this level: 0 is outside it where p <= 1 - level.

        None where there are too few clusters for an end, and where all clusters are alike: an
        interval without width would say that any other would be so too.
        """
        ways = len(self.lows) + 1
        refuted = math.floor((1 - level) * ways * (1 + 1e-12))
        if refuted < 1 or self.lows[0] == self.highs[-1]:
            return None
        return Interval(self.lows[refuted - 1], self.highs[-refuted])


EXACT_FLIPS = 14
"""Clusters up to which every way to part them is taken; random ones are above."""


def sign_flips(
    differences: Sequence[float], clusters: Sequence[Hashable], draws: int = 10_000, seed: int = 0
) -> SignFlips:
    """The test of a mean, were each cluster's sum as likely of the other sign (Fisher 1935; Pitman 1937).

    Values of a cluster may go together in any way. The same seed draws the same ways.
    """
    import numpy as np

    if not differences or len(differences) != len(clusters):
        raise ValueError("one cluster for each difference, and at least one difference")
    found: dict[Hashable, list[float]] = {}
    for difference, cluster in zip(differences, clusters, strict=True):
        found.setdefault(cluster, []).append(difference)
    sums = np.array([math.fsum(values) for values in found.values()])
    sizes = np.array([len(values) for values in found.values()], dtype=float)
    count = len(sums)
    if count <= EXACT_FLIPS:  # the last cluster stays where it is: the other half are the same ways
        numbers = np.arange(1, 2 ** (count - 1))
        sides = (numbers[:, None] >> np.arange(count) & 1).astype(float)
    else:
        rng = np.random.Generator(np.random.PCG64(seed))
        drawn = rng.integers(0, 2, (draws, count)).astype(float)
        sides = drawn[(drawn.sum(axis=1) > 0) & (drawn.sum(axis=1) < count)]
    one = (sides @ sums) / (sides @ sizes)
    other = ((1 - sides) @ sums) / ((1 - sides) @ sizes)
    # Rounded, so that a mean that is 0 is 0, in whatever order its parts were added.
    lows, highs = np.minimum(one, other).round(12), np.maximum(one, other).round(12)
    mean = round(math.fsum(differences) / len(differences), 12)
    return SignFlips(mean, count, tuple(np.sort(lows).tolist()), tuple(np.sort(highs).tolist()))


def least_clusters(level: float, tests: int) -> int:
    """How many clusters `sign_flips` needs, so that one of several tests can be evidence, adjusted by `holm`."""
    return 1 + math.ceil(math.log2(tests / (1 - level)) - 1e-9)


def holm(p_values: Iterable[float]) -> tuple[float, ...]:
    """The p values, adjusted for there being several, in their own order (Holm 1979, Scand.

    J. Stat. 6:65).
    """
    p = tuple(p_values)
    adjusted, highest = [0.0] * len(p), 0.0
    for rank, i in enumerate(sorted(range(len(p)), key=p.__getitem__)):
        highest = max(highest, min(1.0, (len(p) - rank) * p[i]))
        adjusted[i] = highest
    return tuple(adjusted)


def holm_levels(p_values: Sequence[float], level: float = 0.95) -> tuple[float, ...]:
    """For each test, the level of the interval that agrees with its p value as `holm` adjusts it.

    An interval of that level excludes no difference exactly where the adjusted p is at most
    1 - level: Holm takes alpha over m, then m - 1, ..., until one p is too large for its share.
    """
    levels = [level] * len(p_values)
    ways = len(p_values)
    refuted = True
    for i in sorted(range(len(p_values)), key=p_values.__getitem__):
        levels[i] = 1 - (1 - level) / ways
        refuted = refuted and p_values[i] * ways <= 1 - level
        ways -= refuted
    return tuple(levels)


def _check_share(successes: int, n: int, level: float) -> None:
    if not (0 <= successes <= n and n > 0 and 0 < level < 1):
        raise ValueError(
            f"{successes} of {n} at level {level}: need 0 <= successes <= n, n > 0 and 0 < level < 1"
        )
