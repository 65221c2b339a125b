"""For tables: an odd number of tests of features, more than half of which have to hold."""

import math
from collections.abc import Iterator, Sequence

from bench.proposers.enumerator.contenders import Contender, Effort
from bench.proposers.enumerator.examples import Examples
from bench.proposers.enumerator.families.row_tests import row_tests
from bench.proposers.enumerator.language import BITS, Expr, Op, Type

MOST_VOTES = 11
STEP = 0.7
"""How fast an example loses weight as its margin grows."""


def contenders(examples: Examples, effort: Effort) -> Iterator[Contender]:
    """Votes of 3, 5, 7, ... tests; each further test lowers the exponential loss most.

    That is boosting with equal votes (Freund and Schapire 1997). A test may be chosen twice.
    """
    tests = row_tests(examples, effort)
    if not tests:
        return
    yield Contender(BITS["bool"])
    chosen: list[Expr] = []
    margins = [0] * len(examples.labels)
    while len(chosen) < MOST_VOTES:
        effort.spend(len(tests))
        by_margin: dict[int, int] = {}
        for i, margin in enumerate(margins):
            by_margin[margin] = by_margin.get(margin, 0) | 1 << i
        weights = [(rows, math.exp(-STEP * margin)) for margin, rows in by_margin.items()]
        losses = [_loss(test.mask ^ examples.target, weights) for test in tests]
        test = tests[losses.index(min(losses))]
        chosen.append(test.expr)
        right = examples.everything ^ test.mask ^ examples.target
        margins = [margin + (1 if right >> i & 1 else -1) for i, margin in enumerate(margins)]
        if len(chosen) % 2 and len(chosen) > 1:
            expr = _vote(tuple(chosen))
            yield Contender(expr.bits, expr, sum(margin < 0 for margin in margins))


def _loss(wrong: int, weights: Sequence[tuple[int, float]]) -> float:
    """The weight of the examples that are wrong; `weights` has the weight of each group of them."""
    return sum(weight * (wrong & rows).bit_count() for rows, weight in weights)


def _vote(tests: tuple[Expr, ...]) -> Expr:
    least = len(tests) // 2 + 1
    source = "(" + " + ".join(f"({{{i}}})" for i in range(len(tests))) + f") >= {least}"
    takes: tuple[Type, ...] = tuple("bool" for _ in tests)
    return Expr(Op(takes, "bool", BITS["bool"], source, lambda *votes: sum(votes) >= least), tests)
