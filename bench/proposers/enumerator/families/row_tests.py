"""Tests of one feature of a table's row, of which rules, trees and votes consist.

The feature is below a threshold or not, or it is in a category or not.
"""

import math
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from bench.proposers.enumerator.contenders import Effort
from bench.proposers.enumerator.examples import Examples
from bench.proposers.enumerator.language import Expr, predicate

MOST_THRESHOLDS = 128
"""For one feature. Where the label changes more often, thresholds are spread over the changes."""
_BYTES = 1000
"""The memory that a test takes, apart from its predictions."""


@dataclass(frozen=True, slots=True, eq=False)
class RowTest:
    """A test, with a mask of the examples on which it holds."""

    expr: Expr
    mask: int
    bits: float


def row_tests(examples: Examples, effort: Effort) -> list[RowTest]:
    """Every test that divides the examples, cheapest first; of those that agree only one.

    A test costs the choice of a feature and of one of its thresholds or categories. A threshold
    lies between two neighbouring values where the label changes, with as few digits as possible.
    """
    if examples.kind.argument != "features":
        return []
    rows = examples.values
    everywhere = set(rows[0]).intersection(*rows)
    features = [name for name in rows[0] if name in everywhere]
    found: dict[int, RowTest] = {}
    for name in features:
        tests = []
        for test in _of_feature(name, [row[name] for row in rows], examples):
            effort.spend(size=_BYTES + len(rows) // 8)
            tests.append(test)
        bits = 1 + math.log2(len(features)) + math.log2(max(1, len(tests)))
        for source, run, mask in tests:
            divides = mask not in (0, examples.everything)
            if divides and (mask not in found or found[mask].bits > bits):
                found[mask] = RowTest(predicate(bits, source, run), mask, bits)
    return sorted(found.values(), key=lambda test: (test.bits, test.expr.source))


def _of_feature(name: str, values: list[Any], examples: Examples) -> Iterator[tuple[str, Any, int]]:
    """Text, function and predictions of each test of one feature, both ways round."""
    groups: dict[Any, int] = {}
    for i, value in enumerate(values):
        groups[value] = groups.get(value, 0) | 1 << i
    if all(isinstance(value, float) for value in values):
        ordered = sorted(groups)
        changes = [
            (low, high)
            for low, high in pairwise(ordered)
            if _changes(groups[low] | groups[high], examples)
        ]
        chosen = set(changes[:: math.ceil(len(changes) / MOST_THRESHOLDS) or 1])
        below = 0
        for low, high in pairwise(ordered):
            below |= groups[low]
            if (low, high) in chosen:
                at, above = _between(low, high), examples.everything ^ below
                yield f"x[{name!r}] < {at}", lambda x, n=name, t=at: x[n] < t, below
                yield f"x[{name!r}] >= {at}", lambda x, n=name, t=at: x[n] >= t, above
    else:
        for value in sorted(groups, key=str):
            same, other = groups[value], examples.everything ^ groups[value]
            yield f"x[{name!r}] == {value!r}", lambda x, n=name, v=value: x[n] == v, same
            yield f"x[{name!r}] != {value!r}", lambda x, n=name, v=value: x[n] != v, other


def _changes(mask: int, examples: Examples) -> bool:
    """Whether these examples have both labels."""
    return bool(mask & examples.target) and bool(mask & ~examples.target)


def _between(low: float, high: float) -> float:
    """The number with the fewest digits above `low` and up to `high`, near their middle."""
    middle = low + (high - low) / 2
    for digits in range(1, 17):
        rounded = float(f"{middle:.{digits}g}")
        if low < rounded <= high:
            return rounded
    return high
