"""The page's numbers: key figures, and tables by proposer, by target and by kind of error."""

from collections.abc import Sequence
from dataclasses import dataclass

from bench.record.errors import meaning
from bench.record.grouping import grouped
from bench.record.wording import (
    compact,
    cost_with_unpriced,
    counted,
    duration,
    money,
    percent,
    percent_range,
)
from bench.run.masses import Question, at_first, masses, proposed
from bench.run.points import Point, in_grid_order
from bench.run.readback import Results
from bench.run.totals import Totals, mean_accuracy, totals
from bench.score.mass import Mass, attempts_needed
from bench.score.stats import Mean, clopper_pearson, clustered_mean, pass_at_k
from bench.show.page.series import proposed_series


@dataclass(frozen=True, slots=True, kw_only=True)
class Bar:
    """One row of a table with a bar in it: `share` of the longest."""

    name: str
    share: float
    cells: tuple[str, ...]


def key_figures(results: Results) -> list[tuple[str, str, str]]:
    """What to know first: a name, a figure, and what stands below it.

    Solved, mean and cost come first: a phone shows these before anything is scrolled.
    """
    of_all = totals(results.points)
    if not of_all.decided:
        return []
    figures = [_solved_figure(of_all)] if of_all.solvable else []
    if mean := mean_accuracy(results.points):
        as_0 = f"; {counted(of_all.unscored, 'point')} without a program as 0"
        note = _mean_note(mean) + as_0 * bool(of_all.unscored)
        figures.append(("Mean test accuracy", percent(mean.mean), note))
    if of_all.cost_usd is not None:
        figures.append(("Cost", money(of_all.cost_usd), _cost_note(of_all)))
    if of_all.recovered + of_all.refuted:
        note = "are the rule, as far as inputs chosen to refute them tell"
        figures.append(("Recovered", f"{of_all.recovered} of {of_all.solved}", note))
    replayed = f"{of_all.replayed} replayed" if of_all.replayed else "none replayed"
    figures.append(("Attempts", f"{of_all.attempts:,}", replayed))
    tokens_in, tokens_out = of_all.input_tokens, of_all.output_tokens
    if tokens_in or tokens_out:
        tokens_note = f"{compact(tokens_in)} in, {compact(tokens_out)} out"
        figures.append(("Tokens", compact(tokens_in + tokens_out), tokens_note))
    figures.append(("Time", duration(of_all.seconds), "of answering and evaluating"))
    return figures


def _solved_figure(of_all: Totals) -> tuple[str, str, str]:
    rate = clopper_pearson(of_all.solved, of_all.solvable)
    note = f"{percent_range(rate.low, rate.high)} of points of these targets (95 %)"
    if of_all.labels_alone:
        note += f"; {of_all.labels_alone} more asked for labels alone"
    return ("Solved", f"{of_all.solved} of {of_all.solvable}", note)


def _mean_note(mean: Mean) -> str:
    interval = mean.share_interval
    if interval is None:
        of = "of one target" if mean.clusters == 1 else "of targets that are all alike"
        return f"over {counted(mean.n, 'point')} {of}"
    return f"{percent_range(interval.low, interval.high)} (95 %, clustered by target)"


def _cost_note(of_all: Totals) -> str:
    note = "US dollars"
    if of_all.paid_usd != of_all.cost_usd:
        note = f"{money(of_all.paid_usd)} paid now, the rest before"
    if not of_all.unpriced:
        return note
    return f"{note}; without {counted(of_all.unpriced, 'attempt')} of unknown cost"


def pass_at(results: Results) -> list[tuple[str, list[tuple[int, str, str]]]]:
    """pass@k of each series, for the k that every point has attempts for.

    Nothing where early stopping censored it.
    """
    points = proposed(results.points)
    if not points or any(p.stopped_early for p in points) or not _are_attempts_fixed(results):
        return []
    return [(who, _pass_at_rows(some)) for who, some in proposed_series(results).items()]


def _are_attempts_fixed(results: Results) -> bool:
    """Whether every search made all its attempts, also after a perfect one."""
    told = results.manifest.options.get("no_early_stop")
    if told is not None:
        return bool(told)
    # Without a manifest the attempts tell: where one follows a perfect one, nothing was stopped.
    solved = [p for p in results.points if p.decided and p.solved_at is not None]
    return any(len(p.attempts) > (p.solved_at or 0) for p in solved)


