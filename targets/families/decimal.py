"""The targets over strings of decimal digits: primality, and gcd."""

from collections.abc import Callable, Iterator
from functools import partial
from itertools import chain, islice
from math import gcd

from targets import kinds
from targets.base import LENGTHS, Rule
from targets.bit_stream import Words
from targets.families.near_primes import near_primes
from targets.families.primes import is_prime, rounds
from targets.families.pseudoprimes import LEAST, family, pseudoprime
from targets.forms.numbers import TWO_NUMBERS

GCDS = range(20, 52)
_ENDS = (1, 3, 7, 9)
_PLANTED = 25
"""One in this many hard composites passes the Fermat test."""


def _number(length: int, words: Words) -> int:
    least: int = 10 ** (length - 1)
    return least + words.below(9 * least)


def _products(ends: bool, length: int, count: int, words: Words) -> list[int]:
    """Products of two numbers of half the length, the published negatives.

    With `ends`, only products that end in 1, 3, 7 or 9.
    """
    found: list[int] = []
    while len(found) < count:
        a, b = _number(length // 2, words), _number(length - length // 2, words)
        product = a * b
        ends_well = not ends or product % 10 in _ENDS
        if len(str(product)) == length and min(a, b) > 1 and ends_well:
            found.append(product)
    return found


def _hard_composites(length: int, words: Words) -> Iterator[list[int]]:
    """Composites without a factor below 1,000, some that pass the Fermat test among them."""
    for some in rounds(False, length, words):
        if length >= LEAST:
            for at in range(_PLANTED // 2, len(some), _PLANTED):
                some.insert(at, pseudoprime(length, words))
        yield some


def _whether_prime(offset: int, x: str) -> int:
    return int(is_prime(int(x) - offset))


def _draw_prime(
    offset: int, ends: bool, label: int, length: int, count: int, words: Words, hard: bool
) -> list[str]:
    if label:
        drawn = _taken(rounds(True, length, words), count)
    elif hard:
        drawn = _taken(_hard_composites(length, words), count)
    else:
        drawn = _products(ends, length, count, words)
    return [text for n in drawn if len(text := str(n + offset)) == length]


def _taken(some: Iterator[list[int]], count: int) -> list[int]:
    """At least `count` numbers. Rounds are taken whole, so that a smaller count gives a prefix."""
    found: list[int] = []
    while len(found) < count:
        found += next(some)
    return found


def _looks_prime(offset: int, x: str) -> str | None:
    return family(int(x) - offset)


def _near_primes(offset: int, length: int, words: Words) -> Iterator[str]:
    """With the offset, and without it: numbers that are prime themselves."""
    for n in near_primes(length, words):
        yield from (
            text for text in dict.fromkeys((str(n + offset), str(n))) if len(text) == length
        )


def _ends_like_a_prime(x: str) -> bool:
    return int(x[-1]) in _ENDS


def _halves(x: str) -> tuple[int, int]:
    return int(x[: len(x) // 2]), int(x[len(x) // 2 :])


def _two_primes(x: str) -> int:
    return int(all(map(is_prime, _halves(x))))


def _draw_two_primes(label: int, length: int, count: int, words: Words, hard: bool) -> list[str]:
    """Paper negatives have no prime; of the hard ones half have exactly one."""
    if not label and not hard:
        drawn = _products(True, length, 2 * count, words)
        return [f"{a}{b}" for a, b in zip(drawn[::2], drawn[1::2], strict=True)]
    primes = rounds(True, length, words)
    found: list[str] = []
    while len(found) < count:
        some = next(primes)
        pairs = zip(some[::2], some[1::2], strict=False) if label else _mixed(some, length, words)
        found += [f"{a}{b}" for a, b in pairs]
    return found


def _mixed(primes: list[int], length: int, words: Words) -> Iterator[tuple[int, int]]:
    """Pairs of a prime and a composite, in either order, and as many of two composites."""
    composites = iter(_taken(_hard_composites(length, words), 3 * len(primes)))
    for i, prime in enumerate(primes):
        yield (prime, next(composites)) if i % 2 else (next(composites), prime)
        yield next(composites), next(composites)


def _looks_prime_twice(x: str) -> str | None:
    return next(filter(None, map(family, _halves(x))), None)


_PRIMES = 8
"""Primes that are paired with one another and with what looks like one: they take long to find."""


def _pairs_of_near_primes(length: int, words: Words) -> Iterator[str]:
    """Two primes, twice the same one, and a prime before or behind what looks like one."""
    some = (n for n in near_primes(length, words) if len(str(n)) == length)
    while True:
        drawn = list(islice(some, 4 * _PRIMES))
        primes = [n for n in drawn if is_prime(n)]
        for i, n in enumerate(drawn):
            prime = primes[i % len(primes)] if primes else n
            yield from (f"{n}{prime}", f"{prime}{n}", f"{prime}{prime}")


def _gcd_range(x: str) -> int:
    return int(gcd(*_halves(x)) in GCDS)


_PAPER_GCDS = {1: (GCDS,), 0: (range(1, 2),)}
_HARD_GCDS = {
    1: (range(20, 30), range(42, 52), range(20, 52)),
    0: (range(10, 20), range(52, 62), range(2, 84)),
}
"""Just inside and just outside of both bounds, with equally many multiples of 2, 3 and 5."""


def _draw_gcd(label: int, length: int, count: int, words: Words, hard: bool) -> list[str]:
    """Paper negatives are any two numbers; hard ones have a gcd just outside of the bounds."""
    found: list[str] = []
    ranges = _HARD_GCDS[label] if hard else _PAPER_GCDS[label]
    factors = list(chain.from_iterable(ranges))
    if hard:
        factors = [f for f in factors if (f in GCDS) == label]
    while len(found) < count:
        factor = factors[words.below(len(factors))]
        a, b = (_number(length, words) // factor * factor for _ in range(2))
        x = f"{a}{b}"
        fits = gcd(a, b) == factor if hard else _gcd_range(x) == label
        if len(x) == 2 * length == 2 * len(str(a)) and fits:
            found.append(x)
    return found


_BOUNDS = (GCDS.start, GCDS.stop - 1)


def _near_gcds(length: int, words: Words) -> Iterator[str]:
    """Pairs whose gcd is at a bound, beside one, or a multiple of one; and one number twice."""
    least: int = 10 ** (length - 1)
    beside = [bound + by for bound in _BOUNDS for by in (-2, -1, 0, 1, 2)]
    multiples = [times * bound for times in (2, 3) for bound in _BOUNDS]
    while True:
        for factor in (1, *beside, *multiples):
            first, last = least // factor + 1, (10 * least - 1) // factor
            a, b = (first + words.below(last - first + 1) for _ in range(2))
            yield f"{a * factor}{b * factor}"
            common = gcd(a, b)
            if len(f"{a // common * factor}{b // common * factor}") == 2 * length:
                yield f"{a // common * factor}{b // common * factor}"
        n = _number(length, words)
        yield f"{n}{n}"


def _prime_target(
    fn: str,
    name: str,
    *,
    rule: str,
    offset: int = 0,
    ends: bool = True,
    paper: bool = False,
    defined: Callable[[str], bool] | None = None,
) -> Rule:
    label: Callable[[str], int] = partial(_whether_prime, offset)
    return Rule(
        fn=fn,
        name=name,
        family="prime",
        kind=kinds.DECIMAL,
        rule=rule,
        lengths=LENGTHS,
        label=label,
        draw=partial(_draw_prime, offset, ends),
        paper=paper,
        hardens=True,
        least=4,
        planted=partial(_looks_prime, offset),
        edge_cases=partial(_near_primes, offset),
        defined=defined,
    )


DECIMAL = (
    _prime_target("fn_i", "prime_decimal", rule="1 if the number is prime", ends=False, paper=True),
    _prime_target(
        "fn_k",
        "prime_decimal_tf_check",
        rule="1 if prime; the others end in 1, 3, 7, 9",
        paper=True,
        defined=_ends_like_a_prime,
    ),
    _prime_target("fn_v", "prime_plus_47", rule="1 if n - 47 is prime", offset=47),
    _prime_target("prime_minus_5", "prime_minus_5", rule="1 if n - 5 is prime", offset=5),
    Rule(
        fn="two_primes",
        name="two_primes",
        family="prime",
        kind=kinds.DECIMAL,
        rule="1 if both of two L-digit numbers are prime",
        lengths=LENGTHS,
        label=_two_primes,
        draw=_draw_two_primes,
        paper=False,
        hardens=True,
        least=4,
        planted=_looks_prime_twice,
        own_form=TWO_NUMBERS,
        edge_cases=_pairs_of_near_primes,
    ),
    Rule(
        fn="gcd_range",
        name="gcd_range",
        family="arithmetic",
        kind=kinds.DECIMAL,
        rule="1 if the gcd of two L-digit numbers is 20 to 51",
        lengths=LENGTHS,
        label=_gcd_range,
        draw=_draw_gcd,
        paper=False,
        hardens=True,
        least=4,
        own_form=TWO_NUMBERS,
        edge_cases=_near_gcds,
    ),
)
