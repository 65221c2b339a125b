"""The heat maps at the top of the page: test accuracy by function and length."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from bench.record.grouping import grouped
from bench.record.key import PointKey
from bench.run.points import Point, in_grid_order
from bench.run.readback import Results
from bench.show.page.series import series_name
from bench.show.page.view import PointView

HeatRow = tuple[str, tuple[tuple[PointView, ...], ...]]
"""The name of a function, and for each length the points of all trials."""


@dataclass(frozen=True, slots=True, kw_only=True)
class HeatMap:
    """One table with a row for each function; its cells hold the points of one length."""

    title: str
    lengths: tuple[int, ...]
    rows: tuple[HeatRow, ...]


def heat_maps(results: Results, views: Mapping[PointKey, PointView]) -> list[HeatMap]:
    """A table for each proposer."""
    points = in_grid_order(results.points)
    lengths = tuple(sorted({p.key.length for p in points}, reverse=True))
    by_series = grouped(points, lambda p: series_name(p, results.axes))
    maps = []
    for name, some in by_series.items():
        maps.append(HeatMap(title=name, lengths=lengths, rows=_rows(some, lengths, views)))
    return maps


def _rows(
    points: Sequence[Point], lengths: Sequence[int], views: Mapping[PointKey, PointView]
) -> tuple[HeatRow, ...]:
    rows = []
    for (fn, target), of_target in grouped(points, lambda p: (p.key.fn, p.key.target)).items():
        cells: dict[int, list[PointView]] = {length: [] for length in lengths}
        for p in of_target:
            cells[p.key.length].append(views[p.key])
        name = target if fn == target else f"{fn} {target}"
        rows.append((name, tuple(map(tuple, cells.values()))))
    return tuple(rows)
