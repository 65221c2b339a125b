"""Which inputs each split holds: one sequence of inputs a class, dealt out so that sizes share them.

Of 100 inputs of either class the first 50 stand for the train split, the next for the validation
split, and what follows for the test split: the default sizes. A smaller split has the beginning of
its share, a larger one takes the shares of the next hundreds. So a prompt does not depend on the
test size, and validation and test inputs not on the train size up to the default.
"""

import sys
from collections.abc import Sequence
from dataclasses import dataclass

from targets.base import Rule, Words, shuffle

SHARE, HUNDRED = 50, 100
"""Of so many inputs of a class in a row, the train split's, and those of train and validation."""

Item = tuple[str, int]


@dataclass(frozen=True, slots=True)
class Sizes:
    """How many inputs each split holds, half of them of either class."""

    train: int
    val: int
    test: int

    @property
    def hundreds(self) -> int:
        """How many hundreds of either class are kept for train and validation."""
        return -(-max(self.train, self.val) // (2 * SHARE))

    @property
    def wanted(self) -> int:
        """How many inputs of either class are drawn, if there are so many."""
        return HUNDRED * self.hundreds + self.test // 2


DEFAULT_SIZES = Sizes(100, 100, 10_000)
PAGE = DEFAULT_SIZES.wanted
"""Inputs of a class that are drawn at once, where that tells what is drawn."""


def sequence(rule: Rule, label: int, length: int, want: int, words: Words, hard: bool) -> list[str]:
    """The first `want` different inputs of a class, or as many as there are; perhaps some more."""
    pages = rule.at_once and not hard
    # More than the other class has are of no use; but they were drawn where that tells what is.
    labels = (label,) if pages else (0, 1)
    there = min(rule.domain(one, length) for one in labels) if rule.domain else sys.maxsize
    found: dict[str, None] = {}
    misses = 0
    while len(found) < min(want, there) and misses < 1000 + 40 * len(found):
        page_end = (len(found) // PAGE + 1) * PAGE
        missing = min(page_end if pages else min(page_end, want), there) - len(found)
        before = len(found)
        found |= dict.fromkeys(rule.draw(label, length, missing, words, hard))
        misses = misses + missing if len(found) == before else 0
    return list(found)


def deal(classes: Sequence[list[str]], sizes: Sizes, seed: str) -> dict[str, list[Item]]:
    """The three splits, in the order of their files, of classes that hold train and validation.

    The test split is smaller than asked for where no more inputs are left.
    """
    there = min(map(len, classes))
    train, val = sizes.train // 2, sizes.val // 2
    at = {"train": _places(train, 0), "val": _places(val, SHARE)}
    shared = there >= SHARE and max([-1, *at["train"], *at["val"]]) < there
    if shared:
        first = _shuffled(classes, range(SHARE), f"{seed}:shuffle:train")
        classes = [_of_class(first, label) + some[SHARE:] for label, some in enumerate(classes)]
    else:  # so few that shares would leave gaps
        at = {"train": list(range(train)), "val": list(range(train, train + val))}
    kept = {place for places in at.values() for place in places}
    after = HUNDRED * sizes.hundreds
    order = [*range(after, there), *range(min(after, there))]
    at["test"] = [place for place in order if place not in kept][: sizes.test // 2]
    splits = {
        name: _shuffled(classes, places, f"{seed}:shuffle:{name}") for name, places in at.items()
    }
    if shared:
        splits["train"] = _train(classes, at["train"], first, Words(f"{seed}:pairs"))
    return splits


def _places(half: int, first: int) -> list[int]:
    """Where in its class's sequence each of so many inputs of a split stands."""
    return [i // SHARE * HUNDRED + first + i % SHARE for i in range(half)]


def _of_class(items: Sequence[Item], label: int) -> list[str]:
    return [x for x, its in items if its == label]


def _shuffled(classes: Sequence[list[str]], places: Sequence[int], seed: str) -> list[Item]:
    items = [(some[place], label) for label, some in enumerate(classes) for place in places]
    shuffle(items, Words(seed))
    return items


def _train(
    classes: Sequence[list[str]], places: list[int], first: list[Item], words: Words
) -> list[Item]:
    """The train split, so that fewer examples are the beginning of more.

    The `first` hundred is in random order, as it stands at the default size. Its beginning need not
    be balanced; so a smaller split has the first of either class in it, pair by pair, and a larger
    one what comes beyond it.
    """
    whole = first if len(places) >= SHARE else []
    zeros, ones = ([some[place] for place in places[len(whole) // 2 :]] for some in classes)
    return whole + _paired(zeros, ones, words)


def _paired(zeros: list[str], ones: list[str], words: Words) -> list[Item]:
    pairs = (((x, 0), (y, 1)) for x, y in zip(zeros, ones, strict=True))
    return [item for pair in pairs for item in (pair if words.bits(1) else pair[::-1])]


def planted(rule: Rule, items: Sequence[Item]) -> dict[str, list[int]]:
    """The lines of a split that hold a planted negative, by its kind; counted from 1."""
    found: dict[str, list[int]] = {}
    for line, (x, label) in enumerate(items, 1):
        kind = rule.planted(x) if rule.planted and not label else None
        if kind:
            found.setdefault(kind, []).append(line)
    return found
