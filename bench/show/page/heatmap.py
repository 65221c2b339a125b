"""The heat maps at the top of the page: test accuracy by function and length."""

from collections.abc import Mapping
from dataclasses import dataclass

from bench.record.key import PointKey
from bench.run.points import in_grid_order
from bench.run.results import Results
from bench.show.page.series import series_name
from bench.show.page.view import PointView


@dataclass(frozen=True, slots=True, kw_only=True)
class HeatMap:
    """One table function x length; a cell holds one point a trial."""

    title: str
    lengths: tuple[int, ...]
    rows: tuple[tuple[str, tuple[tuple[PointView, ...], ...]], ...]


def heat_maps(results: Results, views: Mapping[PointKey, PointView]) -> list[HeatMap]:
    """A table for each proposer."""
    points = in_grid_order(results.points)
    names = dict.fromkeys(series_name(p, results.axes) for p in points)
    lengths = tuple(sorted({p.key.length for p in points}, reverse=True))
    maps = []
    for name in names:
        some = [p for p in points if series_name(p, results.axes) == name]
        rows = []
        for fn, target in dict.fromkeys((p.key.fn, p.key.target) for p in some):
            of_row = [p for p in some if p.key.target == target]
            cells = tuple(
                tuple(views[p.key] for p in of_row if p.key.length == length) for length in lengths
            )
            rows.append((target if fn == target else f"{fn} {target}", cells))
        maps.append(HeatMap(title=name, lengths=lengths, rows=tuple(rows)))
    return maps
