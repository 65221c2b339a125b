"""Primes, and the composites that look like them: drawn independently, by a sieve over windows."""

from collections.abc import Iterator
from functools import cache
from math import isqrt, prod
from typing import TYPE_CHECKING

from targets.base import Words, shuffle

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Bools = NDArray[np.bool_]
    Offsets = NDArray[np.int32]

SHALLOW, DEEP = 1_000, 2**14
"""Below these no hard composite has a factor, and no candidate for a prime. Deeper, sieving costs
what it saves."""
WINDOWS = 128
"""Windows that are sieved at once."""
SMALL = 64
"""Below it a prime strikes whole rows by a table; from it on, number by number."""


def is_prime(n: int) -> bool:
    """Whether n is prime, by Baillie-PSW: no composite is known to pass, and none below 2^64 does."""
    import gmpy2

    return bool(gmpy2.is_prime(n, 24))  # each round above 24 would be a Miller-Rabin test besides


def rounds(prime: bool, length: int, words: Words) -> Iterator[list[int]]:
    """Without end, some primes, or some composites that no prime below 1,000 divides.

    All of this many digits are equally likely. A round is one draw, however many it finds.
    """
    width, limit = (2 * length, DEEP) if prime else (16, SHALLOW)  # about one is found a window
    while True:
        some = [n for n in _rough(width, length, limit, words) if is_prime(n) == prime]
        shuffle(some, words)  # so that those of one window do not stand together
        yield some


def _rough(width: int, length: int, limit: int, words: Words) -> list[int]:
    """The numbers in windows at uniform places that have this many digits and no factor below `limit`.

    A window is an arithmetic progression. Its stride is as random as its start, and drawn anew each
    time, so that its numbers share no digits that would tell one from its neighbours. Windows may
    hang over the ends of the range, so that no number is in fewer of them than another.
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
    # How far from each start each prime's first multiple is. All sums stay below 2^53: floating
    # point is exact. Not `@`: its threads cost more here than they save.
    inverses = np.array([p - int(gmpy2.invert(stride % p, p)) for p in primes.tolist()])
    strides = (weights * inverses % primes).astype(np.float64)
    sums = np.einsum("ij,jk->ik", limbs_of, strides)
    rough = _struck((sums.astype(np.int64) % primes).astype(np.int32), primes, width)
    near = (starts[row] + stride * column for row, column in np.argwhere(rough).tolist())
    return [n for n in near if least <= n < 10 * least]


def _struck(offsets: "Offsets", primes: "NDArray[np.int64]", width: int) -> "Bools":
    """Which places of each window are left when each prime has struck out its multiples."""
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
    """The primes to sieve numbers of this length by, and what each 16 bits of one weigh modulo them."""
    import numpy as np

    least: int = 10 ** (length - 1)
    # Or up to half the root of the least number, so that there are composites at each length.
    below = limit if limit * limit <= least else isqrt(least) // 2
    primes = [p for p in range(2, below) if is_prime(p)]
    size = (10 * least).bit_length() // 16 + 1
    weights = [[pow(2, 16 * i, p) for p in primes] for i in reversed(range(size))]
    return np.array(primes, np.int64), np.array(weights, np.int64).reshape(size, len(primes))


def _stride(least: int, length: int, limit: int, words: Words) -> int:
    """A number from `least` to twice that, uniform among those that share no prime of the sieve."""
    import gmpy2

    while gmpy2.gcd(stride := least + words.below(least), _product(length, limit)) > 1:
        pass
    return stride


@cache
def _product(length: int, limit: int) -> int:
    import gmpy2

    return int(gmpy2.mpz(prod(_sieve(length, limit)[0].tolist())))
