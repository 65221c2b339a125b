"""The figures of the page: what is drawn, and over which points."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Literal

from bench.record.grouping import grouped
from bench.record.wording import percent, percent_range
from bench.run.points import Point, family, in_grid_order
from bench.run.readback import Results
from bench.score.stats import Interval, clopper_pearson, clustered_mean, kaplan_meier, wilson
from bench.show.page import plots
from bench.show.page.series import colour, decided_series, marker, proposed_series, series_of


@dataclass(frozen=True, slots=True)
class LegendEntry:
    """One curve of a figure: its name, the page's variable with its colour, and its mark."""

    name: str
    colour: str
    marker: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Chart:
    """One figure."""

    title: str
    plot: plots.Plot
    said: str
    """The figure in words, for screen readers."""
    legend: tuple[LegendEntry, ...] = ()
    """The figure's own curves."""


@dataclass(frozen=True, slots=True)
class _Accuracy:
    """One program's accuracy: what a dot of a curve is the mean of."""

    at: int
    """The length, or the number of examples."""
    target: str
    share: float
    interval: Interval | None


def legend(results: Results) -> tuple[LegendEntry, ...]:
    """The series of the figures."""
    return _legend_of(decided_series(results))


def _legend_of(names: Iterable[str]) -> tuple[LegendEntry, ...]:
    """The entries of curves in this order."""
    numbered = enumerate(names)
    return tuple(LegendEntry(name, colour(i), marker(i)) for i, name in numbered)


def accuracy_charts(results: Results) -> list[Chart]:
    """A figure for each family: test accuracy against length."""
    series = decided_series(results)
    lengths = [p.key.length for some in series.values() for p in some if p.score is not None]
    charts = []
    for name in _families(results):
        curves: dict[str, list[plots.Dot]] = {}
        for who, points in series.items():
            curves[who] = _curve(_accuracies(points, name, "length"))
        if not any(curves.values()):
            continue
        singles = _singles(results, name) if len(series) == 1 else []
        # The empty curves stay: colours follow the order of the series.
        plot = plots.accuracy_against_length(curves, singles, (min(lengths), max(lengths)))
        charts.append(Chart(title=name, plot=plot, said=_said(curves, "length")))
    return charts


def _singles(results: Results, name: str) -> list[tuple[float, float]]:
    """Length and accuracy of the points behind the means of a family of several targets."""
    targets = {p.key.target for p in results.points if family(p.key.target) == name}
    if len(targets) < 2:
        return []
    return [(found.at, found.share) for found in _accuracies(results.points, name, "length")]


def generalization_charts(results: Results) -> list[Chart]:
    """A figure for each family: accuracy at lengths that no program was selected at.

    It has a curve for each target, or, with several proposers, for each proposer.
    """
    by_family = _generalizations(results)
    every = (some for curves in by_family.values() for some in curves.values())
    lengths = [found.at for some in every for found in some]
    charts = []
    for name in _families(results):
        if name not in by_family:
            continue
        curves = {curve: _curve(found) for curve, found in sorted(by_family[name].items())}
        plot = plots.generalization(curves, (min(lengths), max(lengths)))
        own = _legend_of(curves)
        charts.append(Chart(title=name, plot=plot, said=_said(curves, "length"), legend=own))
    return charts


def _generalizations(results: Results) -> dict[str, dict[str, list[_Accuracy]]]:
    """The accuracies of the selected programs at other lengths, by family and curve."""
    series = decided_series(results)
    found: dict[str, dict[str, list[_Accuracy]]] = {}
    for who, points in series.items():
        for p in points:
            target = p.key.target
            curve = who if len(series) > 1 else target
            for g in p.generalization:
                share = g.accuracy or 0.0  # a program that fails there is right nowhere
                interval = wilson(round(share * g.size), g.size)
                curves = found.setdefault(family(target), {})
                accuracy = _Accuracy(g.length, target, share, interval)
                curves.setdefault(curve, []).append(accuracy)
    return found


