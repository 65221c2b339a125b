"""`python -m bench.compare --plan`: how large a gap a run can find, before anybody pays."""

import json
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from bench.record.widths import wrapped
from bench.record.wording import counted
from bench.run.readback import Results
from bench.score.paired import least_clusters
from bench.score.power import RUNS, power, smallest_gap
from bench.show.text_tables import WIDE, aligned, markdown_table

TARGETS, TRIALS = (5, 12, 20), (1, 3, 5, 10)
"""The numbers of targets and of trials that a plan tells of, beside those of the run."""
GAPS = (0.0, 0.05, 0.1, 0.15, 0.2, 0.3)
"""Gaps in the share of points solved. Of a gap of 0, whatever is found is an error."""
SPREADS = {0.0: "both models like the same targets", 1.0: "each model likes targets of its own"}
"""Standard deviations of what a model likes, on the log-odds of solving a point."""


@dataclass(frozen=True, slots=True)
class Shape:
    """What a run asks of one model."""

    lengths: tuple[int, ...]
    """The number of lengths of each target."""
    trials: int

    @property
    def points(self) -> tuple[int, ...]:
        """How many points each target has."""
        return tuple(lengths * self.trials for lengths in self.lengths)


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """How often a comparison of one shape finds each of `GAPS`."""

    spread: float
    targets: int
    trials: int
    found: tuple[float, ...]


@dataclass(frozen=True, slots=True)
class Plan:
    """What a comparison can find, at a level."""

    shape: Shape
    level: float
    rows: tuple[Row, ...]


def shape_of(run: Results) -> Shape:
    """The shape of a run, which may be a dry one."""
    asked = {(p.key.target, p.key.length) for p in run.points}
    by_target = Counter(target for target, _ in asked)
    return Shape(tuple(by_target.values()), max((p.key.trial for p in run.points), default=1))


def plan(shape: Shape, level: float) -> Plan:
    """The power by gap, trials and targets."""
    own = len(shape.lengths)
    (usual, _), *_ = Counter(shape.lengths).most_common(1)
    rows = []
    for spread in SPREADS:
        for targets in sorted({own, *TARGETS}):
            lengths = shape.lengths if targets == own else (usual,) * targets
            for trials in sorted({shape.trials, *TRIALS}):
                points = Shape(lengths, trials).points
                found = tuple(power(points, gap, spread, level=level) for gap in GAPS)
                rows.append(Row(spread=spread, targets=targets, trials=trials, found=found))
    return Plan(shape, level, tuple(rows))


def as_text(found: Plan, width: int = WIDE) -> str:
    """A table for each spread, and what the shape itself can find."""
    lines = _about(found)
    for name, table in _tables(found):
        lines += ["", name, *aligned(table, width)]
    lines += ["", *wrapped(half_missed(found.shape.points, found.level), width)]
    return "\n".join(lines) + "\n"


def as_markdown(found: Plan) -> str:
    """The plan as tables of GitHub's Markdown."""
    lines = _about(found)
    for name, table in _tables(found):
        lines += ["", f"**{name}**", "", *markdown_table(table)]
    return "\n".join([*lines, "", half_missed(found.shape.points, found.level)]) + "\n"


def as_json(found: Plan) -> str:
    """The plan as one JSON object, shares in [0, 1]."""
    gaps = {str(spread): _smallest(found, spread) for spread in SPREADS}
    rows = [
        {"spread": row.spread, "targets": row.targets, "trials": row.trials, "gap": gap, "found": f}
        for row in found.rows
        for gap, f in zip(GAPS, row.found, strict=True)
    ]
    plain = {"level": found.level, "points": found.shape.points, "half_found": gaps, "power": rows}
    return json.dumps(plain, indent=1) + "\n"


def half_missed(points: Sequence[int], level: float, tests: int = 2) -> str:
    """In one line, how large a gap can be found with so many points of each target."""
    shape = f"with {counted(len(points), 'target')} and {counted(sum(points), 'point')}"
    least = least_clusters(level, tests)
    if len(points) < least:
        return f"{shape} no gap can be found: {least} targets are needed"
    same, apart = (
        smallest_gap(tuple(sorted(points)), spread, level=level, tests=tests) for spread in SPREADS
    )
    if same is None:
        return f"{shape} any gap would be missed in half of the cases, or more"
    below = "any gap" if apart is None else f"one below {_points(apart)}"
    return (
        f"{shape} a gap below {_points(same)} would be missed in half of the cases, "
        f"and {below} where each model likes targets of its own"
    )


def _points(gap: float) -> str:
    return f"{100 * gap:.0f} points"


def _about(found: Plan) -> list[str]:
    lengths = sorted(set(found.shape.lengths))
    of = f"{lengths[0]}" if len(lengths) == 1 else f"{lengths[0]} to {lengths[-1]}"
    return [
        "How often a comparison finds a gap in the share of points solved, in per cent",
        f"({RUNS:,} simulated pairs of runs each, {of} lengths a target, level {found.level:g})",
    ]


def _tables(found: Plan) -> Iterator[tuple[str, list[tuple[str, ...]]]]:
    for spread, name in SPREADS.items():
        head = ("targets", "trials", *map(_points, GAPS))
        body = [_cells(row) for row in found.rows if row.spread == spread]
        about = f" (a spread of {spread:g} in the log-odds)" if spread else ""
        yield name + about, [head, *body]


def _cells(row: Row) -> tuple[str, ...]:
    shares = (f"{100 * share:.0f}" for share in row.found)
    return (str(row.targets), str(row.trials), *shares)


def _smallest(found: Plan, spread: float) -> float | None:
    return smallest_gap(tuple(sorted(found.shape.points)), spread, level=found.level)
