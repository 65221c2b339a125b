"""Which inputs each split holds: the inputs of a class are one sequence, and splits share it out.

Of the first 100 inputs of a class, 50 belong to the train split and 50 to the validation split;
the test split has what follows. Those are the default sizes. A smaller split has the beginning of
its share, a larger one also its share of the next hundreds. So a prompt does not depend on the
test size, and up to the default train size the validation and test inputs do not depend on it,
but where inputs run out: there the test split has all that are left.
"""

import sys
from collections.abc import Sequence
from dataclasses import dataclass

from targets.base import Rule
from targets.bit_stream import Words, shuffle

SHARE, HUNDRED = 50, 100
"""Of each HUNDRED inputs of a class in a row, the first SHARE belong to the train split."""

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
"""Inputs of a class that are drawn at once, for rules whose inputs depend on how many are drawn."""


def sequence(rule: Rule, label: int, length: int, want: int, words: Words, hard: bool) -> list[str]:
    """The first `want` different inputs of a class, or as many as there are; perhaps some more."""
    pages = rule.at_once and not hard
    # Splits are balanced, so no more is of use than the smaller class has. With pages more is drawn
    # all the same: there the number that is asked for changes which inputs come.
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
    """The three splits, in the order of their files; the classes are large enough for two of them.

    The test split is smaller than asked for where no more inputs are left.
    """
    there = min(map(len, classes))
    train, val = sizes.train // 2, sizes.val // 2
    at = {"train": _places(train, 0), "val": _places(val, SHARE)}
    shared = there >= SHARE and max([-1, *at["train"], *at["val"]]) < there
    if shared:
        first = _shuffled(classes, range(SHARE), f"{seed}:shuffle:train")
        classes = [
            _inputs_of_class(first, label) + some[SHARE:] for label, some in enumerate(classes)
        ]
    else:  # with so few inputs, shares would leave gaps
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


def _inputs_of_class(items: Sequence[Item], label: int) -> list[str]:
    return [x for x, its in items if its == label]


def _shuffled(classes: Sequence[list[str]], places: Sequence[int], seed: str) -> list[Item]:
    items = [(some[place], label) for label, some in enumerate(classes) for place in places]
    shuffle(items, Words(seed))
    return items


def _train(
    classes: Sequence[list[str]], places: list[int], first: list[Item], words: Words
) -> list[Item]:
    """The train split, such that a smaller one is the beginning of a larger one.

    `first` is the split of the default size, in random order. Its beginning need not be balanced.
    So a smaller split has the first inputs of either class, pair by pair, and a larger one has all
    of `first` and then further pairs.
    """
    whole = first if len(places) >= SHARE else []
    of_zeros, of_ones = classes
    further = places[len(whole) // 2 :]
    zeros = [of_zeros[place] for place in further]
    ones = [of_ones[place] for place in further]
    return whole + _paired(zeros, ones, words)


def smaller_train(train: Sequence[Item], size: int, seed: str) -> list[Item]:
    """The smaller train split that a larger one begins with: the first inputs of either class.

    It is what `deal` gives a train split of that size, where there are inputs enough for shares.
    """
    classes = [_inputs_of_class(train, label) for label in (0, 1)]
    first = list(train[:HUNDRED])
    is_balanced = sum(label for _, label in first) == SHARE
    return _train(
        classes, list(range(size // 2)), first if is_balanced else [], Words(f"{seed}:pairs")
    )


def _paired(zeros: list[str], ones: list[str], words: Words) -> list[Item]:
    """One input of either class after the other; chance says which of the two comes first."""
    items: list[Item] = []
    for x, y in zip(zeros, ones, strict=True):
        pair = [(x, 0), (y, 1)]
        items += pair if words.bits(1) else reversed(pair)
    return items


def planted(rule: Rule, items: Sequence[Item]) -> dict[str, list[int]]:
    """The lines of a split that hold a planted negative, by its kind; counted from 1."""
    found: dict[str, list[int]] = {}
    for line, (x, label) in enumerate(items, 1):
        kind = rule.planted(x) if rule.planted and not label else None
        if kind:
            found.setdefault(kind, []).append(line)
    return found
