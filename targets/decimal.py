"""The targets over strings of decimal digits: primality, and gcd."""

from collections.abc import Callable
from functools import cache, partial
from math import gcd, isqrt
from typing import TYPE_CHECKING

from targets.base import Rule, Words, shuffle

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

LENGTHS = (100, 50, 30, 25, 20)
SHALLOW, DEEP = 1_000, 2**15
"""Below these no hard composite has a factor, and no candidate for a prime. Deeper, sieving costs what it saves."""
WINDOWS = 256
"""Windows that are sieved at once."""
GCDS = range(20, 52)
_ENDS = (1, 3, 7, 9)


def is_prime(n: int) -> bool:
    """Whether n is prime, by Baillie-PSW: no composite that passes it is known, and there is none below 2^64."""
    import gmpy2

    return bool(gmpy2.is_prime(n, 24))  # each round above 24 would be a Miller-Rabin test besides


def _sieved(prime: bool, length: int, count: int, words: Words) -> list[int]:
    """`count` primes, or composites that end in 1, 3, 7 or 9 and have no factor below 1,000, each equally likely."""
    found: list[int] = []
    while len(found) < count:
        windows = min(WINDOWS, 16 + 2 * (count - len(found)))
        width, limit = (2 * length, DEEP) if prime else (16, SHALLOW)  # about one is found a window
        some = [n for n in _rough(windows, width, length, limit, words) if is_prime(n) == prime]
        shuffle(some, words)  # so that what is too much is cut off anywhere
        found += some
    return found[:count]


def _rough(windows: int, width: int, length: int, limit: int, words: Words) -> list[int]:
    """The numbers of this many digits, in windows at uniform places, that have no factor below `limit`.

    A window is an arithmetic progression of wide stride: its numbers share no leading digits, which would tell that a
    number is near a prime of another split. Windows may hang over the ends of the range, so that no number is in fewer
    of them than another.
    """
    import numpy as np

    least, stride, primes, weights = _sieve(width, length, limit)
    first = least - (width - 1) * stride
    starts = [first + words.below(10 * least - first) for _ in range(windows)]
    digits = np.frombuffer(b"".join(n.to_bytes(len(weights)) for n in starts), np.uint8).reshape(windows, -1)
    # How far from each start each prime's first multiple is. All sums stay below 2^53: floating point is exact.
    offsets = ((digits.astype(np.float64) @ weights).astype(np.int64) % primes).astype(np.int32)
    rough = np.ones((windows, width), np.bool_)
    while len(primes):
        row, column = np.nonzero(offsets < width)
        rough[row, offsets[row, column]] = False
        again = primes < width - offsets.min(axis=0)
        primes = primes[again]
        offsets = offsets[:, again] + primes
    row, column = np.nonzero(rough)
    near = (starts[i] + stride * j for i, j in zip(row.tolist(), column.tolist(), strict=True))
    return [n for n in near if least <= n < 10 * least]


@cache
def _sieve(width: int, length: int, limit: int) -> "tuple[int, int, NDArray[np.int32], NDArray[np.float64]]":
    """The least number of this many digits, a window's stride, the primes to sieve by, and the weights of a start.

    The bytes of a start times their weights, modulo each prime, are how many strides its first multiple is away.
    """
    import gmpy2
    import numpy as np

    least: int = 10 ** (length - 1)
    stride = int(gmpy2.next_prime(9 * least // (16 * width)))
    # Or up to half the root of the least number, so that there are composites to be found at each length.
    below = limit if limit * limit <= least else isqrt(least) // 2
    primes = [p for p in range(2, below) if gmpy2.is_prime(p)]
    weights, residues = [], [-pow(stride, -1, p) % p for p in primes]
    for _ in range((10 * least).bit_length() // 8 + 1):
        weights.append(residues)
        residues = [256 * residue % p for residue, p in zip(residues, primes, strict=True)]
    return least, stride, np.array(primes, np.int32), np.array(weights[::-1], np.float64)


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
