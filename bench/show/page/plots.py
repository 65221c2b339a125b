"""The geometry of the page's plots: values go in; paths in the units of an SVG's box come out.

`plot.svg.jinja` draws them, in the page's own colours, so that they follow light and dark.
"""

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from bench.score.stats import Interval, Step
from bench.show.page.series import colour, marker

_CAP = 2.5
"""Half the width of the bar at the end of an interval."""


@dataclass(frozen=True, slots=True)
class Dot:
    """One value of a curve, with its interval."""

    x: float
    y: float
    interval: Interval | None = None


@dataclass(frozen=True, slots=True)
class Tick:
    """A mark of an axis: where it stands, and what it says."""

    at: float
    label: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Curve:
    """One series: the paths of its line, intervals, marks and area, each empty where it has none."""

    colour: str
    line: str = ""
    intervals: str = ""
    marks: str = ""
    area: str = ""


@dataclass(frozen=True, slots=True)
class Scale:
    """From values to places: `low` is at `start`, `high` at `end`."""

    low: float
    high: float
    start: float
    end: float

    def __call__(self, value: float) -> float:
        """The place of a value, rounded to what can be seen."""
        share = (value - self.low) / (self.high - self.low)
        return round(self.start + share * (self.end - self.start), 2)


@dataclass(frozen=True, slots=True, kw_only=True)
class Plot:
    """What is drawn: axes, curves, and the single values (`hollow`) behind a curve of means."""

    width: int
    height: int
    x: Scale
    y: Scale
    x_ticks: tuple[Tick, ...]
    y_ticks: tuple[Tick, ...]
    x_label: str
    y_label: str = ""
    chance: float | None = None
    """The height of the line that a guess comes to."""
    curves: tuple[Curve, ...]
    hollow: str = ""


def accuracy_against_length(
    curves: Mapping[str, Sequence[Dot]],
    singles: Sequence[tuple[float, float]],
    ends: tuple[float, float] | None = None,
) -> Plot:
    """One family: test accuracy against length, a curve with intervals for each proposer.

    `singles` are the points behind the means, as (length, accuracy). `ends` are the least and the
    largest length of all families, where there are several: they are on one scale.
    """
    lengths = sorted({dot.x for dots in curves.values() for dot in dots})
    low, high = ends or (lengths[0], lengths[-1])
    span = high - low
    # Side by side, so that equal curves can be told from one another
    shifts = [0.012 * span * place for place in _places(len(curves))]
    room = shifts[-1] + (0.05 * span or 1.0)
    x = Scale(low - room, high + room, *_ACROSS)
    y = _SHARES
    return Plot(
        width=_WIDTH,
        height=_HEIGHT,
        x=x,
        y=y,
        x_ticks=tuple(Tick(x(length), f"{length:g}") for length in _spaced(lengths, span)),
        y_ticks=_percent_ticks(y),
        x_label="length",
        chance=y(0.5),
        curves=_curves(curves, x, y, shifts),
        hollow="".join(dict.fromkeys(f"M{x(at)} {y(share)}{marker(0)}" for at, share in singles)),
    )


def generalization(
    curves: Mapping[str, Sequence[Dot]], ends: tuple[float, float] | None = None
) -> Plot:
    """One family: accuracy at lengths that no program was selected at, on a logarithmic axis.

    `ends` are the least and the largest such length of all families.
    """
    return _against_logarithm(curves, "length", has_chance=True, ends=ends)


def learning_curve(curves: Mapping[str, Sequence[Dot]], *, is_accuracy: bool) -> Plot:
    """Accuracy, or else the share of points solved, against the number of examples."""
    return _against_logarithm(curves, "examples", has_chance=is_accuracy)


def _against_logarithm(
    curves: Mapping[str, Sequence[Dot]],
    x_label: str,
    *,
    has_chance: bool,
    ends: tuple[float, float] | None = None,
) -> Plot:
    """A curve with intervals for each series, on a logarithmic x axis, from its own ends or these."""
    y = _SHARES
    values = sorted({dot.x for dots in curves.values() for dot in dots})
    logs = {name: list(map(_at_log, dots)) for name, dots in curves.items()}
    low, high = map(math.log, ends or (values[0], values[-1]))
    shifts = [math.log(1.06) * place for place in _places(len(curves))]
    room = shifts[-1] + (0.05 * (high - low) or 0.5)
    x = Scale(low - room, high + room, *_ACROSS)
    return Plot(
        width=_WIDTH,
        height=_HEIGHT,
        x=x,
        y=y,
        x_ticks=tuple(Tick(x(math.log(value)), f"{value:g}") for value in values),
        y_ticks=_percent_ticks(y),
        x_label=x_label,
        chance=y(0.5) if has_chance else None,
        curves=_curves(logs, x, y, shifts),
    )


