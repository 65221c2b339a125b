"""The targets over strings of decimal digits: primality, and gcd."""

from collections.abc import Callable, Iterator
from functools import partial
from math import gcd
from typing import TYPE_CHECKING

from targets.base import Target, Words

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

LENGTHS = (100, 50, 30, 25, 20)
SMALL = tuple(p for p in range(3, 1000) if all(p % d for d in range(2, int(p**0.5) + 1)))
"""The odd primes below 1,000."""
GCDS = range(20, 52)
_ENDS = (1, 3, 7, 9)


def is_prime(n: int) -> bool:
    """Whether n is prime: gmpy2's, which is Baillie-PSW and a further round of Miller-Rabin."""
    import gmpy2

    return bool(gmpy2.is_prime(n))


def _rough(count: int, length: int, words: Words) -> Iterator[int]:
    """Those of `count` uniform numbers that end in 1, 3, 7 or 9 and have no smaller factor below 1,000.

    The whole batch is divided by all small primes at once: the digits times the powers of ten modulo each prime. The
    sums stay far below 2^53, so that floating point is exact. Each number stands for itself: unlike the primes of one
    window, those found share no leading digits, and each prime is equally likely.
    """
    import numpy as np

    rows = words.digits(count, length)
    rows = rows[np.isin(rows[:, -1], _ENDS)]
    primes = np.array([p for p in SMALL if p < 10 ** (length - 1)], np.float64)
    powers = np.array([[pow(10, length - 1 - i, int(p)) for p in primes] for i in range(length)], np.float64)
    kept = rows[(np.mod(rows.astype(np.float64) @ powers.reshape(length, -1), primes) != 0).all(axis=1)]
    return (int(text) for text in _texts(kept))


def _texts(rows: "NDArray[np.uint8]") -> list[str]:
    import numpy as np

    return np.ascontiguousarray(rows + ord("0")).view(f"S{rows.shape[1]}").ravel().astype(str).tolist()


def _sieved(prime: bool, length: int, count: int, words: Words) -> list[int]:
    """`count` primes, or composites without a factor below 1,000, of this many digits, each equally likely."""
    found: list[int] = []
    while len(found) < count:
        batch = min(20_000, 400 + (count - len(found)) * (6 * length if prime else 30))
        found += [n for n in _rough(batch, length, words) if is_prime(n) == prime]
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


def _prime_target(fn: str, name: str, rule: str, offset: int, ends: bool, paper: bool) -> Target:
    label: Callable[[str], int] = partial(_whether_prime, offset)
    return Target(
        fn, name, "prime", "decimal", rule, LENGTHS, label, partial(_draw_prime, offset, ends), paper=paper,
        hardens=True, least=4,
    )  # fmt: skip


DECIMAL = (
    _prime_target("fn_i", "prime_decimal", "1 if the number is prime", 0, False, True),
    _prime_target("fn_k", "prime_decimal_tf_check", "1 if prime; the others end in 1, 3, 7, 9", 0, True, True),
    _prime_target("fn_v", "prime_plus_47", "1 if n - 47 is prime", 47, True, False),
    _prime_target("prime_minus_5", "prime_minus_5", "1 if n - 5 is prime", 5, True, False),
    Target(
        "two_primes", "two_primes", "prime", "decimal", "1 if both of two L-digit numbers are prime, 0 if neither",
        LENGTHS, _two_primes, _draw_two_primes, paper=False, hardens=True, least=4,
    ),
    Target(
        "gcd_range", "gcd_range", "arithmetic", "decimal", "1 if the gcd of two L-digit numbers is 20 to 51", LENGTHS,
        _gcd_range, _draw_gcd, paper=False, hardens=True, least=4,
    ),
)  # fmt: skip
