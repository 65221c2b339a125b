"""How large a gap between two models a comparison can find, by simulation, before anybody pays.

Two models answer the same points. Each solves a point with a chance of its own, by the target;
their chances lie about a half, where chance plays the largest part, and differ by the gap on the
average of all targets. With a spread, each model likes targets of its own: its log-odds on a target
are off by a normal variable of that standard deviation. A gap is found where flipping whole
targets' differences in solved points (`bench.score.paired.sign_flips`) gives a p that is evidence.
Of `tests` tests that go the same way, as solved points and test accuracy mostly do, Holm allows the
smallest p its share of 1 - level; so this counts solved points alone, at that share.
"""

import math
from collections.abc import Sequence
from functools import lru_cache
from statistics import NormalDist, fmean
from typing import TYPE_CHECKING

from bench.score.halving import halve
from bench.score.paired import least_clusters, ways_to_part

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

RUNS = 1000
"""Simulated comparisons for one figure: its standard error is at most 1.6 %."""
_DRAWS = 2000
"""Random ways to part the targets, where they are too many for all."""
_LARGEST_GAP = 0.98
_SLICES = 200
"""Points of the normal distribution that the mean over it is taken at."""


def power(
    points: Sequence[int],
    gap: float,
    spread: float = 0.0,
    *,
    level: float = 0.95,
    tests: int = 2,
) -> float:
    """The share of simulated comparisons that are evidence for the better model.

    `points` is how many each target has (lengths times trials); `gap` and the result are shares in
    [0, 1]; `spread` is the standard deviation of what a model likes, on the log-odds. Of a gap of 0
    it is the share of comparisons that call one of two equal models better, or worse.
    """
    import numpy as np

    if len(points) < least_clusters(level, tests):
        return 0.0
    rng = np.random.Generator(np.random.PCG64(0))
    sizes = np.array(points)
    weaker, stronger = (
        rng.binomial(sizes, _chances(0.5 + half, spread, len(sizes), rng))
        for half in (-gap / 2, gap / 2)
    )
    sums = (stronger - weaker).astype(np.float32)
    p = _p_values(sums)
    total = sums.sum(axis=1)
    found = (p <= (1 - level) / tests * (1 + 1e-9)) & ((total > 0) | (gap == 0))
    return float(np.mean(found))


@lru_cache
def smallest_gap(
    points: tuple[int, ...], spread: float = 0.0, *, level: float = 0.95, tests: int = 2
) -> float | None:
    """The gap that half of the comparisons find; None where they find not even the largest."""

    def is_missed(gap: float) -> bool:
        return power(points, gap, spread, level=level, tests=tests) < 0.5

    if is_missed(_LARGEST_GAP):
        return None
    _, gap = halve(is_missed, 0.0, _LARGEST_GAP, width=0.004)
    return gap


def _chances(
    share: float, spread: float, targets: int, rng: "np.random.Generator"
) -> "NDArray[np.float64]":
    """The chance to solve a point, by run and target, whose mean over all targets is the share."""
    import numpy as np

    offsets = rng.normal(0.0, spread, (RUNS, targets)) if spread else np.zeros((RUNS, targets))
    return np.asarray(1 / (1 + np.exp(-(_centre(share, spread) + offsets))))


@lru_cache
def _centre(share: float, spread: float) -> float:
    """The log-odds around which the chances, with this spread, have the share as their mean."""
    offsets = [spread * NormalDist().inv_cdf((i + 0.5) / _SLICES) for i in range(_SLICES)]

    def is_below(centre: float) -> bool:
        return fmean(1 / (1 + math.exp(-(centre + offset))) for offset in offsets) < share

    return fmean(halve(is_below, -20.0, 20.0, width=1e-6))


def _p_values(sums: "NDArray[np.float32]") -> "NDArray[np.float64]":
    """The p of `sign_flips` for each row of targets' sums."""
    import numpy as np

    ways = np.concatenate(list(ways_to_part(sums.shape[1], _DRAWS)))
    flips = 1 - 2 * ways.astype(np.float32)
    flipped = sums @ flips.T
    np.abs(flipped, out=flipped)  # in place: these are millions of numbers
    as_far = flipped >= np.abs(sums.sum(axis=1, keepdims=True))
    return np.asarray((np.count_nonzero(as_far, axis=1) + 1) / (len(flips) + 1))