def _pass_at_rows(points: Sequence[Point]) -> list[tuple[int, str, str]]:
    targets = [p.key.target for p in points]
    rows = []
    for k in range(1, min(len(p.attempts) for p in points) + 1):
        mean = clustered_mean([_pass_at(p, k) for p in points], targets)
        interval = mean.share_interval
        shown = percent_range(interval.low, interval.high) if interval else "-"
        rows.append((k, percent(mean.mean), shown))
    return rows


@dataclass(frozen=True, slots=True, kw_only=True)
class MassTables:
    """The proposal masses of one series, as the rows of two tables."""

    series: str
    across: list[tuple[str, ...]]
    """The share solved at the first attempt: of all points, and of each target's."""
    each: list[tuple[str, ...]]
    """The mass of each target and length, over its trials."""


def mass_tables(results: Results) -> list[MassTables]:
    """The proposal masses of each series of the run."""
    tables = []
    for who, points in proposed_series(results).items():
        by_target = grouped(in_grid_order(points), lambda p: p.key.target)
        across = [_at_first_row(name, some) for name, some in {"all": points, **by_target}.items()]
        each = [_mass_row(asked, mass) for asked, mass in masses(points).items()]
        tables.append(MassTables(series=who, across=across, each=each))
    return tables


def _at_first_row(name: str, points: Sequence[Point]) -> tuple[str, ...]:
    first = at_first(points)
    interval = first.interval
    about = percent_range(interval.low, interval.high) if interval else "-"
    return (name, f"{first.solved} of {first.points}", percent(first.share), about)


def _mass_row(asked: Question, mass: Mass) -> tuple[str, ...]:
    target, length, _ = asked
    low, high = mass.interval.low, mass.interval.high
    needed, fewest, most = (attempts_needed(share) for share in (mass.estimate, high, low))
    return (
        f"{target} L{length}",
        f"{mass.right} of {mass.answers}",
        percent(mass.estimate),
        percent_range(low, high),
        "-" if needed is None else f"{needed:,}",
        f"{fewest:,} or more" if most is None else f"{fewest:,} to {most:,}",
    )


def _pass_at(point: Point, k: int) -> float:
    perfect = sum(a.val_acc == 1.0 for a in point.attempts)
    return pass_at_k(len(point.attempts), perfect, k)


def cost_bars(results: Results) -> list[Bar]:
    """What each target took, the dearest first."""
    by_target = grouped((p for p in results.points if not p.dry), lambda p: p.key.target)
    # Answers without tokens (the enumerator's) are measured by their time.
    has_tokens = any(p.tokens for p in results.points)
    weights: dict[str, float] = {}
    for name, points in by_target.items():
        weights[name] = sum(p.tokens if has_tokens else p.seconds for p in points)
    heaviest = max(weights.values(), default=0) or 1
    names = sorted(by_target, key=lambda name: -weights[name])
    return [_cost_bar(name, weights[name] / heaviest, totals(by_target[name])) for name in names]


def _cost_bar(target: str, share: float, took: Totals) -> Bar:
    cells = (
        str(took.attempts),
        f"{took.input_tokens:,}",
        f"{took.output_tokens:,}",
        f"{took.reasoning_tokens:,}",
        cost_with_unpriced(took.cost_usd, took.unpriced),
        duration(took.seconds),
    )
    return Bar(name=target, share=share, cells=cells)


def error_bars(results: Results) -> list[Bar]:
    """The kinds of error, the most frequent first: attempts, points, and what the kind means."""
    failed = [a for a in results.attempts if a.error]
    by_kind = grouped(failed, lambda a: a.error or "")
    most = max(map(len, by_kind.values()), default=1)
    bars = []
    for kind, attempts in sorted(by_kind.items(), key=lambda item: (-len(item[1]), item[0])):
        points = {a.point for a in attempts}
        cells = (str(len(attempts)), str(len(points)), meaning(kind))
        bars.append(Bar(name=kind, share=len(attempts) / most, cells=cells))
    return bars
