"""A candidate's random numbers, seeded by its source alone: a rerun gives the same predictions."""

import os
import random
import sys
import zlib
from collections.abc import Callable
from typing import Any

_seed_with = random.Random.seed


def _seed(self: random.Random, a: Any = None, version: int = 2) -> None:
    """Takes the place of random.Random.seed, which without a seed would ask the system itself.

    It would not call os.urandom, which `seed` below replaces.
    """
    _seed_with(self, int.from_bytes(os.urandom(32), "little") if a is None else a, version)


def prepare() -> None:
    """Do once, before the fork, what is the same for every child."""
    random.Random.seed = _seed  # type: ignore[method-assign]
    random.seed = random._inst.seed  # noqa: SLF001
    _seed_shared(0)  # for programs that draw from them without naming "random"


def seed(source: bytes) -> None:
    """Seed everything that draws random numbers with a checksum of the program's source."""
    if b"random" in source:  # seeding them takes as long as all the rest of a child's start
        _seed_shared(zlib.crc32(source))
    # uuid, secrets and numpy's default_rng() draw from os.urandom.
    entropy = _entropy(source)
    os.urandom = random._urandom = entropy  # type: ignore[attr-defined]  # noqa: SLF001
    if hasattr(os, "getrandom"):
        os.getrandom = lambda size, flags=0: entropy(size)  # noqa: ARG005


def _seed_shared(seed: int) -> None:
    """Seed the generators that a module's functions share, Python's own and numpy's."""
    random.seed(seed)
    if "numpy" in sys.modules:
        sys.modules["numpy"].random.seed(seed)


def _entropy(source: bytes) -> Callable[[int], bytes]:
    """Takes the place of os.urandom. Its generator is made when a program first draws from it."""
    generator = random.Random
    randbytes: Callable[[int], bytes] | None = None

    def entropy(size: int, /) -> bytes:
        nonlocal randbytes
        if randbytes is None:
            randbytes = generator(zlib.crc32(source)).randbytes
        return randbytes(size)

    return entropy
