"""Random bits that are the same on every machine, and what is drawn from them."""

import hashlib
import struct
from math import prod
from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

BLOCK = 8192
PLAIN = 8
"""One in PLAIN hard inputs is drawn in a simpler way, so that there are several kinds of them."""

T = TypeVar("T")


class Words:
    """An endless stream of random bits, which depends on its seed text alone.

    The bits are SHAKE-256 of the seed and a counter.
    """

    def __init__(self, seed: str) -> None:
        self._seed = seed.encode()
        self._block = 0
        self._buffer = b""
        self._at = 0

    def _take(self, size: int) -> bytes:
        if (missing := size - (len(self._buffer) - self._at)) > 0:
            blocks = range(self._block, self._block + -(-missing // BLOCK))
            self._block = blocks.stop
            more = (
                hashlib.shake_256(self._seed + b"\0" + str(i).encode()).digest(BLOCK)
                for i in blocks
            )
            self._buffer, self._at = self._buffer[self._at :] + b"".join(more), 0
        taken = self._buffer[self._at : self._at + size]
        self._at += size
        return taken

    def bits(self, n: int) -> int:
        """A uniform number of `n` bits."""
        size = (n + 7) // 8
        return int.from_bytes(self._take(size), "big") >> (8 * size - n)

    def below(self, n: int) -> int:
        """A uniform number from 0 to `n` - 1."""
        if n < 1:
            raise ValueError(f"no number is below {n}")
        width = (n - 1).bit_length()
        while (value := self.bits(width)) >= n:
            pass
        return value

    def order(self, n: int) -> list[int]:
        """A uniformly random order of the numbers from 0 to `n` - 1: by keys of 64 random bits."""
        keys = struct.unpack(f">{n}Q", self._take(8 * n))
        return sorted(range(n), key=keys.__getitem__)

    def keys(self, *shape: int) -> "NDArray[np.uint32]":
        """An array of uniform numbers of 32 bits."""
        import numpy as np

        return np.frombuffer(self._take(4 * prod(shape)), ">u4").astype(np.uint32).reshape(shape)

    def uniform(self, limits: "NDArray[np.int64]") -> "NDArray[np.int64]":
        """For each limit, a number from 0 to limit - 1.

        Every number's probability is 1 / limit, with a relative error of at most limit / 2^32.
        """
        import numpy as np

        scaled = self.keys(*limits.shape).astype(np.uint64) * limits.astype(np.uint64)
        return (scaled >> np.uint64(32)).astype(np.int64)

    def orders(self, count: int, n: int) -> "NDArray[np.int64]":
        """`count` rows, each a random order of the numbers from 0 to `n` - 1."""
        import numpy as np

        return np.argsort(self.keys(count, n), axis=1, kind="stable")


def random_bits(length: int, words: Words) -> str:
    """A uniform string of zeros and ones."""
    return f"{words.bits(length):0{length}b}"


def flipped(x: str, i: int) -> str:
    """The bits of x, with the one at i changed."""
    return x[:i] + ("0" if x[i] == "1" else "1") + x[i + 1 :]


def texts(rows: "NDArray[np.uint8]") -> list[str]:
    """Each row of character codes as a string."""
    import numpy as np

    row_bytes = np.ascontiguousarray(rows).view(f"S{rows.shape[1]}").ravel()
    found: list[str] = row_bytes.astype(str).tolist()
    return found


def shuffle(items: list[T], words: Words) -> None:
    """Put the items into a uniformly random order, in place."""
    items[:] = [items[i] for i in words.order(len(items))]
