"""Comparisons: the results of two runs or more go in; verdicts with intervals come out."""

from bench.show.compare.comparison import Comparison, Measure, compare
from bench.show.compare.groups import Group, Pair
from bench.show.compare.sides import CompareError, Side, sides_of_axis, sides_of_runs

__all__ = [
    "CompareError",
    "Comparison",
    "Group",
    "Measure",
    "Pair",
    "Side",
    "compare",
    "sides_of_axis",
    "sides_of_runs",
]
