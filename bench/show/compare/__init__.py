"""Comparisons: the results of two runs or more go in; verdicts with intervals come out."""

from bench.show.compare.comparison import Comparison, Measure, compare, judge
from bench.show.compare.groups import Group, Matched, Pair, match_points
from bench.show.compare.sides import (
    Asked,
    CompareError,
    Side,
    identity,
    sides_of_axis,
    sides_of_runs,
)

__all__ = [
    "Asked",
    "CompareError",
    "Comparison",
    "Group",
    "Matched",
    "Measure",
    "Pair",
    "Side",
    "compare",
    "identity",
    "judge",
    "match_points",
    "sides_of_axis",
    "sides_of_runs",
]
