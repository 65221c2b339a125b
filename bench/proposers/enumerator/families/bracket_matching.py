"""Bracket matching over codes of fixed width. Which codes open and close is searched for."""

import math
from collections.abc import Iterator
from itertools import combinations, permutations

from bench.proposers.enumerator.contenders import Contender, Effort, errors
from bench.proposers.enumerator.examples import Examples
from bench.proposers.enumerator.language import BITS, Expr, constant_bits, predicate
from bench.proposers.enumerator.runtime import is_balanced

WIDTHS = (1, 2, 3)
MOST_CODES = 8
"""A width at which more codes occur is left out."""


def contenders(examples: Examples, effort: Effort) -> Iterator[Contender]:
    """Every pairing of the codes that occur, in order of cost: words match, or they do not."""
    if examples.kind.argument == "features" or examples.shortest == 0:
        return
    for bits, width, pairs in sorted(_pairings(examples), key=lambda pairing: pairing[0]):
        yield Contender(bits)
        effort.spend()
        for matches in (True, False):
            expr = _expr(bits, width, dict(pairs), matches)
            wrong = errors(expr, examples)
            if wrong is not None:
                yield Contender(bits, expr, wrong)


def _pairings(examples: Examples) -> Iterator[tuple[float, int, tuple[tuple[str, str], ...]]]:
    """Cost, width and (opener, closer) pairs of every way to pair some of the codes."""
    for width in WIDTHS:
        codes = _codes(examples, width)
        if len(codes) > MOST_CODES or any(len(text) % width for text in examples.inputs):
            continue
        for size in range(1, len(codes) // 2 + 1):
            ways = math.perm(len(codes), 2 * size) // math.factorial(size)
            parameters = constant_bits(width) + constant_bits(size) + math.log2(ways)
            bits = 1 + BITS["bool"] + 1 + parameters
            for openers in combinations(codes, size):
                rest = [code for code in codes if code not in openers]
                for closers in permutations(rest, size):
                    yield bits, width, tuple(zip(openers, closers, strict=True))


def _codes(examples: Examples, width: int) -> list[str]:
    """The codes of this width that occur."""
    found = set[str]()
    for text in examples.inputs:
        found |= {text[i : i + width] for i in range(0, len(text), width)}
    return sorted(found)


def _expr(bits: float, width: int, closer_of: dict[str, str], matches: bool) -> Expr:
    source = f"is_balanced(x, {width}, {closer_of})"
    return predicate(
        bits,
        source if matches else f"not {source}",
        lambda x: is_balanced(x, width, closer_of) == matches,
        is_balanced,
    )
