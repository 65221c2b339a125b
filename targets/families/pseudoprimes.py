"""Composites of a given length that pass the Fermat test, so that it cannot stand for the rule."""

from functools import cache
from math import prod
from typing import TYPE_CHECKING

from targets.bit_stream import Words
from targets.families.primes import is_prime

if TYPE_CHECKING:
    from numpy.typing import NDArray

FAMILIES = {
    "pseudoprime to bases 2 and 3": (12, 24),
    "Carmichael number": (6, 12, 18),
}
"""Products of a*k + 1 over these a, for any k with which all of these factors are prime.

(12k + 1)(24k + 1) passes the Fermat test with the bases that are squares modulo 24k + 1, 2 and 3
among them; (6k + 1)(12k + 1)(18k + 1) passes it with every base it is coprime to (Chernick 1939).
"""
LEAST = 12
"""The fewest digits at which there are some hundred of these numbers."""
_RARE = 18
"""The fewest digits at which there are some hundred of the Carmichael numbers."""
_WINDOW = 4096
"""How many k are sieved at once."""
_BELOW = 2000
"""The k are sieved by the primes below this."""


def pseudoprime(length: int, words: Words) -> int:
    """A number of `length` digits of one of the families, one in four a Carmichael number."""
    rare = length >= _RARE and words.bits(2) == 0
    factors = FAMILIES["Carmichael number" if rare else "pseudoprime to bases 2 and 3"]
    least = _largest(factors, 10 ** (length - 1)) + 1
    most = _largest(factors, 10**length - 1)
    while True:
        # At most one from a window, so that no two share their leading digits.
        first = least + words.below(most - least + 1)
        for k in _candidates(factors, first):
            if k <= most and all(is_prime(a * k + 1) for a in factors):
                return prod(a * k + 1 for a in factors)


def family(n: int) -> str | None:
    """The name of the family in FAMILIES that n belongs to, or None."""
    for name, factors in FAMILIES.items():
        k = _largest(factors, n)
        if prod(a * k + 1 for a in factors) == n and all(is_prime(a * k + 1) for a in factors):
            return name
    return None


def _largest(factors: tuple[int, ...], n: int) -> int:
    """The largest k whose number of this family is at most n; 0 if there is none."""
    import gmpy2

    k = int(gmpy2.iroot(n // prod(factors), len(factors))[0])
    while k and prod(a * k + 1 for a in factors) > n:
        k -= 1
    return k


def _candidates(factors: tuple[int, ...], first: int) -> "list[int]":
    """The k in a window from `first` on for which no small prime divides any a*k + 1."""
    import numpy as np

    left = np.ones(_WINDOW, np.bool_)
    for p, roots in _roots(factors):
        if p < 6 * first:  # else p could be one of the prime factors itself
            start = first % p
            for root in roots:
                left[(root - start) % p :: p] = False
    found: NDArray[np.int64] = np.flatnonzero(left)
    return [first + j for j in found.tolist()]


@cache
def _roots(factors: tuple[int, ...]) -> list[tuple[int, list[int]]]:
    """Each small prime p, with the k modulo p for which p divides some a*k + 1."""

    def roots(p: int) -> list[int]:
        return [-pow(a, -1, p) % p for a in factors]

    return [(p, roots(p)) for p in range(5, _BELOW) if is_prime(p)]
