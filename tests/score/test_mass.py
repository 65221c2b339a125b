"""The proposal mass: by hand, how often its interval holds it, and what pooling would do to it."""

import math
import sys
from collections.abc import Iterable, Iterator
from itertools import product
from statistics import fmean
from typing import NamedTuple

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bench.score.mass import Draws, Mass, _proposal_mass, _ways, attempts_needed, proposal_mass
from bench.score.stats import clopper_pearson, clustered_mean

SEARCHES = st.integers(1, 6).flatmap(lambda k: st.builds(Draws, st.just(k), st.integers(0, k)))


def test_answers_that_are_all_drawn_have_clopper_and_pearsons_interval() -> None:
    found = proposal_mass([Draws(1, 1)] * 7 + [Draws(1, 0)] * 3)
    exact = clopper_pearson(7, 10)
    assert (found.right, found.answers, found.estimate) == (7, 10, 0.7)
    assert (found.interval.low, found.interval.high) == pytest.approx((exact.low, exact.high))


def test_one_search_is_a_geometric_count() -> None:
    second, none, first = (proposal_mass([Draws(5, at)]).interval for at in (2, 0, 1))
    assert (second.low, second.high) == pytest.approx((1 - 0.975 ** (1 / 2), 0.975))
    assert (none.low, none.high) == pytest.approx((0, 1 - 0.025 ** (1 / 5)))
    assert (first.low, first.high) == pytest.approx((0.025, 1))


def test_outcomes_too_many_to_count_have_an_interval_that_is_close() -> None:
    many = proposal_mass([Draws(10**9, 3)] * 20)
    assert many.interval == clopper_pearson(20, 60)
    few = proposal_mass([Draws(50, 3)] * 20)
    assert (few.interval.low, few.interval.high) == pytest.approx((0.217, 0.456), abs=0.001)
    assert (many.interval.low, many.interval.high) == pytest.approx((0.217, 0.467), abs=0.001)


@given(st.lists(SEARCHES, min_size=1, max_size=6))
@settings(max_examples=60)
def test_the_estimate_has_the_highest_likelihood_and_lies_in_its_interval(
    draws: list[Draws],
) -> None:
    found = proposal_mass(draws)
    assert found == proposal_mass(draws[::-1])
    assert 0 <= found.interval.low <= found.estimate <= found.interval.high <= 1

    def likelihood(mass: float) -> float:
        chances = (
            (1 - mass) ** (d.solved_at - 1) * mass if d.solved_at else (1 - mass) ** d.allowed
            for d in draws
        )
        return math.prod(chances)

    others = (likelihood(i / 200) for i in range(201))
    assert likelihood(found.estimate) >= max(others) * (1 - 1e-9)


@given(st.lists(SEARCHES, min_size=2, max_size=4))
@settings(max_examples=40)
def test_the_ends_of_the_interval_are_where_the_exact_test_just_refutes(draws: list[Draws]) -> None:
    """By each way that the searches can end, one after the other."""
    found = proposal_mass(draws)
    ends = [[Draws(d.allowed, at) for at in range(d.allowed + 1)] for d in draws]
    as_high, as_low = [], []
    for way in product(*ends):
        right, answers = sum(d.solved_at > 0 for d in way), sum(d.made for d in way)
        if right * found.answers >= found.right * answers:
            as_high.append((right, answers))
        if right * found.answers <= found.right * answers:
            as_low.append((right, answers))
    low, high = found.interval.low, found.interval.high
    assert chance(as_high, low) == pytest.approx(0.025, abs=1e-7) if found.right else low == 0
    is_any_wrong = found.right < found.answers
    assert chance(as_low, high) == pytest.approx(0.025, abs=1e-7) if is_any_wrong else high == 1


def chance(ways: Iterable[tuple[int, int]], mass: float) -> float:
    """That searches end in one of these ways, each so many right answers of so many."""
    return sum(mass**right * (1 - mass) ** (answers - right) for right, answers in ways)


@pytest.mark.parametrize("trials", [1, 3, 10])
@pytest.mark.parametrize("allowed", [1, 2, 5, 10])
def test_the_interval_covers_any_mass_as_often_as_it_says(trials: int, allowed: int) -> None:
    """Not simulated but summed, over all outcomes that the searches can have."""
    for found in coverage(trials, allowed, (0.01, 0.1, 0.3, 0.5, 0.75, 0.99)):
        assert found.covered >= 0.95 - 1e-9


class Coverage(NamedTuple):
    """How often an interval holds the mass, and how wide it is on the average."""

    covered: float
    width: float


