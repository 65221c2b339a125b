"""Primes, and the composites that look like them: drawn independently, by a sieve over windows."""

from collections.abc import Iterator
from functools import cache
from math import isqrt, prod
from typing import TYPE_CHECKING

from targets.bit_stream import Words, shuffle

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Bools = NDArray[np.bool_]
    Offsets = NDArray[np.int32]

SHALLOW = 1_000
"""No hard composite has a prime factor below this."""
DEEP = 2**14
"""Candidates for primes are sieved by the primes below this; more would cost what they save."""
WINDOWS = 128
"""Windows that are sieved at once."""
SMALL = 64
"""Primes below this strike out whole rows by a table, larger ones number by number."""


def is_prime(n: int) -> bool:
    """Whether n is prime, by Baillie-PSW: no known composite passes, and none below 2^64 does."""
    import gmpy2

    return bool(gmpy2.is_prime(n, 24))  # above 24, each round would add a Miller-Rabin test


def rounds(prime: bool, length: int, words: Words) -> Iterator[list[int]]:
    """Endless rounds of some primes, or of some composites without a prime factor below SHALLOW.

    All such numbers of `length` digits are equally likely. How many a round has is random.
    """
    # These widths give about one find a window.
    width, limit = (2 * length, DEEP) if prime else (16, SHALLOW)
    while True:
        some = [n for n in _rough(width, length, limit, words) if is_prime(n) == prime]
        shuffle(some, words)  # else the finds of one window would stand together
        yield some


def _rough(width: int, length: int, limit: int, words: Words) -> list[int]:
    """Numbers of `length` digits without a factor below `limit`, found in WINDOWS random windows.

    A window is an arithmetic progression of `width` numbers with a random start. The stride is
    random too and drawn anew each time, so that numbers of one window have no digits in common.
    Windows may reach beyond the ends of the range, so that every number is in equally many.
    """
    import gmpy2
    import numpy as np

    least: int = 10 ** (length - 1)
    primes, weights = _sieve(length, limit)
    stride = _stride(9 * least // (32 * width), length, limit, words)
    first = least - (width - 1) * stride
    starts = [first + words.below(10 * least - first) for _ in range(WINDOWS)]
    limbs = np.frombuffer(b"".join(n.to_bytes(2 * len(weights)) for n in starts), ">u2")
    limbs_of = limbs.reshape(WINDOWS, -1).astype(np.float64)
    # How far each prime's first multiple is from each start. All sums stay below 2^53, so floating
    # point is exact. `@` would start threads, which cost more here than they save.
    inverses = np.array([p - int(gmpy2.invert(stride % p, p)) for p in primes.tolist()])
    strides = (weights * inverses % primes).astype(np.float64)
    sums = np.einsum("ij,jk->ik", limbs_of, strides)
    rough = _struck((sums.astype(np.int64) % primes).astype(np.int32), primes, width)
    near = (starts[row] + stride * column for row, column in np.argwhere(rough).tolist())
    return [n for n in near if least <= n < 10 * least]


def _struck(offsets: "Offsets", primes: "NDArray[np.int64]", width: int) -> "Bools":
    """Which places of each window are left after every prime has struck out its multiples.

    `offsets` are the places of each prime's first multiple, [windows, primes].
    """
    import numpy as np

    rough = np.ones((len(offsets), width), np.bool_)
    places = np.arange(width)
    small = int(np.searchsorted(primes, SMALL))
    for p, offset in zip(primes[:small].tolist(), offsets.T, strict=False):
        rough &= (places[None, :] % p != np.arange(p)[:, None])[offset]
    steps, offsets = primes[small:].astype(np.int32), offsets[:, small:]
    while len(steps):
        row, column = np.nonzero(offsets < width)
        rough[row, offsets[row, column]] = False
        again = steps < width - offsets.min(axis=0)
        steps = steps[again]
        offsets = offsets[:, again] + steps
    return rough


@cache
def _sieve(length: int, limit: int) -> "tuple[NDArray[np.int64], NDArray[np.int64]]":
    """The primes to sieve numbers of this length by, and the powers of 2^16 modulo each of them."""
    import numpy as np

    least: int = 10 ** (length - 1)
    # At short lengths only up to half the root of the least number: else no composite is left.
    below = limit if limit * limit <= least else isqrt(least) // 2
    primes = [p for p in range(2, below) if is_prime(p)]
    size = (10 * least).bit_length() // 16 + 1
    weights = np.empty((size, len(primes)), np.int64)
    for row, power in zip(weights, reversed(range(size)), strict=True):
        row[:] = [pow(2, 16 * power, p) for p in primes]
    return np.array(primes, np.int64), weights


def _stride(least: int, length: int, limit: int, words: Words) -> int:
    """A random number from `least` to twice that, with no factor in common with the sieve."""
    import gmpy2

    while gmpy2.gcd(stride := least + words.below(least), _product(length, limit)) > 1:
        pass
    return stride


@cache
def _product(length: int, limit: int) -> int:
    import gmpy2

    return int(gmpy2.mpz(prod(_sieve(length, limit)[0].tolist())))