def learning_charts(results: Results) -> list[Chart]:
    """Where train sizes vary: points solved and test accuracy against the number of examples.

    Each figure has a curve for each method, over all points; there is one of accuracy for each
    family besides.
    """
    if "train_size" not in results.axes:
        return []
    axes = [axis for axis in results.axes if axis != "train_size"]
    series = series_of((p for p in results.points if p.decided and p.key.train_size), axes)
    solved = {who: _solve_rates(points) for who, points in series.items()}
    charts = []
    if any(solved.values()):
        plot = plots.learning_curve(solved, is_accuracy=False)
        charts.append(Chart(title="points solved", plot=plot, said=_said(solved, "examples")))
    for name in (None, *_families(results)):
        every = {who: _accuracies(points, name, "train_size") for who, points in series.items()}
        curves = {who: _curve(some) for who, some in every.items()}
        if any(curves.values()):
            title = "test accuracy" if name is None else f"test accuracy: {name}"
            plot = plots.learning_curve(curves, is_accuracy=True)
            charts.append(Chart(title=title, plot=plot, said=_said(curves, "examples")))
    return [replace(chart, legend=_legend_of(series)) for chart in charts]


def _solve_rates(points: Iterable[Point]) -> list[plots.Dot]:
    """The share of points solved with so many examples, with its exact interval.

    Of those that can be solved: not of points that were asked for labels alone.
    """
    solvable = (p for p in points if not p.labels_alone)
    by_size = sorted(grouped(solvable, lambda p: p.key.train_size).items())
    dots = []
    for size, some in by_size:
        count = sum(p.solved for p in some)
        dots.append(plots.Dot(size, count / len(some), clopper_pearson(count, len(some))))
    return dots


def _accuracies(
    points: Iterable[Point], name: str | None, by: Literal["length", "train_size"]
) -> list[_Accuracy]:
    """The test accuracy of each decided point of one family, or of all, drawn over `by`."""
    return [
        _Accuracy(getattr(p.key, by), p.key.target, p.score, p.test_interval)
        for p in points
        if name in (None, family(p.key.target)) and p.score is not None
    ]


def attempts_chart(results: Results) -> Chart | None:
    """The share of points solved by each attempt, by Kaplan and Meier."""
    curves = {}
    said = []
    for who, points in proposed_series(results).items():
        last = [p.solved_at or len(p.attempts) for p in points]
        curves[who] = kaplan_meier(last, [p.solved for p in points])
        for step in curves[who]:
            about = percent_range(step.interval.low, step.interval.high)
            said.append(f"{who}, attempt {step.attempt}: {percent(step.share)} ({about})")
    if not curves:
        return None
    plot = plots.attempts_to_success(curves)
    # A legend of its own: series that propose nothing, as learners, have no curve here.
    own = _legend_of(curves)
    return Chart(title="Attempts to success", plot=plot, said="; ".join(said), legend=own)


def _curve(accuracies: Iterable[_Accuracy]) -> list[plots.Dot]:
    """A dot for each length or number of examples, the smallest first."""
    by_place = sorted(grouped(accuracies, lambda found: found.at).items())
    return [_dot(at, found) for at, found in by_place]


def _dot(at: int, accuracies: Sequence[_Accuracy]) -> plots.Dot:
    """The mean at one length or number of examples.

    Its interval is clustered by target; of one target, each accuracy is a cluster of its own; one
    accuracy alone has the interval that it came with.
    """
    shares = [accuracy.share for accuracy in accuracies]
    if len(shares) == 1:
        return plots.Dot(at, shares[0], accuracies[0].interval)
    targets = [accuracy.target for accuracy in accuracies]
    has_several = len(set(targets)) > 1
    mean = clustered_mean(shares, targets if has_several else range(len(shares)))
    return plots.Dot(at, mean.mean, mean.share_interval)


def _said(curves: Mapping[str, Sequence[plots.Dot]], x_label: str) -> str:
    """The curves in words."""
    said = []
    for curve, dots in curves.items():
        for dot in dots:
            interval = dot.interval
            about = f" ({percent_range(interval.low, interval.high)})" if interval else ""
            said.append(f"{curve}, {x_label} {dot.x:g}: {percent(dot.y)}{about}")
    return "; ".join(said)


def _families(results: Results) -> list[str]:
    """The families in the grid's order: with several workers the points end in any order."""
    return list(dict.fromkeys(family(p.key.target) for p in in_grid_order(results.points)))
