"""Paired tests of two models on the same points, and what several tests do to each other.

numpy and scipy are imported where they are used, as in `bench.score.stats`.
"""

import math
from bisect import bisect_left, bisect_right
from collections.abc import Hashable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from bench.score.stats import Interval

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray


def mcnemar_exact(only_first: int, only_second: int) -> float:
    """The exact two-sided p of McNemar's test (1947): points that one side alone solved."""
    from scipy.special import bdtr

    n = only_first + only_second
    return min(1.0, 2 * float(bdtr(min(only_first, only_second), n, 0.5))) if n else 1.0


@dataclass(frozen=True, slots=True)
class SignFlips:
    """A mean of differences, tested by flipping the signs of whole clusters.

    Each way to part the clusters in two gives an interval, between the means of the two parts. All
    clusters on one side is such a way too, and its interval holds every number. The p of a supposed
    mean is the share of the intervals that hold it. So a confidence interval ends where that share
    falls below 1 - level.
    """

    mean: float
    lows: tuple[float, ...]
    """The lower ends of those intervals, rising."""
    highs: tuple[float, ...]

    @property
    def p(self) -> float:
        """The two-sided p of the mean being 0."""
        held = len(self.lows)
        if self.mean > 0:
            held = bisect_right(self.lows, 0.0)
        elif self.mean < 0:
            held -= bisect_left(self.highs, 0.0)
        return (held + 1) / (len(self.lows) + 1)

    def interval(self, level: float = 0.95) -> Interval | None:
        """The means that the test does not refute: 0 is outside exactly where p <= 1 - level.

        None where there are too few clusters to refute any, and where all clusters are alike: an
        interval without width would say that any other would be so too.
        """
        ways = len(self.lows) + 1
        refuted = math.floor((1 - level) * ways * (1 + 1e-12))
        if refuted < 1 or self.lows[0] == self.highs[-1]:
            return None
        return Interval(self.lows[refuted - 1], self.highs[-refuted])


EXACT_FLIPS = 14
"""Clusters up to which all ways to part them are taken; above, random ones."""


_CELLS = 2_000_000
"""Numbers in a block of ways to part clusters: all of them can be more than fits into memory."""


def ways_to_part(clusters: int, draws: int) -> "Iterator[NDArray[np.float64]]":
    """Ways to part clusters in two, in blocks: a row for each way, 1 for the clusters of one part.

    [ways, clusters]; neither part is ever empty. Each call draws the same ways, whatever the size
    of a block.
    """
    import numpy as np

    if clusters <= EXACT_FLIPS:
        # The last cluster stays on its side: the other half of the ways are the same ones with the
        # two sides exchanged.
        numbers = np.arange(1, 2 ** (clusters - 1))
        yield np.asarray(numbers[:, None] >> np.arange(clusters) & 1, dtype=float)
        return
    rng = np.random.Generator(np.random.PCG64(0))
    rows = max(1, _CELLS // clusters)
    for first in range(0, draws, rows):
        drawn = rng.integers(0, 2, (min(rows, draws - first), clusters))
        in_one = drawn.sum(axis=1)
        yield np.asarray(drawn[(in_one > 0) & (in_one < clusters)], dtype=float)


def sign_flips(
    differences: Sequence[float], clusters: Sequence[Hashable], draws: int = 10_000
) -> SignFlips:
    """The test of a mean that flips the signs of whole clusters (Fisher 1935; Pitman 1937).

    Without a difference each cluster's sum is as likely to have the other sign; inside a cluster
    the values may depend on each other in any way. Each call draws the same ways to flip.
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
    one, other = np.empty(0), np.empty(0)
    for sides in ways_to_part(count, draws):
        one = np.append(one, (sides @ sums) / (sides @ sizes))
        other = np.append(other, ((1 - sides) @ sums) / ((1 - sides) @ sizes))
    # Rounded, so that a mean of 0 is exactly 0 in whatever order its parts were added.
    lows, highs = np.minimum(one, other).round(12), np.maximum(one, other).round(12)
    mean = round(math.fsum(differences) / len(differences), 12)
    return SignFlips(mean, tuple(np.sort(lows).tolist()), tuple(np.sort(highs).tolist()))


def least_clusters(level: float, tests: int) -> int:
    """The clusters that `sign_flips` needs for a p that `holm` cannot adjust above 1 - level."""
    return 1 + math.ceil(math.log2(tests / (1 - level)) - 1e-9)


def holm(p_values: Iterable[float]) -> tuple[float, ...]:
    """The p values in their order, adjusted for there being several.

    Holm 1979, Scandinavian Journal of Statistics 6:65.
    """
    p = tuple(p_values)
    adjusted, highest = [0.0] * len(p), 0.0
    for rank, i in enumerate(sorted(range(len(p)), key=p.__getitem__)):
        highest = max(highest, min(1.0, (len(p) - rank) * p[i]))
        adjusted[i] = highest
    return tuple(adjusted)


def holm_levels(p_values: Sequence[float], level: float) -> tuple[float, ...]:
    """For each test, the level of the interval that agrees with its p value as `holm` adjusts it.

    An interval of that level excludes 0 exactly where the adjusted p is at most 1 - level. Holm
    compares the smallest of m p values with alpha / m, the next with alpha / (m - 1), and so on
    until one of them is too large.
    """
    levels = [level] * len(p_values)
    ways = len(p_values)
    refuted = True
    for i in sorted(range(len(p_values)), key=p_values.__getitem__):
        levels[i] = 1 - (1 - level) / ways
        refuted = refuted and p_values[i] * ways <= 1 - level
        ways -= refuted
    return tuple(levels)
