"""The page's plots, as SVG whose colours are the page's own variables: they follow light and dark."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from io import StringIO
from typing import TYPE_CHECKING

from bench.score.stats import Interval, Step

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

_INK, _MUTED, _LINE = "#010101", "#020202", "#030303"
_SERIES = tuple(f"#0{n}0a0a" for n in range(1, 7))
_VARIABLES = {_INK: "--ink", _MUTED: "--muted", _LINE: "--line"} | {
    c: f"--s{i}" for i, c in enumerate(_SERIES)
}
"""Colours that stand for a variable of the page until the SVG is written."""

_MARKERS = "osD^vP"


@dataclass(frozen=True, slots=True)
class Dot:
    """One value of a curve, with its interval."""

    x: float
    y: float
    interval: Interval | None = None


def accuracy_against_length(
    curves: Mapping[str, Sequence[Dot]], singles: Sequence[tuple[float, float]], name: str
) -> str:
    """One family: test accuracy against length, a curve with intervals for each proposer; `singles` are the targets."""
    figure, axes = _figure(3.3, 2.3)
    _accuracy_axis(axes, min([_lowest(curves), *(y for _, y in singles)]))
    if singles:
        x, y = zip(*singles, strict=True)
        axes.plot(x, y, "o", ms=3, mfc="none", mec=_MUTED, mew=0.7, zorder=2)
    shift = 0.012 * _span(curves)
    for i, dots in enumerate(curves.values()):
        _curve(axes, dots, i, shift * (i - (len(curves) - 1) / 2))
    lengths = sorted({dot.x for dots in curves.values() for dot in dots})
    axes.set_xticks(_apart(lengths), [f"{x:g}" for x in _apart(lengths)])
    if len(lengths) == 1:
        axes.set_xlim(lengths[0] - 1, lengths[0] + 1)
    axes.set_xlabel("length")
    return _svg(figure, name)


def attempts_to_success(curves: Mapping[str, Sequence[Step]]) -> str:
    """The share of points solved by each attempt, with intervals."""
    figure, axes = _figure(4.3, 2.5)
    axes.set_ylim(-0.02, 1.02)
    axes.set_yticks([0, 0.25, 0.5, 0.75, 1], ["0%", "25%", "50%", "75%", "100%"])
    last = max((steps[-1].attempt for steps in curves.values() if steps), default=1)
    for i, steps in enumerate(curves.values()):
        colour = _SERIES[i % len(_SERIES)]
        x = [0, *(s.attempt for s in steps), steps[-1].attempt + 0.5]
        share, low, high = (
            [0.0, *values, values[-1]]
            for values in (
                [s.share for s in steps], [s.interval.low for s in steps], [s.interval.high for s in steps],
            )
        )  # fmt: skip
        axes.step(x, share, where="post", color=colour, lw=1.8)
        if len(curves) == 1:
            axes.fill_between(x, low, high, step="post", color=colour, alpha=0.13, lw=0)
            axes.plot(x[1:-1], share[1:-1], _MARKERS[0], color=colour, ms=4.5)
        else:  # the areas of several curves would lie upon each other
            dots = [Dot(s.attempt, s.share, s.interval) for s in steps]
            _curve(axes, dots, i, 0.05 * (i - (len(curves) - 1) / 2), joined=False)
    axes.set_xticks(range(last + 1))
    axes.set_xlim(0, last + 0.5)
    axes.set_xlabel("attempts")
    axes.set_ylabel("points solved")
    return _svg(figure, "attempts")


def generalization(curves: Mapping[str, Sequence[Dot]], name: str) -> str:
    """One family: accuracy of the selected programs at lengths that they were not selected at."""
    figure, axes = _figure(3.3, 2.3)
    _accuracy_axis(axes, _lowest(curves))
    for i, dots in enumerate(curves.values()):
        # So that equal curves can be told from one another
        apart = 1 + 0.06 * (i - (len(curves) - 1) / 2)
        _curve(axes, [Dot(d.x * apart, d.y, d.interval) for d in dots], i)
    axes.set_xscale("log")
    ticks = sorted({dot.x for dots in curves.values() for dot in dots})
    axes.set_xticks(ticks, [f"{x:g}" for x in ticks])
    axes.set_xticks([], minor=True)
    axes.set_xlabel("length")
    return _svg(figure, name)


def colour(index: int) -> str:
    """The page's variable that the series of this number is drawn in."""
    return _VARIABLES[_SERIES[index % len(_SERIES)]]


