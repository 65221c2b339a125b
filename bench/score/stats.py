"""The statistics of the results: intervals, rates, curves and means, each with its source.

scipy and numpy are imported where they are used: a run that only prints accuracies does not wait
for them. Quantiles are scipy.special's. To import scipy.stats takes a second more of CPU time, and
each run ends with a summary and a page; so what it has is computed here, and
tests/score/test_against_scipy.py holds one to the other.
"""

import math
from collections.abc import Hashable, Sequence
from dataclasses import dataclass
from statistics import NormalDist, fmean


@dataclass(frozen=True, slots=True)
class Interval:
    """A confidence interval, its ends included."""

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
    """One attempt of a curve of attempts to success: `share` of the points are solved by then."""

    attempt: int
    share: float
    interval: Interval


def wilson(successes: int, n: int, level: float = 0.95) -> Interval:
    """The score interval of a share (Wilson 1927, JASA 22:209).

    Recommended by Brown, Cai & DasGupta 2001.
    """
    _check_share(successes, n, level)
    z = NormalDist().inv_cdf((1 + level) / 2)
    share, weight = successes / n, z * z / n
    centre = (share + weight / 2) / (1 + weight)
    half = z / (1 + weight) * math.sqrt(share * (1 - share) / n + weight / (4 * n))
    # The ends are exact where the arithmetic only comes close.
    low = 0.0 if successes == 0 else centre - half
    high = 1.0 if successes == n else centre + half
    return Interval(low, high)


def clopper_pearson(successes: int, n: int, level: float = 0.95) -> Interval:
    """The exact interval of a share (Clopper & Pearson 1934, Biometrika 26:404).

    It covers the true share with a probability of at least `level`.
    """
    _check_share(successes, n, level)
    tail = (1 - level) / 2
    if successes in (0, n):  # a power, for which nothing need be imported
        end = float(tail ** (1 / n))
        return Interval(0.0, 1 - end) if successes == 0 else Interval(end, 1.0)
    from scipy.special import betaincinv

    low = float(betaincinv(successes, n - successes + 1, tail))
    high = float(betaincinv(successes + 1, n - successes, 1 - tail))
    return Interval(low, high)


def pass_at_k(n: int, correct: int, k: int) -> float:
    """The chance that one of k answers is correct, where `correct` of n were: without bias.

    Chen et al. 2021, arXiv 2107.03374. It holds only where n was fixed beforehand: a search that
    stopped at its first success is censored.
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
        else:
            # With none or all solved Greenwood's interval has no width: take a share's exact one.
            n = at_risk if survival else len(attempts)
            interval = clopper_pearson(0 if survival else n, n, level)
        steps.append(Step(attempt, 1 - survival, interval))
    return tuple(steps)


_ROUNDING = 1e-9
"""Sums of differences below this are what floating point makes of 0."""


def clustered_mean(
    values: Sequence[float], clusters: Sequence[Hashable], level: float = 0.95
) -> Mean:
    """The mean, with a standard error for values that depend on each other inside a cluster.

    Miller's estimator (2024, arXiv 2411.00640), with the factor G/(G-1) for G clusters, and
    Student's t with G-1 degrees of freedom (Cameron & Miller 2015, section VI): without these two,
    intervals over a dozen targets come out too narrow.
    """
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
    from scipy.special import stdtrit

    half = float(stdtrit(count - 1, (1 + level) / 2)) * se
    return Mean(mean, se, Interval(mean - half, mean + half), len(values), count)


def _check_share(successes: int, n: int, level: float) -> None:
    if not (0 <= successes <= n and n > 0 and 0 < level < 1):
        needed = "need 0 <= successes <= n, n > 0 and 0 < level < 1"
        raise ValueError(f"{successes} of {n} at level {level}: {needed}")
