"""The bounds on the true error: known values, failures in simulation, the measure of a source."""

import math
import sys
from collections.abc import Iterator, Sequence

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bench.record.outcome import Bound
from bench.score.bounds import (
    DELTA,
    LONGEST_PARSED,
    Allowed,
    bounds,
    minified_bits,
    occam_bound,
    paper_bound,
    validation_bound,
)


def test_a_perfect_validation_in_a_search_of_five_attempts() -> None:
    at_first = DELTA * Allowed(5, stops_early=True).share_of_delta(1)
    assert validation_bound(100, 100, at_first) == pytest.approx(0.0345, abs=5e-5)
    any_of_all = DELTA * Allowed(5, stops_early=False).share_of_delta(1)
    assert validation_bound(100, 100, any_of_all) == pytest.approx(1 - (0.05 / 5) ** (1 / 100))
    assert validation_bound(100, 100, any_of_all) == pytest.approx(0.0450, abs=5e-5)


@given(
    st.integers(1, 300).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n))),
    st.floats(0.001, 0.5),
)
@settings(max_examples=60)
def test_validation_bound_is_the_binomials_exact_limit(
    counts: tuple[int, int], delta: float
) -> None:
    from scipy.stats import beta

    right, size = counts
    expected = 1.0 if right == 0 else float(beta.ppf(1 - delta, size - right + 1, right))
    assert validation_bound(right, size, delta) == pytest.approx(expected, abs=1e-9)
    assert validation_bound(right, size, delta / 2) >= validation_bound(right, size, delta)


@given(st.integers(1, 50), st.booleans())
def test_the_shares_of_delta_sum_to_one(attempts: int, stops_early: bool) -> None:
    search = Allowed(attempts, stops_early)
    shares = [search.share_of_delta(number) for number in range(1, attempts + 1)]
    assert sum(shares) == pytest.approx(1)
    assert shares == sorted(shares, reverse=True)
    for number in (0, attempts + 1):
        with pytest.raises(ValueError, match="cannot be"):
            search.share_of_delta(number)


RUNS, SIZE = 20_000, 60
TOLERANCE = 3 * math.sqrt(DELTA * (1 - DELTA) / RUNS)
"""Three standard errors of a simulated share near delta."""


def failing(errors: Sequence[float], shares: Sequence[float], seed: int) -> float:
    """How often the bound of a search's selected program fails, by simulation.

    `errors` are the true errors of the programs of its attempts, `shares` what each may fail with.
    """
    rng = np.random.Generator(np.random.PCG64(seed))
    wrong = rng.binomial(SIZE, errors, (RUNS, len(errors)))
    selected = np.argmin(wrong, axis=1)  # the first perfect one, else the best
    of_counts = [
        [validation_bound(SIZE - count, SIZE, DELTA * share) for count in range(SIZE + 1)]
        for share in shares
    ]
    bound = np.array(of_counts)[selected, wrong[np.arange(RUNS), selected]]
    return float(np.mean(np.array(errors)[selected] > bound))


def just_worse(shares: Sequence[float]) -> list[float]:
    """The adversary: each attempt has a program just worse than the bound of a perfect one."""
    return [validation_bound(SIZE, SIZE, DELTA * share) + 1e-9 for share in shares]


ATTEMPTS = [1, 2, 5, 10, 20]


@pytest.mark.parametrize("attempts", ATTEMPTS)
@pytest.mark.parametrize("stops_early", [True, False])
def test_validation_bound_fails_as_rarely_as_it_says(attempts: int, stops_early: bool) -> None:
    search = Allowed(attempts, stops_early)
    shares = [search.share_of_delta(number) for number in range(1, attempts + 1)]
    adversaries = [just_worse(shares), *([error] * attempts for error in (0.02, 0.05, 0.3))]
    failed = [failing(errors, shares, seed) for seed, errors in enumerate(adversaries)]
    assert max(failed) <= DELTA + TOLERANCE
    assert failed[0] >= DELTA - 0.003 - TOLERANCE  # a tighter bound would be wrong


@pytest.mark.parametrize("attempts", ATTEMPTS[1:])
def test_neither_the_attempts_made_nor_the_tighter_of_both_bounds_would_hold(attempts: int) -> None:
    stopping, fixed = Allowed(attempts, stops_early=True), Allowed(attempts, stops_early=False)
    numbers = range(1, attempts + 1)
    made = [1 / number for number in numbers]
    larger = [max(stopping.share_of_delta(n), fixed.share_of_delta(n)) for n in numbers]
    for shares in (made, larger):
        expected = 1 - math.prod(1 - DELTA * share for share in shares)
        failed = failing(just_worse(shares), shares, seed=1)
        assert failed == pytest.approx(expected, abs=4 * math.sqrt(expected / RUNS))
        assert failed > DELTA + TOLERANCE


def test_occam_bound_fails_as_rarely_as_it_says() -> None:
    """Length-first ERM over random programs, each wrong with a probability of its own."""
    rng = np.random.Generator(np.random.PCG64(3))
    runs, size, delta = 400, 30, 0.05
    failed = found = 0
    for _ in range(runs):
        for bits in range(1, 9):
            # Programs of `bits` bits, all just bad enough to violate the bound if one of them is
            # consistent.
            bound = occam_bound(bits, size, delta)
            if bound >= 1:
                continue
            if not rng.binomial(size, bound, 2**bits).all():
                failed += 1
                break
        found += 1
    assert found == runs
    assert failed / runs <= delta + 3 * math.sqrt(delta * (1 - delta) / runs)


