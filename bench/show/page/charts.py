"""The figures and small tables of the page: what is drawn, and over which points."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from markupsafe import Markup

from bench.record.errors import meaning
from bench.record.wording import compact, counted, duration, mean_with_unscored, money, percent
from bench.run.points import Point, family, in_grid_order
from bench.run.results import Results
from bench.run.totals import mean_accuracy, totals
from bench.score.stats import (
    Interval,
    Mean,
    clopper_pearson,
    clustered_mean,
    kaplan_meier,
    pass_at_k,
    wilson,
)
from bench.show.compare import Side
from bench.show.compare.rendering import overview
from bench.show.page import plots
from bench.show.page.view import series_name


@dataclass(frozen=True, slots=True, kw_only=True)
class Chart:
    """One figure: what a screen reader says of it stands beside it."""

    title: str
    svg: Markup
    said: str
    legend: tuple[tuple[str, str], ...] = ()
    """The curves and the page's variables that they are drawn in, where they are this figure's
    own.
    """


@dataclass(frozen=True, slots=True, kw_only=True)
class Bar:
    """One row of a table with a bar in it: `share` of the longest."""

    name: str
    share: float
    cells: tuple[str, ...]


def key_figures(results: Results) -> list[tuple[str, str, str]]:
    """What to know first: a name, a figure, and what stands below it."""
    of_all = totals(results.points)
    if not of_all.decided:
        return []
    rate = clopper_pearson(of_all.solved, of_all.decided)
    solved_note = f"{percent(rate.low)} to {percent(rate.high)} of such points (95 %)"
    figures = [("Solved", f"{of_all.solved} of {of_all.decided}", solved_note)]
    if mean := mean_accuracy(results.points):
        shown = mean_with_unscored(mean.mean, of_all.unscored)
        figures.append(("Mean test accuracy", shown, _mean_note(mean)))
    replayed = f"{of_all.replayed} replayed" if of_all.replayed else "none replayed"
    figures.append(("Attempts", f"{of_all.attempts:,}", replayed))
    given = of_all.input_tokens, of_all.output_tokens
    if any(given):
        figures.append(
            ("Tokens", compact(sum(given)), f"{compact(given[0])} in, {compact(given[1])} out")
        )
    if of_all.cost_usd is not None:
        paid = (
            f"{money(of_all.paid_usd)} paid now, the rest before"
            if of_all.replayed
            else "US dollars"
        )
        figures.append(("Cost", money(of_all.cost_usd), paid))
    figures.append(("Time", duration(of_all.seconds), "of answering and evaluating"))
    return figures


def _mean_note(mean: Mean) -> str:
    if mean.interval is None:
        return f"over {counted(mean.n, 'point')} of one target"
    low, high = max(0.0, mean.interval.low), min(1.0, mean.interval.high)
    return f"{percent(low)} to {percent(high)} (95 %, clustered by target)"


def legend(results: Results) -> list[tuple[str, str]]:
    """The series of the figures and the variables that they are drawn in."""
    return [(name, plots.colour(i)) for i, name in enumerate(_series(results))]


def by_series(results: Results) -> list[tuple[str, ...]]:
    """A table with a row a proposer, where there are several."""
    series: dict[str, list[Point]] = {}
    for p in results.points:
        if not p.dry:
            series.setdefault(series_name(p, results.axes), []).append(p)
    sides = [Side(name, {p.key: p for p in some}) for name, some in sorted(series.items())]
    return overview(sides) if len(sides) > 1 else []


def accuracy_charts(results: Results) -> list[Chart]:
    """A figure for each family: test accuracy against length."""
    series = _series(results)
    families = _families(results)
    charts = []
    for name in families:
        curves: dict[str, list[plots.Dot]] = {}
        said = []
        for who, points in series.items():
            some = [p for p in points if family(p.key.target) == name]
            lengths = sorted({p.key.length for p in some})
            curves[who] = [
                _dot(length, [p for p in some if p.key.length == length]) for length in lengths
            ]
            said += [f"{who}, length {dot.x:g}: {_said(dot)}" for dot in curves[who]]
        drawn = {who: dots for who, dots in curves.items() if dots}
        if not drawn:
            continue
        targets = {p.key.target for p in results.points if family(p.key.target) == name}
        behind = results.points if len(targets) > 1 and len(series) == 1 else ()
        singles = [
            (p.key.length, p.score)
            for p in behind
            if family(p.key.target) == name and p.score is not None
        ]
        # The empty curves stay: colours follow the order of the series.
        svg = plots.accuracy_against_length(curves, singles, f"family {name}")
        charts.append(Chart(title=name, svg=Markup(svg), said="; ".join(said)))  # noqa: S704 - matplotlib's
    return charts


def _dot(length: int, points: Sequence[Point]) -> plots.Dot:
    """The mean at one length: clustered by target, or by trial for one target; Wilson's interval for one point."""
    values = [p.score for p in points if p.score is not None]
    if len(values) == 1:
        return plots.Dot(length, values[0], points[0].test_interval)
    by_target = len({p.key.target for p in points}) > 1
    mean = clustered_mean(values, [p.key.target if by_target else str(p.key.trial) for p in points])
    interval = mean.interval and Interval(max(0.0, mean.interval.low), min(1.0, mean.interval.high))
    return plots.Dot(length, mean.mean, interval)


def _said(dot: plots.Dot) -> str:
    return percent(dot.y) + (
        f" ({percent(dot.interval.low)} to {percent(dot.interval.high)})" if dot.interval else ""
    )


