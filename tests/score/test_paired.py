"""The paired tests: by hand, by brute force, and their errors and power in simulation."""

import itertools
import math
import random
from statistics import fmean

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bench.score.paired import holm, holm_levels, least_clusters, mcnemar_exact, sign_flips


@pytest.mark.parametrize(
    ("only_a", "only_b", "p"),
    [(0, 0, 1.0), (5, 5, 1.0), (0, 5, 0.0625), (0, 6, 0.03125), (2, 10, 0.0385742)],
)
def test_mcnemar_is_the_exact_binomial(only_a: int, only_b: int, p: float) -> None:
    assert mcnemar_exact(only_a, only_b) == pytest.approx(p, rel=1e-5)
    assert mcnemar_exact(only_b, only_a) == mcnemar_exact(only_a, only_b)


def test_sign_flips_are_exact_on_a_handful_and_agree_above() -> None:
    def p(*differences: float) -> float:
        return sign_flips(differences, range(len(differences))).p

    assert p(0.0, 0.0) == p(0.5) == 1.0
    assert p(*[0.1] * 5) == pytest.approx(2 / 32)
    assert p(*[0.1] * 9, -0.1) == pytest.approx(mcnemar_exact(9, 1))
    assert p(*[0.1] * 9, -0.1, 0.0, 0.0) == pytest.approx(mcnemar_exact(9, 1))
    assert p(*[0.1] * 14, *[-0.1] * 4) == pytest.approx(mcnemar_exact(14, 4), abs=0.01)
    with pytest.raises(ValueError, match="one cluster for each difference"):
        sign_flips([0.1], [])


def test_values_of_one_cluster_are_one_piece_of_evidence() -> None:
    alone = sign_flips([0.1] * 8, "abcdefgh")
    together = sign_flips([0.1] * 40, [c for c in "abcdefgh" for _ in range(5)])
    assert alone.p == together.p == 2 / 2**8
    assert sign_flips([0.1] * 40, ["a"] * 40).p == 1.0


def test_the_interval_of_sign_flips_is_the_one_by_brute_force() -> None:
    sums, sizes = [0.9, -0.2, 1.4, 0.3, 0.8, 0.5, 1.1], [2, 1, 4, 1, 3, 2, 5]
    values = [s / n for s, n in zip(sums, sizes, strict=True) for _ in range(n)]
    clusters = [i for i, n in enumerate(sizes) for _ in range(n)]
    found = sign_flips(values, clusters).interval(0.9)

    def p(mean: float) -> float:
        left = [s - n * mean for s, n in zip(sums, sizes, strict=True)]
        flips = itertools.product((1, -1), repeat=len(left))
        as_far = [abs(math.fsum(map(math.prod, zip(f, left, strict=True)))) for f in flips]
        return fmean(far >= abs(math.fsum(left)) - 1e-12 for far in as_far)

    assert found is not None
    for end, outwards in ((found.low, -1e-6), (found.high, 1e-6)):
        assert p(end - outwards) > 0.1 >= p(end + outwards)
    assert sign_flips([0.1] * 5, range(5)).interval(0.95) is None  # 2 ** -4 is more than 0.05


DIFFERENCES = st.lists(
    st.tuples(st.sampled_from([-1.0, -0.2, 0.0, 0.1, 0.2, 1.0]), st.integers(0, 9)),
    min_size=1,
    max_size=30,
)


@given(st.lists(DIFFERENCES, min_size=1, max_size=4), st.sampled_from([0.8, 0.9, 0.95, 0.99]))
@settings(max_examples=60)
def test_an_interval_excludes_no_difference_exactly_where_the_adjusted_p_is_evidence(
    measures: list[list[tuple[float, int]]], level: float
) -> None:
    tests = [sign_flips([d for d, _ in some], [c for _, c in some]) for some in measures]
    p_values = [test.p for test in tests]
    levels = holm_levels(p_values, level)
    for test, adjusted, its_level in zip(tests, holm(p_values), levels, strict=True):
        interval = test.interval(its_level)
        is_evidence = adjusted <= 1 - level + 1e-12
        if interval is None:  # too few clusters, or all alike
            assert not is_evidence or set(test.lows) == set(test.highs) == {test.mean}
            continue
        assert is_evidence == (not interval.low <= 0 <= interval.high)
        assert interval.low <= test.mean <= interval.high
        assert interval.low < interval.high


def test_fewer_clusters_than_the_least_show_nothing_and_the_least_can() -> None:
    for level, tests in ((0.95, 2), (0.95, 4), (0.9, 2)):
        least = least_clusters(level, tests)
        enough, few = (sign_flips([1.0] * n, range(n)).p * tests for n in (least, least - 1))
        assert enough <= 1 - level < few
    assert least_clusters(0.95, 2) == 7


@pytest.mark.parametrize(("spread", "trials"), [(1, 1), (1, 3), (1, 5), (2, 3)])
def test_flipping_whole_targets_holds_its_level_where_points_do_not(
    spread: float, trials: int
) -> None:
    """Two models of equal strength that like different targets: 12 targets, 5 lengths each."""
    rng = random.Random(f"{spread}/{trials}")
    runs, by_target, by_point = 200, 0, 0
    for _ in range(runs):
        differences, targets = [], []
        for target in range(12):
            solves = [1 / (1 + math.exp(-rng.gauss(0, spread))) for _ in range(2)]
            for _ in range(5 * trials):
                a, b = (rng.random() < share for share in solves)
                differences.append(float(b) - float(a))
                targets.append(target)
        by_target += sign_flips(differences, targets).p <= 0.05
        by_point += mcnemar_exact(differences.count(-1.0), differences.count(1.0)) <= 0.05
    assert by_target / runs <= 0.08  # 0.05, and two standard errors of 200 runs
    assert by_point > by_target
    assert trials == 1 or by_point / runs > 0.15


def test_flipping_whole_targets_finds_a_gap_of_20_points() -> None:
    rng = random.Random(9)
    found = 0
    for _ in range(100):
        differences, targets = [], []
        for target in range(12):
            for _ in range(15):
                a, b = rng.random() < 0.4, rng.random() < 0.6
                differences.append(float(b) - float(a))
                targets.append(target)
        found += sign_flips(differences, targets).p <= 0.05
    assert found >= 85


def test_holm_adjusts_in_order() -> None:
    assert holm([0.01, 0.04, 0.03]) == pytest.approx((0.03, 0.06, 0.06))
    assert holm([]) == ()


def test_clusters_that_differ_by_as_much_give_no_interval_of_no_width() -> None:
    alike = sign_flips([0.1] * 12, range(12))
    assert (alike.interval(), alike.p) == (None, 2 / 2**12)
    assert sign_flips([0.0] * 12, range(12)).interval() is None
    assert sign_flips([0.1] * 11 + [0.2], range(12)).interval() is not None