def test_occam_bound_by_hand() -> None:
    assert occam_bound(20, 100) == pytest.approx(
        (20 * math.log(2) + math.log(2 * 400 / 0.05)) / 100
    )
    assert occam_bound(19.2, 100) == occam_bound(20, 100)
    with pytest.raises(ValueError, match="at least one"):
        occam_bound(20, 0)


def test_what_an_outcome_carries() -> None:
    found = bounds(
        val_right=100,
        val_size=100,
        search=Allowed(5, stops_early=False),
        selected=3,
        description_bits=9.0,
        train_size=100,
        consistent=True,
    )
    assert found.confidence == 0.95
    assert found.validation.error == pytest.approx(0.045, abs=5e-4)
    assert found.occam.error == pytest.approx(occam_bound(9, 100))
    assert found.paper.error == pytest.approx(paper_bound(100, 5))
    assert not any(bound.vacuous for bound in (found.validation, found.occam, found.paper))


def test_each_says_when_it_is_vacuous() -> None:
    once = Allowed(1, stops_early=True)
    long = bounds(
        val_right=6,
        val_size=6,
        search=once,
        selected=1,
        description_bits=900.0,
        train_size=100,
        consistent=True,
    )
    assert long.occam.error is not None and long.occam.error > 1
    assert long.occam.vacuous
    assert long.paper.vacuous
    wrong = bounds(
        val_right=0,
        val_size=10,
        search=once,
        selected=1,
        description_bits=9.0,
        train_size=100,
        consistent=False,
    )
    assert wrong.validation == Bound(error=1.0, vacuous=True)
    assert wrong.occam == wrong.paper == Bound(error=None, vacuous=True)


@pytest.mark.parametrize(
    ("right", "size", "delta"), [(101, 100, 0.1), (-1, 100, 0.1), (0, 0, 0.1), (5, 10, 0.0)]
)
def test_counts_that_cannot_be(right: int, size: int, delta: float) -> None:
    with pytest.raises(ValueError, match="cannot be"):
        validation_bound(right, size, delta)


def test_comments_docstrings_and_spaces_cost_nothing() -> None:
    head = 'def f(x):\n    """What it is."""\n\n    # a comment\n'
    long = head + "    if x:\n        return  1\n    return 0\n"
    short = "def f(x):\n  if x:\n    return 1\n  return 0"
    assert minified_bits(long) == minified_bits(short) == 8 * 37
    assert minified_bits('def f(x):\n    "nothing else"') == 8 * len("def f(x):\n pass")
    assert minified_bits("") == 0
    assert minified_bits("x = 'é'") == 8 * 8


HOSTILE = {
    "parentheses": "(" * 50_000 + ")" * 50_000,
    "signs": "x = " + "-" * 100_000 + "1",
    "sum": "x = " + "1+" * 60_000 + "1",
    "attributes": "x" + ".a" * 100_000,
    "calls": "x" + "()" * 80_000,
    "nested blocks": "".join(" " * i + "if x:\n" for i in range(90)) + " " * 90 + "pass",
    "lists": "[" * 190 + "]" * 190,
    "null byte": "x = 1\0",
    "surrogate": "x = '\ud800'",
    "syntax": "def f(x) return",
    "escape": "x = '\\d'",
    "digits": "x = " + "9" * 10_000,
    "megabytes": "x = 1\n" * 500_000,
}


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_source_is_measured_like_any_other(name: str) -> None:
    source = HOSTILE[name]
    assert 0 < minified_bits(source) <= 8 * len(source.encode("utf-8", "surrogatepass"))


@given(st.text(max_size=200))
@settings(max_examples=100)
def test_any_text_has_a_measure(source: str) -> None:
    assert minified_bits(source) >= 0


def test_a_long_program_is_measured_as_it_is() -> None:
    source = 'a = f"' + "{x}" * (LONGEST_PARSED // 3) + '"  # a comment\n'
    assert minified_bits(source) == 8 * len(source.strip())
    assert minified_bits("a = 1  # a comment\n") == 8 * len("a = 1")


def table() -> Iterator[str]:
    """The rows in docs/statistics.md: limits in per cent of 100 examples, failures simulated."""
    for attempts in ATTEMPTS:
        made = [1 / number for number in range(1, attempts + 1)]
        cells = [str(attempts)]
        for stops_early in (True, False):
            search = Allowed(attempts, stops_early)
            shares = [search.share_of_delta(number) for number in range(1, attempts + 1)]
            ends = dict.fromkeys((shares[0], shares[-1]))
            limits = [f"{100 * validation_bound(100, 100, DELTA * share):.1f}" for share in ends]
            failed = failing(just_worse(shares), shares, seed=7)
            cells += [" to ".join(limits), f"{100 * failed:.1f}"]
        cells.append(f"{100 * failing(just_worse(made), made, seed=7):.1f}")
        yield f"| {' | '.join(cells)} |"


if __name__ == "__main__":
    sys.stdout.write("\n".join(table()) + "\n")
