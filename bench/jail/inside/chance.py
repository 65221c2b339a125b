"""A candidate's random numbers, seeded by its source alone: a rerun gives the same predictions."""

import os
import random
import sys
import zlib
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
    if "numpy" in sys.modules:  # for programs that draw from it without naming "random"
        sys.modules["numpy"].random.seed(0)


def seed(source: bytes) -> None:
    """Seed everything that draws random numbers with a checksum of the program's source."""
    seed = zlib.crc32(source)
    random.seed(seed)
    # Seeding numpy takes as long as all the rest of a child's start together.
    if b"random" in source and "numpy" in sys.modules:
        sys.modules["numpy"].random.seed(seed)
    # uuid, secrets and numpy's default_rng() draw from os.urandom.
    entropy = random.Random(seed).randbytes  # noqa: S311 - repeatable on purpose
    os.urandom = random._urandom = entropy  # type: ignore[attr-defined]  # noqa: SLF001
    if hasattr(os, "getrandom"):
        os.getrandom = lambda size, flags=0: entropy(size)  # noqa: ARG005
