"""Whether the input contains a string: every substring of the examples that could tell the labels apart."""

import math
from collections.abc import Iterator

from bench.proposers.enumerator.candidates import Candidate, Effort
from bench.proposers.enumerator.examples import Examples
from bench.proposers.enumerator.language import BITS, Expr, leaf

LONGEST = 24


def candidates(examples: Examples, effort: Effort) -> Iterator[Candidate]:
    """`s in x` and `s not in x`, shortest first: a string costs its length and log2 of the alphabet a character."""
    if examples.kind == "table":
        return
    for size in range(1, LONGEST + 1):
        bits = (
            BITS["bool"]
            + 1
            + 2 * size.bit_length()
            - 1
            + size * math.log2(max(2, len(examples.symbols)))
        )
        yield Candidate(bits)
        for label, source in ((1, "in"), (0, "not in")):
            yield from _of_one_size(size, label, source, bits, examples, effort)


def _of_one_size(
    size: int, label: int, source: str, bits: float, examples: Examples, effort: Effort
) -> Iterator[Candidate]:
    holders = [
        text for text, given in zip(examples.inputs, examples.labels, strict=True) if given == label
    ]
    others = [
        text for text, given in zip(examples.inputs, examples.labels, strict=True) if given != label
    ]
    if not holders:
        return
    shortest = min(holders, key=len)
    for string in list(
        dict.fromkeys(shortest[i : i + size] for i in range(len(shortest) - size + 1))
    ):
        missing = sum(string not in text for text in holders)
        wrong = missing + sum(string in text for text in others)
        effort.spend()
        yield Candidate(bits, _contains(string, source, bits), wrong)


def _contains(string: str, source: str, bits: float) -> Expr:
    return leaf(
        "bool", bits - 1, f"{string!r} {source} x", lambda x: (string in x) == (source == "in")
    )