def attempts_to_success(curves: Mapping[str, Sequence[Step]]) -> Plot:
    """The share of points solved by each attempt, with intervals."""
    last = max((steps[-1].attempt for steps in curves.values() if steps), default=1)
    x = Scale(0, last + 0.5, 46, 302)
    y = Scale(-0.02, 1.02, 148, 8)
    if len(curves) == 1:
        drawn = [_steps_with_area(steps, x, y) for steps in curves.values()]
    else:  # the areas of several curves would lie upon each other
        shifts = [0.05 * place for place in _places(len(curves))]
        numbered = enumerate(zip(curves.values(), shifts, strict=True))
        drawn = [_steps_with_bars(steps, x, y, i, shift) for i, (steps, shift) in numbered]
    return Plot(
        width=310,
        height=180,
        x=x,
        y=y,
        x_ticks=tuple(Tick(x(number), str(number)) for number in range(last + 1)),
        y_ticks=_percent_ticks(y),
        x_label="attempts",
        y_label="points solved",
        curves=tuple(drawn),
    )


_WIDTH, _HEIGHT = 238, 166
_ACROSS = (34, 232)
"""From the left to the right end of the x axis, in the box of a plot of a family."""
_SHARES = Scale(-0.02, 1.03, 134, 6)
"""The y axis of all plots of families, from 0 to 100 %: they are read beside one another."""


def _percent_ticks(y: Scale) -> tuple[Tick, ...]:
    return tuple(Tick(y(share), f"{share:.0%}") for share in (0, 0.25, 0.5, 0.75, 1))


def _curves(
    curves: Mapping[str, Sequence[Dot]], x: Scale, y: Scale, shifts: Sequence[float]
) -> tuple[Curve, ...]:
    """A line through the dots of each series, each series a little beside the others."""
    found = []
    for i, (dots, shift) in enumerate(zip(curves.values(), shifts, strict=True)):
        in_order = sorted(dots, key=lambda dot: dot.x)
        moved = [Dot(dot.x + shift, dot.y, dot.interval) for dot in in_order]
        line = "M" + "L".join(f"{x(dot.x)} {y(dot.y)}" for dot in moved) if moved else ""
        found.append(
            Curve(
                colour=colour(i),
                line=line,
                intervals=_intervals(moved, x, y),
                marks=_marks(moved, x, y, i),
            )
        )
    return tuple(found)


def _steps_with_area(steps: Sequence[Step], x: Scale, y: Scale) -> Curve:
    """The only series: its intervals are an area around the line."""
    lower = _stairs([step.interval.low for step in steps], steps, x, y)
    upper = _stairs([step.interval.high for step in steps], steps, x, y)
    dots = [Dot(step.attempt, step.share) for step in steps]
    return Curve(
        colour=colour(0),
        line="M" + "L".join(_stairs([step.share for step in steps], steps, x, y)),
        marks=_marks(dots, x, y, 0),
        area="M" + "L".join([*upper, *reversed(lower)]) + "z",
    )


def _steps_with_bars(steps: Sequence[Step], x: Scale, y: Scale, number: int, shift: float) -> Curve:
    """One of several series: its intervals are bars, a little beside those of the others."""
    dots = [Dot(step.attempt + shift, step.share, step.interval) for step in steps]
    return Curve(
        colour=colour(number),
        line="M" + "L".join(_stairs([step.share for step in steps], steps, x, y)),
        intervals=_intervals(dots, x, y),
        marks=_marks(dots, x, y, number),
    )


def _stairs(values: Sequence[float], steps: Sequence[Step], x: Scale, y: Scale) -> list[str]:
    """The corners of a line that rises from 0 to each value at its step, and goes on to the end."""
    corners = []
    before = 0.0
    at = 0.0
    for value, step in zip(values, steps, strict=True):
        corners += [f"{x(at)} {y(before)}", f"{x(step.attempt)} {y(before)}"]
        before, at = value, step.attempt
    return [*corners, f"{x(at)} {y(before)}", f"{x(at + 0.5)} {y(before)}"]


def _intervals(dots: Iterable[Dot], x: Scale, y: Scale) -> str:
    """A bar over each interval, with a cap at each end."""
    path = []
    for dot in dots:
        if dot.interval is None:
            continue
        across, bottom, top = x(dot.x), y(dot.interval.low), y(dot.interval.high)
        path.append(f"M{across} {bottom}V{top}")
        path += [f"M{across - _CAP:g} {end}h{2 * _CAP:g}" for end in (bottom, top)]
    return "".join(path)


def _marks(dots: Iterable[Dot], x: Scale, y: Scale, number: int) -> str:
    mark = marker(number)
    return "".join(f"M{x(dot.x)} {y(dot.y)}{mark}" for dot in dots)


def _places(count: int) -> list[float]:
    """The places of so many series around their common one: -0.5 and 0.5 for two."""
    return [i - (count - 1) / 2 for i in range(count)]


def _at_log(dot: Dot) -> Dot:
    return Dot(math.log(dot.x), dot.y, dot.interval)


def _spaced(ticks: Sequence[float], span: float) -> list[float]:
    """The ticks whose labels do not run into each other on an axis so long, the last one kept."""
    least = 0.085 * span
    kept: list[float] = []
    for tick in reversed(ticks):
        if not kept or kept[-1] - tick >= least:
            kept.append(tick)
    return kept[::-1]
