"""Numbers from numbers (sums, differences, remainders, gcd), and predicates of a number."""

from collections.abc import Iterator, Mapping, Sequence
from itertools import accumulate
from operator import or_
from typing import Any

from bench.proposers.enumerator.examples import Examples
from bench.proposers.enumerator.language import BITS, Expr, Op, constant
from bench.proposers.enumerator.runtime import gcd
from targets.kinds import BINARY, DECIMAL

_FEW_VALUES = 4
_INT, _BOOL = BITS["int"], BITS["bool"]
PLUS = Op(("int", "constant"), "int", _INT, "({0} + {1})", lambda a, b: a + b)
MINUS = Op(("int", "constant"), "int", _INT, "({0} - {1})", lambda a, b: a - b)
ODD = Op(("int",), "bool", _BOOL, "{0} % 2 == 1", lambda v: v % 2 == 1)
EVEN = Op(("int",), "bool", _BOOL, "{0} % 2 == 0", lambda v: v % 2 == 0)
_AT_LEAST = Op(("int", "constant"), "bool", _BOOL, "{0} >= {1}", lambda v, c: v >= c)
_BELOW = Op(("int", "constant"), "bool", _BOOL, "{0} < {1}", lambda v, c: v < c)
_EQUAL = Op(("int", "constant"), "bool", _BOOL, "{0} == {1}", lambda v, c: v == c)
_DIFFER = Op(("int", "constant"), "bool", _BOOL, "{0} != {1}", lambda v, c: v != c)
_WITHIN = Op(
    ("constant", "int", "constant"), "bool", _BOOL, "{0} <= {1} <= {2}", lambda a, v, b: a <= v <= b
)


def productions(examples: Examples) -> Iterator[Op]:
    """The productions from numbers to numbers."""
    yield Op(("int", "int"), "int", _INT, PLUS.source, PLUS.run)
    yield Op(("int", "int"), "int", _INT, MINUS.source, MINUS.run)
    yield Op(("int", "constant"), "int", _INT, "{0} % {1}", lambda a, b: a % b if b > 1 else None)
    if examples.kind in (BINARY, DECIMAL):
        yield Op(("int", "int"), "int", _INT, "gcd({0}, {1})", gcd, (gcd,))


def predicates(
    term: Expr, values: tuple[Any, ...], examples: Examples
) -> Iterator[tuple[Expr, int]]:
    """Comparisons of a number with the constants that say most about the labels; their predictions.

    The constants are worked out, not listed: the best threshold, the best single value, and the
    interval of the positive examples.
    """
    groups: dict[int, int] = {}
    for i, value in enumerate(values):
        groups[value] = groups.get(value, 0) | 1 << i
    if len(groups) < 2:
        return
    ordered = sorted(groups)
    odd = sum(groups[value] for value in ordered if value % 2)
    yield Expr(ODD, (term,)), odd
    yield Expr(EVEN, (term,)), examples.everything ^ odd
    below = [0, *accumulate((groups[value] for value in ordered), or_)][:-1]
    yield from _thresholds(term, ordered, below, examples)
    yield from _single_values(term, ordered, groups, examples)
    yield from _positive_interval(term, ordered, groups, below, examples)


def _thresholds(
    term: Expr, ordered: Sequence[int], below: Sequence[int], examples: Examples
) -> Iterator[tuple[Expr, int]]:
    """The best `>=` and the best `<`; `below[i]` is the mask of the values below `ordered[i]`."""
    agree = [examples.wrong(mask) for mask in below]
    best_at_least = agree.index(max(agree[1:]), 1)
    best_below = agree.index(min(agree[1:]), 1)
    for op, at in ((_AT_LEAST, best_at_least), (_BELOW, best_below)):
        mask = below[at] if op is _BELOW else examples.everything ^ below[at]
        cheapest = _cheapest(ordered[at - 1] + 1, ordered[at])
        middle = (ordered[at - 1] + ordered[at] + 1) // 2
        for threshold in sorted({cheapest, middle}, key=abs):
            yield Expr(op, (term, constant(threshold))), mask


def _single_values(
    term: Expr, ordered: Sequence[int], groups: Mapping[int, int], examples: Examples
) -> Iterator[tuple[Expr, int]]:
    """Equality with each of a few values, or with the one that says most."""

    def says(value: int) -> int:
        return abs(len(examples.labels) - 2 * examples.wrong(groups[value]))

    for value in ordered if len(ordered) <= _FEW_VALUES else [max(ordered, key=says)]:
        yield Expr(_EQUAL, (term, constant(value))), groups[value]
        yield Expr(_DIFFER, (term, constant(value))), examples.everything ^ groups[value]


def _positive_interval(
    term: Expr,
    ordered: Sequence[int],
    groups: Mapping[int, int],
    below: Sequence[int],
    examples: Examples,
) -> Iterator[tuple[Expr, int]]:
    """From the smallest to the largest value of a positive example, if that leaves anything out."""
    positive = [value for value in ordered if groups[value] & examples.target]
    if len(positive) < 2:
        return
    low, high = positive[0], positive[-1]
    inside = 0
    for value in ordered:
        if low <= value <= high:
            inside |= groups[value]
    at_least_low = examples.everything ^ below[ordered.index(low)]
    if inside not in (examples.everything, at_least_low):
        yield Expr(_WITHIN, (constant(low), term, constant(high))), inside


def _cheapest(low: int, high: int) -> int:
    """The integer nearest to 0 from `low` to `high`."""
    return 0 if low <= 0 <= high else min(low, high, key=abs)