def coverage(trials: int, allowed: int, masses: Iterable[float]) -> Iterator[Coverage]:
    """Of each of these masses, over all outcomes of so many searches."""
    ways = _ways([allowed] * trials)
    outcomes = [(int(r), int(n), ways[r, n]) for r, n in np.argwhere(ways)]
    intervals = [of_outcome(r, n, trials, allowed).interval for r, n, _ in outcomes]
    lows = np.array([interval.low for interval in intervals])
    highs = np.array([interval.high for interval in intervals])
    for mass in masses:
        chances = np.array([count * mass**r * (1 - mass) ** (n - r) for r, n, count in outcomes])
        assert chances.sum() == pytest.approx(1)
        holds = (lows <= mass) & (mass <= highs)
        yield Coverage(float(chances[holds].sum()), float((chances * (highs - lows)).sum()))


def of_outcome(right: int, answers: int, trials: int, allowed: int) -> Mass:
    """The mass of some searches that come to this outcome."""
    draws = [Draws(allowed, 0)] * (trials - right)
    spent = answers - allowed * (trials - right)
    for left in range(right - 1, -1, -1):
        solved_at = min(allowed, spent - left)
        draws.append(Draws(allowed, solved_at))
        spent -= solved_at
    found = proposal_mass(draws)
    assert (found.right, found.answers) == (right, answers)
    return found


def test_a_fit_to_all_points_at_once_is_biased_and_the_first_attempts_are_not() -> None:
    """12 targets of 5 lengths, some easy and some hard; five attempts, early stop."""
    rng = np.random.Generator(np.random.PCG64(5))
    runs, mean = 400, 0.5
    masses = np.repeat(rng.beta(0.5, 0.5, (runs, 12)), 5, axis=1)
    solved_at = rng.geometric(np.clip(masses, 1e-9, 1))
    targets = [point // 5 for point in range(60)]
    covered, firsts, pooled = 0, [], []
    for row in solved_at:
        first = clustered_mean((row == 1).astype(float).tolist(), targets)
        interval = first.share_interval
        covered += interval is not None and interval.low <= mean <= interval.high
        firsts.append(first.mean)
        pooled.append(float((row <= 5).sum() / np.minimum(row, 5).sum()))
    assert fmean(firsts) == pytest.approx(mean, abs=0.02)
    assert fmean(pooled) < 0.35
    assert covered / runs >= 0.95 - 3 * math.sqrt(0.95 * 0.05 / runs)


@given(st.floats(0.001, 0.999), st.sampled_from([0.5, 0.9, 0.95]))
def test_the_attempts_needed_are_the_fewest(mass: float, chance: float) -> None:
    needed = attempts_needed(mass, chance)
    assert needed is not None
    assert 1 - (1 - mass) ** needed >= chance - 1e-9
    assert needed == 1 or 1 - (1 - mass) ** (needed - 1) < chance


def test_of_no_mass_no_number_of_attempts_is_enough() -> None:
    assert attempts_needed(0.0) is None
    assert attempts_needed(1.0) == 1


@pytest.mark.parametrize("draws", [[], [Draws(0, 0)], [Draws(5, 6)], [Draws(5, -1)]])
def test_searches_that_cannot_be(draws: list[Draws]) -> None:
    with pytest.raises(ValueError, match="at least one search"):
        proposal_mass(draws)


@pytest.mark.parametrize("level", [0.9, 0.95])
@pytest.mark.parametrize(
    "draws", [Draws(allowed, at) for allowed in (1, 2, 5, 40) for at in range(min(allowed, 6) + 1)]
)
def test_of_one_search_the_powers_are_what_the_exact_test_comes_to(
    draws: Draws, level: float
) -> None:
    quick, by_all_outcomes = proposal_mass([draws], level), _proposal_mass((draws,), level)
    assert (quick.right, quick.answers) == (by_all_outcomes.right, by_all_outcomes.answers)
    assert quick.interval.low == pytest.approx(by_all_outcomes.interval.low, abs=2e-9)
    assert quick.interval.high == pytest.approx(by_all_outcomes.interval.high, abs=2e-9)


def table() -> Iterator[str]:
    """The rows of the table in docs/statistics.md, in per cent."""
    masses = [i / 100 for i in range(1, 100)]
    for trials in (1, 3, 5, 10):
        cells = [str(trials)]
        for allowed in (1, 5, 10):
            found = list(coverage(trials, allowed, masses))
            width = found[masses.index(0.5)].width
            cells += [f"{100 * min(found).covered:.1f}", f"{100 * width:.0f}"]
        yield f"| {' | '.join(cells)} |"


if __name__ == "__main__":
    sys.stdout.write("\n".join(table()) + "\n")
