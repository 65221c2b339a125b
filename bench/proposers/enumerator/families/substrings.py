"""Whether the input contains a string. Each substring that could tell the labels apart is tried."""

import math
from collections.abc import Iterator

from bench.proposers.enumerator.contenders import Contender, Effort
from bench.proposers.enumerator.examples import Examples
from bench.proposers.enumerator.language import BITS, Expr, predicate

LONGEST = 24


def contenders(examples: Examples, effort: Effort) -> Iterator[Contender]:
    """`s in x` and `s not in x`, the shortest first.

    A string costs the code of its length, and log2 of the alphabet's size for each character.
    """
    if examples.kind.argument == "features":
        return
    bits_a_character = math.log2(max(2, len(examples.symbols)))
    for size in range(1, LONGEST + 1):
        length_bits = 2 * size.bit_length() - 1
        bits = BITS["bool"] + 1 + length_bits + size * bits_a_character
        yield Contender(bits)
        for label, source in ((1, "in"), (0, "not in")):
            yield from _of_one_size(size, label, source, bits, examples, effort)


def _of_one_size(
    size: int, label: int, source: str, bits: float, examples: Examples, effort: Effort
) -> Iterator[Contender]:
    """The substrings of this size that the inputs with this label may have in common."""
    labelled = list(zip(examples.inputs, examples.labels, strict=True))
    holders = [text for text, given in labelled if given == label]
    others = [text for text, given in labelled if given != label]
    if not holders:
        return
    shortest = min(holders, key=len)
    strings = (shortest[i : i + size] for i in range(len(shortest) - size + 1))
    for string in list(dict.fromkeys(strings)):
        missing = sum(string not in text for text in holders)
        wrong = missing + sum(string in text for text in others)
        effort.spend()
        yield Contender(bits, _contains(string, source, bits), wrong)


def _contains(string: str, source: str, bits: float) -> Expr:
    return predicate(bits, f"{string!r} {source} x", lambda x: (string in x) == (source == "in"))
