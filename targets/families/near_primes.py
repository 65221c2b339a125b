"""Numbers that a wrong test of primality may fail on: primes, and composites that look prime."""

from collections.abc import Iterator

from targets.bit_stream import Words
from targets.families.pseudoprimes import LEAST, pseudoprime

_BOUNDS = (3, 7, 11, 50, 100, 1_000, 10_000, 1_000_000)
"""Trial division that stops at one of these misses the products with the prime that follows it."""


def near_primes(length: int, words: Words) -> Iterator[int]:
    """The first and the last prime of this many digits, and then endlessly, in turn:

    - the square of a prime, and the product of two neighbouring primes;
    - the product of a large prime and the prime that follows a bound of trial division;
    - a composite that passes the Fermat test;
    - a prime.
    """
    import gmpy2

    yield from (int(gmpy2.next_prime(10 ** (length - 1))), _last_prime(length))
    while True:
        for bound in (b for b in _BOUNDS if b**2 < 10 ** (length - 1)):
            low = int(gmpy2.isqrt(10 ** (length - 1))) + 1
            p = int(gmpy2.next_prime(low + words.below(2 * low)))
            small = int(gmpy2.next_prime(bound))
            yield from (p * p, p * int(gmpy2.next_prime(p)))
            yield small * int(gmpy2.next_prime(_below(10**length // small, words)))
        if length >= LEAST:
            yield pseudoprime(length, words)
        yield int(gmpy2.next_prime(_below(10**length, words)))


def _below(limit: int, words: Words) -> int:
    """A random number from a tenth of the limit up to the limit."""
    return limit // 10 + words.below(limit - limit // 10)


def _last_prime(length: int) -> int:
    import gmpy2

    n: int = 10**length - 1
    while not gmpy2.is_prime(n):
        n -= 2
    return n
