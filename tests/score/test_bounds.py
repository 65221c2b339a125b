"""The bounds on the true error: known values, how often they fail in simulation, and the measure of a source."""

import math
import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import beta

from bench.record.outcome import Bound
from bench.score.bounds import (
    LONGEST_PARSED,
    bounds,
    minified_bits,
    occam_bound,
    paper_bound,
    validation_bound,
)


def test_a_perfect_validation_after_five_attempts() -> None:
    assert validation_bound(100, 100, 5) == pytest.approx(1 - (0.05 / 5) ** (1 / 100))
    assert validation_bound(100, 100, 5) == pytest.approx(0.045, abs=5e-4)


@given(
    st.integers(1, 300).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n))),
    st.integers(1, 20),
)
@settings(max_examples=60, deadline=None)
def test_validation_bound_is_the_binomials_exact_limit(
    counts: tuple[int, int], attempts: int
) -> None:
    right, size = counts
    expected = 1.0 if right == 0 else float(beta.ppf(1 - 0.05 / attempts, size - right + 1, right))
    assert validation_bound(right, size, attempts) == pytest.approx(expected, abs=1e-9)
    assert validation_bound(right, size, attempts) >= 1 - right / size
    if right:
        assert validation_bound(right, size, attempts + 1) > validation_bound(right, size, attempts)


def binomial(rng: random.Random, n: int, p: float) -> int:
    return sum(rng.random() < p for _ in range(n))


@pytest.mark.parametrize("true_error", [0.02, 0.05, 0.3])
@pytest.mark.parametrize("attempts", [1, 5])
def test_validation_bound_fails_as_rarely_as_it_says(true_error: float, attempts: int) -> None:
    """Programs of one true error, the best of them selected on validation: the worst case of the union bound."""
    rng, runs, size = random.Random(1), 1500, 60
    failed = 0
    for _ in range(runs):
        wrong = min(binomial(rng, size, true_error) for _ in range(attempts))
        failed += true_error > validation_bound(size - wrong, size, attempts)
    # 0.05 is the claim; three standard deviations of the simulation on top.
    assert failed / runs <= 0.05 + 3 * math.sqrt(0.05 * 0.95 / runs)


def test_a_single_validation_is_nearly_as_tight_as_it_can_be() -> None:
    """Just above (delta)^(1/n) a perfect validation happens with probability delta: a tighter bound would be wrong."""
    rng, runs, size = random.Random(2), 4000, 60
    error = validation_bound(size, size, 1)
    perfect = sum(binomial(rng, size, error) == 0 for _ in range(runs))
    assert perfect / runs == pytest.approx(0.05, abs=3 * math.sqrt(0.05 * 0.95 / runs))


def test_occam_bound_fails_as_rarely_as_it_says() -> None:
    """Length-first ERM over random programs, each wrong on an input with a probability of its own."""
    rng, runs, size, delta = random.Random(3), 400, 30, 0.05
    failed = found = 0
    for _ in range(runs):
        for bits in range(1, 9):
            # Programs of `bits` bits, all just bad enough to violate the bound if one of them is
            # consistent.
            bound = occam_bound(bits, size, delta)
            if bound >= 1:
                continue
            if any(binomial(rng, size, bound) == 0 for _ in range(2**bits)):
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
        attempts=5,
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
    long = bounds(
        val_right=6, val_size=6, attempts=5, description_bits=900.0, train_size=100, consistent=True
    )
    assert long.occam.error is not None and long.occam.error > 1
    assert long.occam.vacuous
    assert long.paper.vacuous
    wrong = bounds(
        val_right=0, val_size=10, attempts=1, description_bits=9.0, train_size=100, consistent=False
    )
    assert wrong.validation == Bound(error=1.0, vacuous=True)
    assert wrong.occam == wrong.paper == Bound(error=None, vacuous=True)


@pytest.mark.parametrize(
    ("right", "size", "attempts"), [(101, 100, 5), (-1, 100, 5), (0, 0, 1), (5, 10, 0)]
)
def test_counts_that_cannot_be(right: int, size: int, attempts: int) -> None:
    with pytest.raises(ValueError, match="cannot be"):
        validation_bound(right, size, attempts)


def test_comments_docstrings_and_spaces_cost_nothing() -> None:
    long = 'def f(x):\n    """What it is."""\n\n    # a comment\n    if x:\n        return  1\n    return 0\n'
    assert (
        minified_bits(long)
        == minified_bits("def f(x):\n  if x:\n    return 1\n  return 0")
        == 8 * 37
    )
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
@settings(max_examples=100, deadline=None)
def test_any_text_has_a_measure(source: str) -> None:
    assert minified_bits(source) >= 0


def test_a_long_program_is_measured_as_it_is() -> None:
    source = 'a = f"' + "{x}" * (LONGEST_PARSED // 3) + '"  # a comment\n'
    assert minified_bits(source) == 8 * len(source.strip())
    assert minified_bits("a = 1  # a comment\n") == 8 * len("a = 1")
