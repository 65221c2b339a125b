"""Tests of one feature of a table's row: at or below a threshold, or in a category.

What rules, trees, votes are of.
"""

import math
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from bench.proposers.enumerator.candidates import Effort
from bench.proposers.enumerator.examples import Examples
from bench.proposers.enumerator.language import Expr, leaf

MOST_THRESHOLDS = 128
"""Of one feature; where the label changes more often, they are spread evenly over the changes."""
_BYTES = 1000
"""What a test takes in memory, but for its predictions."""


@dataclass(frozen=True, slots=True, eq=False)
class RowTest:
    """A test with the examples on which it holds."""

    expr: Expr
    mask: int
    bits: float


def row_tests(examples: Examples, effort: Effort) -> list[RowTest]:
    """Every test that divides the examples, one of each behaviour, cheapest first.

    A test costs the choice of a feature and of one of its thresholds or categories. Thresholds lie
    where the label changes between neighbouring values, and are written with as few digits as lie
    between the two.
    """
    if examples.kind != "table":
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
            if mask not in (0, examples.everything) and (
                mask not in found or found[mask].bits > bits
            ):
                found[mask] = RowTest(leaf("bool", bits - 1, source, run), mask, bits)
    return sorted(found.values(), key=lambda test: (test.bits, test.expr.source))


def _of_feature(name: str, values: list[Any], examples: Examples) -> Iterator[tuple[str, Any, int]]:
    """Text, function and predictions of each test of one feature, both ways round."""
    groups: dict[Any, int] = {}
    for i, value in enumerate(values):
        groups[value] = groups.get(value, 0) | 1 << i
    if all(isinstance(value, float) for value in values):
        ordered = sorted(groups)
        changes = [
            pair
            for pair in pairwise(ordered)
            if _changes(groups[pair[0]] | groups[pair[1]], examples)
        ]
        chosen = set(changes[:: math.ceil(len(changes) / MOST_THRESHOLDS) or 1])
        below = 0
        for low, high in pairwise(ordered):
            below |= groups[low]
            if (low, high) in chosen:
                at = _between(low, high)
                yield f"x[{name!r}] < {at}", lambda x, n=name, t=at: x[n] < t, below
                yield (
                    f"x[{name!r}] >= {at}",
                    lambda x, n=name, t=at: x[n] >= t,
                    examples.everything ^ below,
                )
    else:
        for value in sorted(groups, key=str):
            yield f"x[{name!r}] == {value!r}", lambda x, n=name, v=value: x[n] == v, groups[value]
            yield (
                f"x[{name!r}] != {value!r}",
                lambda x, n=name, v=value: x[n] != v,
                examples.everything ^ groups[value],
            )


def _changes(mask: int, examples: Examples) -> bool:
    return bool(mask & examples.target) and bool(mask & ~examples.target)


def _between(low: float, high: float) -> float:
    """The number of fewest digits above `low` and up to `high`, near their middle."""
    middle = low + (high - low) / 2
    for digits in range(1, 17):
        rounded = float(f"{middle:.{digits}g}")
        if low < rounded <= high:
            return rounded
    return high
