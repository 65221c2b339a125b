"""Two sides beside one another: a matrix of both, the verdict, and their searches point by point.

The sides are the series of a run, or runs: this one against others.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import Any

from bench.record.key import PointKey
from bench.run.readback import Results
from bench.show.compare import (
    CompareError,
    Comparison,
    Matched,
    Side,
    identity,
    judge,
    match_points,
    rendering,
)
from bench.show.page import packing
from bench.show.page.cells_of_two import RowOfTwo, matrix_of_two
from bench.show.page.heat import DIFFERENCES
from bench.show.page.programs_diff import Differ
from bench.show.page.searches import MeetingView, meeting_view
from bench.show.page.series import series_of
from bench.show.page.template import template

_MOST_MET = 10_000
"""So many points can be beside one of another series for each series to be compared with each; in
larger runs each is compared with the first.
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class TwoSides:
    """One pair of sides: `b` against `a`."""

    anchor: str
    a: str
    b: str
    verdict: str
    measures: tuple[str, ...]
    """What it follows from, a line each."""
    behind: tuple[str, ...]
    """How those were computed, and over which points."""
    families: list[tuple[str, ...]]
    differing: list[tuple[str, ...]]
    lengths: tuple[int, ...]
    rows: tuple[RowOfTwo, ...]
    meetings: tuple[MeetingView, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Beside:
    """A section of the page: its sides, and each pair of them that is compared."""

    id: str
    title: str
    overview: list[tuple[str, ...]]
    pairs: tuple[TwoSides, ...]
    refused: tuple[str, ...]
    """Why pairs are left out, a sentence each."""
    paired: bool


def sides_of_series(results: Results) -> list[Side]:
    """A side for each series of a run."""
    series = series_of((p for p in results.points if not p.dry), results.axes)
    return [Side(name, {identity(p.key): p for p in some}) for name, some in series.items()]


def beside_series(results: Results, anchors: Mapping[PointKey, str]) -> Beside | None:
    """The series of a run side by side; None where there is one alone.

    `anchors` says where each point is on the page.
    """
    sides = sides_of_series(results)
    if len(sides) < 2:
        return None
    pairs = list(combinations(sides, 2))
    met, refused = [], []
    if len(sides) > 2 and sum(min(len(a.points), len(b.points)) for a, b in pairs) > _MOST_MET:
        pairs = pairs[: len(sides) - 1]
        refused.append(
            f"The run is so large that each of its series is compared with {sides[0].name} alone. "
            "All values of one axis are compared by python -m bench.compare RUN --by AXIS."
        )
    for a, b in pairs:
        try:
            met.append((a, b, _matched(a, b)))
        except CompareError as why:
            refused.append(f"{b.name} is not compared with {a.name}: {why}.")
    return Beside(
        id="series",
        title="Side by side",
        overview=rendering.overview(sides),
        pairs=_two_sides(met, judge(met), anchors, "series"),
        refused=tuple(refused),
        paired=True,
    )


def _matched(a: Side, b: Side) -> Matched:
    """What two series have in common. Raises CompareError where that is nothing."""
    if not a.decided.keys() & b.decided.keys():
        raise CompareError("they have no decided point in common")
    return match_points(a, b)


def beside_runs(
    sides: Sequence[Side], comparisons: Sequence[Comparison], anchors: Mapping[PointKey, str]
) -> Beside:
    """Runs against the first of them; the points of the last are on the page."""
    met = [(sides[0], side, c.matched) for side, c in zip(sides[1:], comparisons, strict=True)]
    return Beside(
        id="runs",
        title="Against other runs",
        overview=rendering.overview(sides, comparisons),
        pairs=_two_sides(met, comparisons, anchors, "runs", here=sides[-1]),
        refused=(),
        paired=all(c.paired for c in comparisons),
    )


def _two_sides(
    met: Sequence[tuple[Side, Side, Matched]],
    comparisons: Sequence[Comparison],
    anchors: Mapping[PointKey, str],
    prefix: str,
    here: Side | None = None,
) -> tuple[TwoSides, ...]:
    """Each pair as the template needs it; `here` is the only side that is on the page, if given."""
    found, differ = [], Differ()
    for number, ((a, b, _), c) in enumerate(zip(met, comparisons, strict=True), 1):
        matrix = matrix_of_two(a, b, f"{prefix}{number}~", paired=c.paired)
        of_a, of_b = (anchors if here in (None, side) else {} for side in (a, b))
        cells = {cell.anchor: cell for _, row in matrix.rows for cell in row if cell}
        meetings = [
            meeting_view(cells[anchor], meeting, of_a, of_b, differ)
            for anchor, meeting in matrix.meetings.items()
        ]
        measures = rendering.measure_lines(c)
        found.append(
            TwoSides(
                anchor=f"{prefix}{number}",
                a=c.a,
                b=c.b,
                verdict=_verdict(c),
                measures=tuple(measures[: len(c.judged_by)]),
                behind=(*rendering.scope(c), *measures[len(c.judged_by) :]),
                families=rendering.family_table(c),
                differing=[rendering.pair_row(pair) for pair in rendering.differing(c)],
                lengths=matrix.lengths,
                rows=matrix.rows,
                meetings=tuple(meetings),
            )
        )
    return tuple(found)


def _verdict(c: Comparison) -> str:
    """The verdict as a sentence; one that begins with a name has it as it is."""
    line = rendering.verdict_line(c)
    return line[0].upper() + line[1:] if c.verdict == "no evidence" else line


def links(sections: Sequence[Beside]) -> dict[str, list[tuple[str, str]]]:
    """For each point by its anchor: where it stands beside another, and whose that is."""
    found: dict[str, list[tuple[str, str]]] = {}
    for pair in (pair for section in sections for pair in section.pairs):
        for met in pair.meetings:
            for trial in met.trials:
                if trial.in_a:
                    found.setdefault(trial.in_a, []).append((met.cell.anchor, pair.b))
                if trial.in_b:
                    found.setdefault(trial.in_b, []).append((met.cell.anchor, pair.a))
    return found


def packed(sections: Sequence[Beside]) -> packing.Packed:
    """What of these sections is put in when it is opened: searches, and all pairs but the first."""
    parts: Any = template("beside.html.jinja").module
    searches = packing.pack("searches", _searches(sections, parts))
    pairs = packing.pack("pairs", _further_pairs(sections, parts, searches.where))
    return packing.Packed({**searches.chunks, **pairs.chunks}, {**searches.where, **pairs.where})


def _searches(sections: Sequence[Beside], parts: Any) -> Iterator[tuple[str, str]]:
    for pair in (pair for section in sections for pair in section.pairs):
        for met in pair.meetings:
            yield met.cell.anchor, parts.searches_of(met, pair)


def _further_pairs(
    sections: Sequence[Beside], parts: Any, where: Mapping[str, str]
) -> Iterator[tuple[str, str]]:
    for section in sections:
        for pair in section.pairs[1:]:
            yield pair.anchor, parts.both(pair, DIFFERENCES, section.paired, where)
