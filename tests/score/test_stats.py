"""The statistics, against published values, scipy's own, and simulations."""

import itertools
import math
import random
from statistics import fmean

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bench.score.stats import (
    clopper_pearson,
    clustered_mean,
    kaplan_meier,
    pass_at_k,
    wilson,
)

SHARES = st.integers(1, 300).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n)))


@pytest.mark.parametrize(
    ("k", "n", "low", "high"),
    # Newcombe 1998, Stat. Med. 17:857, table I, method 3 (score, no continuity correction)
    [
        (81, 263, 0.2553, 0.3662),
        (15, 148, 0.0624, 0.1605),
        (0, 20, 0.0, 0.1611),
        (1, 29, 0.0061, 0.1718),
    ],
)
def test_wilson_gives_the_published_intervals(k: int, n: int, low: float, high: float) -> None:
    found = wilson(k, n)
    assert (round(found.low, 4), round(found.high, 4)) == (low, high)


@pytest.mark.parametrize(
    ("k", "n", "low", "high"),
    # the same table, method 5 (exact)
    [
        (81, 263, 0.2527, 0.3676),
        (15, 148, 0.0578, 0.1617),
        (0, 20, 0.0, 0.1684),
        (1, 29, 0.0009, 0.1776),
    ],
)
def test_clopper_pearson_gives_the_published_intervals(
    k: int, n: int, low: float, high: float
) -> None:
    found = clopper_pearson(k, n)
    assert (round(found.low, 4), round(found.high, 4)) == (low, high)


@given(SHARES)
@settings(max_examples=60)
def test_both_intervals_hold_the_share_and_mirror(share: tuple[int, int]) -> None:
    k, n = share
    for interval in (wilson, clopper_pearson):
        found, mirrored = interval(k, n), interval(n - k, n)
        assert 0 <= found.low <= k / n <= found.high <= 1
        assert math.isclose(found.low, 1 - mirrored.high, abs_tol=1e-9)


def test_clopper_pearson_covers_at_least_its_level() -> None:
    n, p = 25, 0.37
    chance = [math.comb(n, k) * p**k * (1 - p) ** (n - k) for k in range(n + 1)]
    covered = sum(
        c
        for k, c in enumerate(chance)
        if clopper_pearson(k, n).low <= p <= clopper_pearson(k, n).high
    )
    assert 0.95 <= covered < 1


@pytest.mark.parametrize("n", [2, 5, 25])
def test_clopper_pearson_covers_the_mean_of_chances_that_differ(n: int) -> None:
    """Points of one target, each with a chance of its own: Hoeffding 1956."""
    rng = np.random.Generator(np.random.PCG64(n))
    intervals = [clopper_pearson(k, n) for k in range(n + 1)]
    for spread in (0.05, 0.5, 5.0):
        for chances in rng.beta(spread, spread, (50, n)):
            of_count = np.ones(1)
            for p in chances:
                of_count = np.convolve(of_count, [1 - p, p])
            mean = float(chances.mean())
            covered = math.fsum(
                chance
                for chance, interval in zip(of_count, intervals, strict=True)
                if interval.low <= mean <= interval.high
            )
            assert covered >= 0.95


@pytest.mark.parametrize("bad", [(3, 2, 0.95), (-1, 2, 0.95), (0, 0, 0.95), (1, 2, 1.0)])
def test_a_share_that_is_none_is_refused(bad: tuple[int, int, float]) -> None:
    with pytest.raises(ValueError, match="need 0 <= successes"):
        wilson(*bad)


@given(
    st.integers(1, 7).flatmap(lambda n: st.tuples(st.just(n), st.integers(0, n), st.integers(1, n)))
)
@settings(max_examples=60)
def test_pass_at_k_is_the_share_of_all_draws_with_a_success(case: tuple[int, int, int]) -> None:
    n, correct, k = case
    draws = list(itertools.combinations(range(n), k))
    assert pass_at_k(n, correct, k) == pytest.approx(
        fmean(any(i < correct for i in d) for d in draws)
    )


def test_pass_at_k_refuses_more_draws_than_answers() -> None:
    with pytest.raises(ValueError, match="pass@6"):
        pass_at_k(5, 1, 6)


def test_kaplan_meier_without_censoring_is_the_share_solved() -> None:
    steps = kaplan_meier([1, 2, 2, 4], [True] * 4)
    assert [s.share for s in steps] == pytest.approx([0.25, 0.75, 0.75, 1.0])
    assert all(0 <= s.interval.low <= s.share <= s.interval.high <= 1 for s in steps)


def test_kaplan_meier_where_nothing_is_solved_still_has_width() -> None:
    last = kaplan_meier([5] * 10, [False] * 10)[-1]
    assert last.share == 0
    assert last.interval.high == clopper_pearson(0, 10).high
    assert kaplan_meier([], []) == ()


def test_the_clustered_error_is_millers() -> None:
    # by hand: mean 0.5; cluster residual sums 0.5, 0.5, -1.0; sqrt((0.25+0.25+1) * 3/2) / 6 = 0.25
    mean = clustered_mean([1, 0.5, 0.5, 1, 0, 0], ["a", "a", "b", "b", "c", "c"])
    assert mean.mean == pytest.approx(0.5)
    assert mean.se == pytest.approx(0.25)
    assert mean.interval is not None
    # T with two degrees of freedom
    assert mean.interval.high == pytest.approx(0.5 + 4.302653 * 0.25)


@pytest.mark.parametrize("values", [[1.0] * 6, [0.7] * 6, [0.1, 0.3, 0.2] * 2])
def test_clusters_that_are_all_alike_have_no_interval_of_no_width(values: list[float]) -> None:
    clusters = "aaabbb"
    found = clustered_mean(values, clusters)
    assert (found.se, found.interval, found.clusters) == (None, None, 2)


def test_single_values_as_clusters_give_the_plain_standard_error() -> None:
    values = [0.2, 0.9, 0.4, 0.6]
    plain = math.sqrt(sum((v - fmean(values)) ** 2 for v in values) / 3 / 4)
    assert clustered_mean(values, range(4)).se == pytest.approx(plain)
    assert clustered_mean(values, [0] * 4).interval is None


def test_clustered_intervals_cover_where_plain_ones_do_not() -> None:
    rng = random.Random(7)
    covered = {"by target": 0, "plain": 0}
    for _ in range(400):
        values, targets = [], []
        for target in range(12):
            level = rng.gauss(0, 1)
            values += [level + rng.gauss(0, 0.3) for _ in range(5)]
            targets += [target] * 5
        for name, clusters in (("by target", targets), ("plain", list(range(60)))):
            found = clustered_mean(values, clusters).interval
            assert found is not None
            covered[name] += found.low <= 0 <= found.high
    assert covered["by target"] / 400 > 0.92
    assert covered["plain"] / 400 < 0.8
