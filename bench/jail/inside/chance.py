"""A candidate's random numbers, seeded by its source alone: a rerun gives the same predictions."""

import os
import sys
from collections.abc import Callable
from typing import Any

_NIBBLES = tuple(
    0x1DB71064 * (n & 1)
    ^ 0x3B6E20C8 * (n >> 1 & 1)
    ^ 0x76DC4190 * (n >> 2 & 1)
    ^ 0xEDB88320 * (n >> 3)
    for n in range(16)
)
"""What half a byte does to a CRC-32."""

_source = [b""]
"""The program of this child."""

_drawn_from: list[Callable[[int], bytes]] = []
"""Where the bytes of os.urandom come from, once a program has drawn some."""


def prepare() -> None:
    """Do once, before the fork, what is the same for every child."""
    # uuid, secrets and numpy's default_rng() draw from os.urandom.
    os.urandom = _entropy
    if hasattr(os, "getrandom"):
        os.getrandom = lambda size, flags=0: _entropy(size)  # noqa: ARG005
    _seed_shared(0)  # for programs that draw from them without naming "random"


def fit(random: Any) -> None:
    """Fit the module `random` to the jail, as soon as it is imported."""
    seed_with = random.Random.seed

    def seed(self: Any, a: Any = None, version: int = 2) -> None:
        """As random.Random.seed, which without a seed would ask the system itself."""
        seed_with(self, int.from_bytes(os.urandom(32), "little") if a is None else a, version)

    random.Random.seed = seed
    random.seed = random._inst.seed  # noqa: SLF001
    random._urandom = _entropy  # noqa: SLF001
    random.seed(_shared_seed())


def seed(source: bytes) -> None:
    """Seed everything that draws random numbers with a checksum of the program's source."""
    _source[0] = source
    _drawn_from.clear()
    if b"random" in source:  # seeding them takes as long as all the rest of a child's start
        _seed_shared(_shared_seed())


def _shared_seed() -> int:
    return _checksum(_source[0]) if b"random" in _source[0] else 0


def _seed_shared(seed: int) -> None:
    """Seed the generators that a module's functions share, Python's own and numpy's."""
    if "random" in sys.modules:
        sys.modules["random"].seed(seed)
    if "numpy" in sys.modules:
        sys.modules["numpy"].random.seed(seed)


def _entropy(size: int, /) -> bytes:
    """Takes the place of os.urandom. Its generator is made when a program first draws from it."""
    if not _drawn_from:
        import random

        generator = random.Random(_checksum(_source[0]))  # noqa: S311 - repeatable on purpose
        _drawn_from.append(generator.randbytes)
    return _drawn_from[0](size)


def _checksum(data: bytes) -> int:
    """The CRC-32 of zlib, whose library would make each child dearer."""
    crc = 0xFFFFFFFF
    for byte in data:
        crc ^= byte
        crc = crc >> 4 ^ _NIBBLES[crc & 15]
        crc = crc >> 4 ^ _NIBBLES[crc & 15]
    return crc ^ 0xFFFFFFFF
