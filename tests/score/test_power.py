"""How large a gap a comparison finds, and what more points and targets give."""

import itertools

import numpy as np
import pytest

from bench.score.paired import sign_flips
from bench.score.power import _centre, _p_values, power, smallest_gap


@pytest.mark.parametrize("targets", [1, 2, 12, 16])
def test_it_tests_as_a_comparison_does(targets: int) -> None:
    rng = np.random.Generator(np.random.PCG64(targets))
    sums = rng.integers(-4, 5, (40, targets)).astype(np.float32)
    theirs = [sign_flips(row.tolist(), range(targets), draws=2000).p for row in sums]
    assert _p_values(sums).tolist() == pytest.approx(theirs)


@pytest.mark.parametrize(("spread", "trials"), list(itertools.product((0, 1, 2), (1, 3, 5))))
def test_equal_models_are_called_better_or_worse_as_rarely_as_the_level_says(
    spread: float, trials: int
) -> None:
    """The simulation in which a test of points is wrong in up to 49 % of the cases."""
    assert power([5 * trials] * 12, 0.0, spread) <= 0.025 + 3 * (0.025 * 0.975 / 1000) ** 0.5
    assert power([5 * trials] * 12, 0.0, spread, tests=1) <= 0.05 + 3 * (0.05 * 0.95 / 1000) ** 0.5


def test_more_points_more_targets_and_a_larger_gap_are_found_more_often() -> None:
    usual = power([15] * 12, 0.2)
    assert power([5] * 12, 0.2) < usual < power([15] * 20, 0.2)
    assert power([15] * 12, 0.1) < usual < power([15] * 12, 0.3)
    assert power([15] * 12, 0.2, spread=1) < usual
    assert power([15] * 12, 0.2, tests=1) > usual > power([15] * 12, 0.2, tests=4)
    assert usual == power([15] * 12, 0.2) == pytest.approx(0.84, abs=0.01)


def test_half_of_the_comparisons_find_the_smallest_gap() -> None:
    gap = smallest_gap((5,) * 12)
    assert gap is not None
    assert power([5] * 12, gap) == pytest.approx(0.5, abs=0.03)
    assert power([5] * 6, 0.9) == 0
    assert smallest_gap((5,) * 6) is None


@pytest.mark.parametrize("spread", [0.0, 1.0, 3.0])
def test_a_spread_leaves_the_mean_of_the_chances(spread: float) -> None:
    offsets = np.random.Generator(np.random.PCG64(3)).normal(0, spread, 200_000)
    for share in (0.02, 0.4, 0.9):
        chances = 1 / (1 + np.exp(-(_centre(share, spread) + offsets)))
        assert float(chances.mean()) == pytest.approx(share, abs=0.005)
