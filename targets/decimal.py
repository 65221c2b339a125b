"""The targets over strings of decimal digits: primality, and gcd."""

from collections.abc import Callable, Iterator
from functools import partial
from math import gcd, isqrt, prod

from targets.base import Rule, Words, texts

LENGTHS = (100, 50, 30, 25, 20)
SHALLOW, DEEP = 1_000, 4_000
"""Below these no hard composite has a factor, and no candidate for a prime. Deeper, a division costs what it saves."""
SMALL = tuple(p for p in range(3, DEEP) if p % 2 and all(p % d for d in range(3, isqrt(p) + 1, 2)))
CHUNK = 7
"""Digits that are divided at a time."""
GCDS = range(20, 52)
_ENDS = (1, 3, 7, 9)


def is_prime(n: int) -> bool:
    """Whether n is prime: gmpy2's, which is Baillie-PSW and a further round of Miller-Rabin."""
    import gmpy2

    return bool(gmpy2.is_prime(n))


def _rough(count: int, length: int, limit: int, words: Words) -> Iterator[int]:
    """Of `count` uniform numbers that end in 1, 3, 7 or 9, those that have no smaller factor below `limit`.

    The whole batch is divided at once, by products of small primes: seven digits at a time, times their power of ten
    modulo the product. All sums stay below 2^53, so that floating point is exact. Each number stands for itself:
    unlike the primes of one window, those found share no leading digits, and each prime is equally likely.
    """
    import numpy as np

    rows = words.digits(count, length)
    rows[:, -1] = np.array(_ENDS, np.uint8)[words.keys(count) >> 30]
    padded = np.pad(rows, ((0, 0), (-length % CHUNK, 0))).reshape(count, -1, CHUNK)
    chunks = padded @ (10.0 ** np.arange(CHUNK - 1, -1, -1))
    places = range(CHUNK * (chunks.shape[1] - 1), -1, -CHUNK)
    # Up to half the root of the shortest numbers, so that there are composites to be found at each length.
    primes = [p for p in SMALL if p < limit and 4 * p * p < 10 ** (length - 1)]
    for group in _groups(primes, 2**53 // (10**CHUNK * len(places))):
        modulus = prod(group)
        sums = chunks @ np.array([pow(10, place, modulus) for place in places], np.float64)
        # The quotient may be one off: the remainder is then off by the modulus, and divides no less.
        remainders = (sums - np.floor(sums / modulus) * modulus).astype(np.int32)
        rough = np.logical_and.reduce([remainders % p != 0 for p in group])
        rows, chunks = rows[rough], chunks[rough]
    return map(int, texts(rows + ord("0")))


def _groups(primes: list[int], limit: int) -> Iterator[list[int]]:
    """The primes in groups whose products are below the limit."""
    group: list[int] = []
    for p in primes:
        if prod(group) * p >= limit:
            yield group
            group = []
        group.append(p)
    if group:
        yield group


def _sieved(prime: bool, length: int, count: int, words: Words) -> list[int]:
    """`count` primes, or composites without a factor below 1,000, of this many digits, each equally likely."""
    import gmpy2

    found: list[int] = []
    while len(found) < count:
        # Of the numbers that end so, one in 0.92 * length is prime.
        batch = min(50_000, 200 + (count - len(found)) * (length if prime else 10))
        if prime:
            candidates = _rough(batch, length, DEEP, words)
            found += [n for n in candidates if gmpy2.powmod(2, n - 1, n) == 1 and is_prime(n)]
        else:
            found += [n for n in _rough(batch, length, SHALLOW, words) if not is_prime(n)]
    return found[:count]


def _number(length: int, words: Words) -> int:
    least: int = 10 ** (length - 1)
    return least + words.below(9 * least)


def _products(ends: bool, length: int, count: int, words: Words) -> list[int]:
    """Products of two numbers of half the length, as published; with `ends`, those that end in 1, 3, 7 or 9."""
    found: list[int] = []
    while len(found) < count:
        a, b = _number(length // 2, words), _number(length - length // 2, words)
        if len(str(a * b)) == length and min(a, b) > 1 and (not ends or a * b % 10 in _ENDS):
            found.append(a * b)
    return found


def _whether_prime(offset: int, x: str) -> int:
    return int(is_prime(int(x) - offset))


def _draw_prime(offset: int, ends: bool, label: int, length: int, count: int, words: Words, hard: bool) -> list[str]:
    drawn = _sieved(bool(label), length, count, words) if label or hard else _products(ends, length, count, words)
    return [text for n in drawn if len(text := str(n + offset)) == length]


def _halves(x: str) -> tuple[int, int]:
    return int(x[: len(x) // 2]), int(x[len(x) // 2 :])


def _two_primes(x: str) -> int:
    return int(all(map(is_prime, _halves(x))))


def _draw_two_primes(label: int, length: int, count: int, words: Words, hard: bool) -> list[str]:
    each = _draw_prime(0, True, label, length, 2 * count, words, hard)
    return [a + b for a, b in zip(each[::2], each[1::2], strict=True)]


def _gcd_range(x: str) -> int:
    return int(gcd(*_halves(x)) in GCDS)


def _draw_gcd(label: int, length: int, count: int, words: Words, hard: bool) -> list[str]:
    """Paper negatives are any two numbers; hard ones have a common factor too, of 2 to 19 or 52 to 83."""
    found: list[str] = []
    factors = [*GCDS] if label else [*range(2, 20), *range(52, 84)]
    while len(found) < count:
        factor = factors[words.below(len(factors))] if label or hard else 1
        a, b = (_number(length, words) // factor * factor for _ in range(2))
        x = f"{a}{b}"
        if len(x) == 2 * length == 2 * len(str(a)) and _gcd_range(x) == label:
            found.append(x)
    return found


def _prime_target(fn: str, name: str, rule: str, offset: int, ends: bool, paper: bool) -> Rule:
    label: Callable[[str], int] = partial(_whether_prime, offset)
    return Rule(
        fn, name, "prime", "decimal", rule, LENGTHS, label, partial(_draw_prime, offset, ends), paper=paper,
        hardens=True, least=4,
    )  # fmt: skip


DECIMAL = (
    _prime_target("fn_i", "prime_decimal", "1 if the number is prime", 0, False, True),
    _prime_target("fn_k", "prime_decimal_tf_check", "1 if prime; the others end in 1, 3, 7, 9", 0, True, True),
    _prime_target("fn_v", "prime_plus_47", "1 if n - 47 is prime", 47, True, False),
    _prime_target("prime_minus_5", "prime_minus_5", "1 if n - 5 is prime", 5, True, False),
    Rule(
        "two_primes", "two_primes", "prime", "decimal", "1 if both of two L-digit numbers are prime, 0 if neither",
        LENGTHS, _two_primes, _draw_two_primes, paper=False, hardens=True, least=4,
    ),
    Rule(
        "gcd_range", "gcd_range", "arithmetic", "decimal", "1 if the gcd of two L-digit numbers is 20 to 51", LENGTHS,
        _gcd_range, _draw_gcd, paper=False, hardens=True, least=4,
    ),
)  # fmt: skip
