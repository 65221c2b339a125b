"""For tables: up to three tests of features, all of which have to hold, or any one of them."""

from collections.abc import Iterator, Sequence

from bench.proposers.enumerator.contenders import Contender, Effort
from bench.proposers.enumerator.examples import Examples
from bench.proposers.enumerator.families.row_tests import RowTest, row_tests
from bench.proposers.enumerator.language import BITS, Expr, Op

MOST_TESTS = 3
MOST_PAIRS = 1 << 20
"""All pairs of tests are tried if they are no more than this; else the best tests with all."""
BEAM = 100
"""How many of the best rules of one size are extended by a further test."""
SHOWN = 3
"""At most so many rules of each size and form become contenders."""


def contenders(examples: Examples, effort: Effort) -> Iterator[Contender]:
    """Single tests, pairs of them, and the best pairs with a third, joined by `and` or by `or`."""
    tests = row_tests(examples, effort)
    if not tests:
        return
    yield Contender(tests[0].bits)
    found = [
        Contender(expr.bits, expr, wrong)
        for op in (_ALL, _ANY)
        for expr, wrong in _rules(op, tests, examples, effort)
    ]
    yield from sorted(found, key=lambda contender: contender.bits)


_ALL = Op(("bool", "bool"), "bool", BITS["bool"], "({0} and {1})", lambda p, q: p and q)
_ANY = Op(("bool", "bool"), "bool", BITS["bool"], "({0} or {1})", lambda p, q: p or q)


def _rules(
    op: Op, tests: Sequence[RowTest], examples: Examples, effort: Effort
) -> Iterator[tuple[Expr, int]]:
    """The best rules of each size, with their errors."""
    target = examples.target
    beam = [(test.expr, test.mask) for test in tests]
    for size in range(1, MOST_TESTS + 1):
        if size > 1:
            beam = beam[: max(BEAM, MOST_PAIRS // len(tests))] if size == 2 else beam[:BEAM]
            best = _best(_extended(op, beam, tests, effort), target, BEAM)
            beam = [(Expr(op, (beam[at][0], tests[i].expr)), mask) for mask, at, i in best]
        else:
            beam.sort(key=lambda rule: (rule[1] ^ target).bit_count())
        yield from ((expr, (mask ^ target).bit_count()) for expr, mask in beam[:SHOWN])


def _extended(
    op: Op, beam: Sequence[tuple[Expr, int]], tests: Sequence[RowTest], effort: Effort
) -> Iterator[tuple[int, int, int]]:
    """Every rule with every test joined to it: the predictions, and the indices of the two."""
    for at, (_, mask) in enumerate(beam):
        effort.spend(len(tests))
        for i, test in enumerate(tests):
            yield mask & test.mask if op is _ALL else mask | test.mask, at, i


def _best(
    scored: Iterator[tuple[int, int, int]], target: int, size: int
) -> list[tuple[int, int, int]]:
    """Those with the fewest errors; of those that behave alike, only the first."""
    by_errors: dict[int, dict[int, tuple[int, int, int]]] = {}
    limit = 2 * target.bit_length() + 1
    for rule in scored:
        wrong = (rule[0] ^ target).bit_count()
        if wrong < limit:
            same = by_errors.setdefault(wrong, {})
            same.setdefault(rule[0], rule)
            if len(same) >= size:
                limit = wrong
    return [rule for wrong in sorted(by_errors) for rule in by_errors[wrong].values()][:size]