def _curve(
    axes: "Axes", dots: Sequence[Dot], i: int, shift: float = 0.0, *, joined: bool = True
) -> None:
    colour = _SERIES[i % len(_SERIES)]
    dots = sorted(dots, key=lambda dot: dot.x)
    x, y = [d.x + shift for d in dots], [d.y for d in dots]
    below = [d.y - d.interval.low if d.interval else 0.0 for d in dots]
    above = [d.interval.high - d.y if d.interval else 0.0 for d in dots]
    axes.errorbar(
        x, y, yerr=[[max(0.0, v) for v in below], [max(0.0, v) for v in above]], color=colour, lw=1.6 if joined else 0,
        marker=_MARKERS[i % len(_MARKERS)], ms=4.5, elinewidth=1.1, capsize=2.5, capthick=1.1, zorder=3,
    )  # fmt: skip


def _accuracy_axis(axes: "Axes", lowest: float) -> None:
    axes.set_ylim(0.4 if lowest >= 0.4 else -0.02, 1.03)
    ticks = [0.5, 0.75, 1.0] if lowest >= 0.4 else [0, 0.25, 0.5, 0.75, 1.0]
    axes.set_yticks(ticks, [f"{tick:.0%}" for tick in ticks])
    axes.axhline(0.5, color=_MUTED, lw=0.9, ls=(0, (1, 2)), zorder=1)


def _figure(width: float, height: float) -> tuple["Figure", "Axes"]:
    # Not pyplot: it keeps figures, and asks for a display.
    from matplotlib.figure import Figure

    figure = Figure(figsize=(width, height), layout="constrained")
    axes = figure.subplots()
    figure.patch.set_alpha(0)
    axes.patch.set_alpha(0)
    for side, spine in axes.spines.items():
        spine.set_visible(side == "bottom")
        spine.set_color(_LINE)
    axes.tick_params(colors=_MUTED, labelsize=8.5, length=0, pad=5)
    axes.grid(axis="y", color=_LINE, lw=0.8)
    axes.set_axisbelow(True)
    for label in (axes.xaxis.label, axes.yaxis.label):
        label.set_color(_MUTED)
        label.set_fontsize(9)
    return figure, axes


def _svg(figure: "Figure", name: str) -> str:
    """The figure's `<svg>` element alone, the same bytes for the same data."""
    import matplotlib as mpl

    out = StringIO()
    with mpl.rc_context({"svg.fonttype": "none", "svg.hashsalt": name}):
        figure.savefig(
            out,
            format="svg",
            metadata={"Date": None, "Creator": None, "Format": None, "Type": None},
        )
    svg = out.getvalue()
    svg = svg[svg.index("<svg") :]
    svg = re.sub(r"<metadata>.*?</metadata>", "", svg, flags=re.DOTALL)
    svg = re.sub(r"<defs>\s*<style.*?</style>\s*</defs>", "", svg, flags=re.DOTALL)
    svg = re.sub(r" font-family: [^;\"]*;", "", svg)
    for sentinel, variable in _VARIABLES.items():
        svg = svg.replace(sentinel, f"var({variable})")
    # Several plots share the page: each gets its own names for its parts.
    prefix = re.sub(r"[^a-z0-9]", "", name.lower())
    svg = re.sub(r'\bid="([^"]+)"', rf'id="{prefix}-\1"', svg)
    svg = re.sub(r'(href="|url\()#', rf"\1#{prefix}-", svg)
    svg = re.sub(
        r'^<svg[^>]*viewBox="([^"]+)"[^>]*>',
        r'<svg viewBox="\1" aria-hidden="true" focusable="false">',
        svg,
    )
    return re.sub(r"\n\s*", "\n", svg)


def _lowest(curves: Mapping[str, Sequence[Dot]]) -> float:
    """The lowest value; intervals of two targets would take the axis down to 0, and are cut off instead."""
    return min((dot.y for dots in curves.values() for dot in dots), default=1.0)


def _span(curves: Mapping[str, Sequence[Dot]]) -> float:
    x = [dot.x for dots in curves.values() for dot in dots]
    return max(x, default=0) - min(x, default=0)


def _apart(ticks: Sequence[float]) -> list[float]:
    """The ticks whose labels don't run into each other, the last one kept."""
    least = 0.085 * (ticks[-1] - ticks[0]) if ticks else 0.0
    kept: list[float] = []
    for tick in reversed(ticks):
        if not kept or kept[-1] - tick >= least:
            kept.append(tick)
    return kept[::-1]