def attempts_chart(results: Results) -> Chart | None:
    """The share of points solved by each attempt, by Kaplan and Meier."""
    curves = {
        who: kaplan_meier(
            [p.solved_at or len(p.attempts) for p in points], [p.solved for p in points]
        )
        for who, points in _series(results).items()
    }
    if not curves:
        return None
    said = "; ".join(
        f"{who}, attempt {s.attempt}: {percent(s.share)} ({percent(s.interval.low)} to {percent(s.interval.high)})"
        for who, steps in curves.items()
        for s in steps
    )
    svg = Markup(plots.attempts_to_success(curves))  # noqa: S704 - matplotlib's
    return Chart(title="Attempts to success", svg=svg, said=said)


def pass_at(results: Results) -> list[tuple[str, list[tuple[int, str, str]]]]:
    """pass@k of each series, for the k that every point has attempts for; nothing where early stop censored it."""
    points = [p for p in results.points if p.decided]
    options = results.run.get("options")
    fixed = options.get("no_early_stop") if isinstance(options, Mapping) else None
    # Without a manifest the attempts tell: one that follows a perfect one was not stopped
    if fixed is None:
        fixed = any(p.solved_at is not None and len(p.attempts) > p.solved_at for p in points)
    if not fixed or not points or any(p.stopped_early for p in points):
        return []
    tables = []
    for who, some in _series(results).items():
        rows = []
        for k in range(1, min(len(p.attempts) for p in some) + 1):
            values = [
                pass_at_k(len(p.attempts), sum(a.val_acc == 1.0 for a in p.attempts), k)
                for p in some
            ]
            mean = clustered_mean(values, [p.key.target for p in some])
            interval = mean.interval
            shown = (
                f"{percent(max(0.0, interval.low))} to {percent(min(1.0, interval.high))}"
                if interval
                else "-"
            )
            rows.append((k, percent(mean.mean), shown))
        tables.append((who, rows))
    return tables


def generalisation_charts(results: Results) -> list[Chart]:
    """A figure for each family that was tested at further lengths: a curve a target, or a proposer if several."""
    several = len(_series(results)) > 1
    found: dict[str, dict[str, dict[int, list[tuple[float, int, str]]]]] = {}
    for who, points in _series(results).items():
        for p in points:
            for g in p.generalization:
                curves = found.setdefault(family(p.key.target), {})
                at = curves.setdefault(who if several else p.key.target, {}).setdefault(
                    g.length, []
                )
                # A program that fails there is right nowhere.
                at.append((g.accuracy or 0.0, g.size, p.key.target))
    charts = []
    for name, by_curve in ((name, found[name]) for name in _families(results) if name in found):
        dots = {
            curve: [
                plots.Dot(length, *_pooled(values)) for length, values in sorted(by_length.items())
            ]
            for curve, by_length in sorted(by_curve.items())
        }
        said = "; ".join(
            f"{curve}, length {dot.x:g}: {_said(dot)}"
            for curve, some in dots.items()
            for dot in some
        )
        svg = Markup(plots.generalisation(dots, f"beyond {name}"))  # noqa: S704 - matplotlib's
        own = tuple((curve, plots.colour(i)) for i, curve in enumerate(dots))
        charts.append(Chart(title=name, svg=svg, said=said, legend=own))
    return charts


def _pooled(values: Sequence[tuple[float, int, str]]) -> tuple[float, Interval | None]:
    """The mean at one further length: clustered by target, or by program for one target; Wilson's interval for one."""
    if len(values) == 1:
        ((accuracy, size, _),) = values
        return accuracy, wilson(round(accuracy * size), size)
    targets = [target for _, _, target in values]
    mean = clustered_mean(
        [acc for acc, _, _ in values], targets if len(set(targets)) > 1 else range(len(values))
    )
    interval = mean.interval and Interval(max(0.0, mean.interval.low), min(1.0, mean.interval.high))
    return mean.mean, interval


def cost_bars(results: Results) -> list[Bar]:
    """What each target took, the dearest first."""
    groups: dict[str, list[Point]] = {}
    for p in results.points:
        if not p.dry:
            groups.setdefault(p.key.target, []).append(p)
    # Answers without tokens (the enumerator's) are measured by their time.
    by_tokens = any(p.tokens for p in results.points)
    weight = {
        name: sum(p.tokens if by_tokens else p.seconds for p in some)
        for name, some in groups.items()
    }
    longest = max(weight.values(), default=0) or 1
    bars = []
    for name, some in sorted(groups.items(), key=lambda item: -weight[item[0]]):
        took = totals(some)
        bars.append(Bar(
            name=name,
            share=weight[name] / longest,
            cells=(
                str(took.attempts),
                f"{took.input_tokens:,}",
                f"{took.output_tokens:,}",
                f"{took.reasoning_tokens:,}",
                money(took.cost_usd),
                duration(took.seconds),
            ),
        ))  # fmt: skip
    return bars


def error_bars(results: Results) -> list[Bar]:
    """The kinds of error, the most frequent first: attempts, points, and what the kind means."""
    kinds: dict[str, list[Point]] = {}
    for p in results.points:
        for a in p.attempts:
            if a.error:
                kinds.setdefault(a.error, []).append(p)
    most = max(map(len, kinds.values()), default=1)
    return [
        Bar(
            name=kind,
            share=len(some) / most,
            cells=(str(len(some)), str(len({p.key for p in some})), meaning(kind)),
        )
        for kind, some in sorted(kinds.items(), key=lambda item: (-len(item[1]), item[0]))
    ]


def _families(results: Results) -> list[str]:
    """The families in the grid's order: with several workers the points end in any."""
    return list(dict.fromkeys(family(p.key.target) for p in in_grid_order(results.points)))


def _series(results: Results) -> dict[str, list[Point]]:
    """The points of each proposer."""
    series: dict[str, list[Point]] = {}
    for p in results.points:
        if p.decided:
            series.setdefault(series_name(p, results.axes), []).append(p)
    return dict(sorted(series.items()))
