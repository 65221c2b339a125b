"""What is computed here is what scipy.stats gives, which takes a second to import."""

import warnings
from collections.abc import Sequence
from statistics import fmean
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bench.score.bounds import validation_bound
from bench.score.paired import mcnemar_exact, sign_flips
from bench.score.stats import clopper_pearson, clustered_mean, kaplan_meier, wilson

COUNTS = st.integers(1, 300).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n)))
LEVELS = st.sampled_from([0.8, 0.95, 0.99])
SEARCHES = st.lists(st.tuples(st.integers(1, 6), st.booleans()), min_size=2, max_size=40)
FEW = settings(max_examples=25)


@given(COUNTS, LEVELS)
@FEW
def test_the_intervals_of_a_share(counts: tuple[int, int], level: float) -> None:
    from scipy.stats import binomtest

    k, n = counts
    theirs = binomtest(k, n)
    pairs: Any = (
        (wilson(k, n, level), theirs.proportion_ci(level, "wilson")),
        (clopper_pearson(k, n, level), theirs.proportion_ci(level, "exact")),
    )
    for found, interval in pairs:
        assert (found.low, found.high) == pytest.approx((interval.low, interval.high), abs=1e-9)
    above: Any = binomtest(n - k, n, alternative="less").proportion_ci(level, "exact")
    assert validation_bound(k, n, 1 - level) == pytest.approx(above.high, abs=1e-9)


@given(st.integers(0, 60), st.integers(0, 60))
@FEW
def test_mcnemar_s_exact_p(first: int, second: int) -> None:
    from scipy.stats import binomtest

    theirs = binomtest(first, first + second).pvalue if first + second else 1.0
    assert mcnemar_exact(first, second) == pytest.approx(float(theirs))


@given(SEARCHES, LEVELS)
@FEW
def test_the_curve_of_attempts_and_its_bands(
    searches: Sequence[tuple[int, bool]], level: float
) -> None:
    from scipy.stats import CensoredData, ecdf

    solved = [attempt for attempt, is_solved in searches if is_solved]
    lost = [attempt for attempt, is_solved in searches if not is_solved]
    data: Any = CensoredData(solved, right=lost)
    theirs: Any = ecdf(data).cdf
    with np.errstate(all="ignore"), warnings.catch_warnings():
        warnings.simplefilter("ignore", RuntimeWarning)  # where none or all are solved: no band
        band = theirs.confidence_interval(level, method="log-log")
    attempts, which = zip(*searches, strict=True)
    for step in kaplan_meier(attempts, which, level):
        assert step.share == pytest.approx(float(theirs.evaluate(step.attempt)))
        low, high = (float(side.evaluate(step.attempt)) for side in (band.low, band.high))
        # Past its last event, and where none or all are solved, scipy gives no band.
        if 0 < step.share < 1 and step.attempt in solved and 0 < low < high < 1:
            assert (step.interval.low, step.interval.high) == pytest.approx((low, high))


@given(st.lists(st.integers(-5, 5), min_size=2, max_size=9))
@settings(max_examples=15)
def test_the_p_of_flipping_signs(differences: list[int]) -> None:
    from scipy.stats import permutation_test

    def mean(values: Any, axis: int) -> Any:
        return np.mean(values, axis=axis)

    theirs: Any = permutation_test(
        (np.array(differences, dtype=float),), mean, permutation_type="samples", n_resamples=10**6
    )
    assert sign_flips(differences, range(len(differences))).p == pytest.approx(theirs.pvalue)


@given(st.lists(st.floats(0, 1), min_size=3, max_size=30).filter(lambda x: len(set(x)) > 1), LEVELS)
@FEW
def test_the_interval_of_a_mean_whose_clusters_are_single_values(
    values: list[float], level: float
) -> None:
    from scipy.stats import ttest_1samp

    found = clustered_mean(values, range(len(values)), level)
    if found.interval is None:  # alike but for rounding
        assert max(values) - min(values) < 1e-6
        return
    interval: Any = ttest_1samp(values, 0.0).confidence_interval(level)
    assert found.mean == pytest.approx(fmean(values))
    assert (found.interval.low, found.interval.high) == pytest.approx(
        (interval.low, interval.high), abs=1e-9
    )
