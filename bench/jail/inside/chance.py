"""A candidate's random numbers: seeded by its own text alone, so that a rerun gives the same predictions."""

import os
import random
import sys
import zlib
from typing import Any

_seed_with = random.Random.seed


def _seed(self: random.Random, a: Any = None, version: int = 2) -> None:
    """Stands for random.Random.seed, which takes numbers from the system, past os.urandom, where it is given none."""
    _seed_with(self, int.from_bytes(os.urandom(32), "little") if a is None else a, version)


def prepare() -> None:
    """What can be done before the fork."""
    random.Random.seed = _seed  # type: ignore[method-assign]
    random.seed = random._inst.seed  # noqa: SLF001
    if "numpy" in sys.modules:  # for programs that use it in some way that `seed` does not see
        sys.modules["numpy"].random.seed(0)


def seed(source: bytes) -> None:
    """Seed whatever draws random numbers.

    The seed tells a program nothing that it did not know of itself.
    """
    seed = zlib.crc32(source)
    random.seed(seed)
    if b"random" in source and "numpy" in sys.modules:  # it takes as long as all the rest together
        sys.modules["numpy"].random.seed(seed)
    # uuid, secrets and numpy's default_rng() draw from here.
    entropy = random.Random(seed).randbytes  # noqa: S311 - repeatable on purpose
    os.urandom = random._urandom = entropy  # type: ignore[attr-defined]  # noqa: SLF001
    if hasattr(os, "getrandom"):
        os.getrandom = lambda size, flags=0: entropy(size)  # noqa: ARG005
