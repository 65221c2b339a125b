"""The points of a run by proposer: each is one series of the page's figures and tables.

Each has a colour and a mark of its own in the figures.
"""

from collections.abc import Iterable, Sequence

from bench.record.grouping import grouped
from bench.run.masses import proposed
from bench.run.points import Point
from bench.run.readback import Results

_SERIES = 6
"""How many colours the page has for curves: --s0 to --s5."""

_MARKERS = (
    "m-2.5 0a2.5 2.5 0 1 0 5 0a2.5 2.5 0 1 0-5 0z",  # a circle
    "m-2.4-2.4h4.8v4.8h-4.8z",  # a square
    "m0-3.3 3.3 3.3-3.3 3.3-3.3-3.3z",  # a diamond
    "m0-2.9 2.8 5.2h-5.6z",  # a triangle, and another
    "m0 2.9-2.8-5.2h5.6z",
    "m-.9-2.8h1.8v1.9h1.9v1.8h-1.9v1.9h-1.8v-1.9h-1.9v-1.8h1.9z",  # a cross
)
"""Outlines of marks, from their centre: curves differ by more than their colour."""


def series_name(point: Point, axes: Sequence[str]) -> str:
    """Who was asked: the values of the axes that vary, or the model."""
    return point.key.said(axes) if axes else point.key.model


def series_of(points: Iterable[Point], axes: Sequence[str]) -> dict[str, list[Point]]:
    """These points by the name of their series, in the order of the values of the axes."""
    by_name = grouped(points, lambda p: series_name(p, axes))
    return dict(sorted(by_name.items(), key=lambda item: item[1][0].key.series))


def decided_series(results: Results) -> dict[str, list[Point]]:
    """The decided points of a run by the name of their series."""
    return series_of((p for p in results.points if p.decided), results.axes)


def proposed_series(results: Results) -> dict[str, list[Point]]:
    """The same of points whose attempts are draws of a proposer."""
    return series_of(proposed(results.points), results.axes)


def colour(index: int) -> str:
    """The page's variable that the series of this number is drawn in."""
    return f"--s{index % _SERIES}"


def marker(index: int) -> str:
    """The outline of the marks of this series. No two of 36 share it and their colour."""
    return _MARKERS[(index + index // _SERIES) % len(_MARKERS)]
