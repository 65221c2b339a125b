"""The points of a run by proposer: each is one series of the page's figures and tables."""

from collections.abc import Iterable, Sequence

from bench.record.grouping import grouped
from bench.run.masses import proposed
from bench.run.points import Point
from bench.run.readback import Results


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
