"""Which inputs a candidate is asked, in an order that depends on nothing but these inputs."""

import hashlib
import random
from dataclasses import dataclass
from functools import lru_cache

_KEPT = 4
"""Splits that are kept ready: attempts share a validation split, and models share a test split."""


@dataclass(frozen=True, slots=True)
class Questions:
    """The inputs of a split as a child gets them: each different input once."""

    lines: bytes
    """The different inputs as UTF-8, each with a line feed after it."""
    count: int
    """How many lines there are."""
    places: tuple[int, ...]
    """For each input of the split, its place among the lines."""

    def in_order_of_the_split(self, codes: bytes) -> bytes:
        """One code for each input of the split, made of one code for each line."""
        return bytes([codes[place] for place in self.places])


@lru_cache(_KEPT)
def questions(inputs: tuple[str, ...]) -> Questions:
    """The questions for a split. Neither its order nor how often it holds an input changes them.

    A program may count its calls, so their order must not tell anything of the labels. The inputs
    are sorted, and then shuffled by a hash of them all, which also hides an input's rank. Raises
    ValueError for an input with a line feed.
    """
    distinct = sorted(set(inputs))
    digest = hashlib.sha256("\n".join(distinct).encode()).digest()
    drawn = random.Random(digest).randbytes(8 * len(distinct))  # noqa: S311 - repeatable on purpose
    keys = memoryview(drawn).cast("Q").tolist()
    asked = [distinct[i] for i in sorted(range(len(distinct)), key=keys.__getitem__)]
    lines = "\n".join([*asked, ""]).encode()
    if lines.count(b"\n") != len(asked):
        raise ValueError("an input holds a line feed")
    place_of = {x: place for place, x in enumerate(asked)}
    return Questions(lines, len(asked), tuple(map(place_of.__getitem__, inputs)))
