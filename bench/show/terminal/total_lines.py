"""The totals below the tables of the summary."""

from collections.abc import Sequence
from statistics import fmean

from bench.record.wording import compact, counted, money, percent
from bench.run.manifest import Manifest
from bench.run.points import Point
from bench.run.totals import Totals, mean_accuracy, totals
from bench.score.stats import clopper_pearson


def total_lines(
    points: Sequence[Point],
    manifest: Manifest,
    undecided: int,
    retries: int | None,
    spent_usd: float | None,
) -> list[str]:
    """The totals, a line for each: its name, and what there is to say of it.

    `undecided` counts the points that were not asked to the end. `spent_usd` is what the run has
    paid, also for requests that are in no attempt, and for answers whose usage nobody told.
    """
    of_all = totals(points)
    cost, unpriced = _cost(of_all, manifest, spent_usd), _unpriced(points)
    lines = {
        "Solved": _solved(of_all, manifest),
        "Recovered": _recovered(of_all),
        "Accuracy": _accuracy_line(points, of_all),
        "Attempts": _attempts(of_all, undecided, retries),
        "Tokens": _tokens(of_all),
        "Cost": cost or unpriced,
        "": unpriced if cost else "",
        "Generalize": _generalization(points),
        "Shard": _shard(manifest),
        "Isolation": manifest.isolation,
    }
    return [f"{name:<10} {said}" for name, said in lines.items() if said]


def _shard(manifest: Manifest) -> str:
    """Which shard this was, and how many of the points it had."""
    shard = manifest.options.get("shard")
    if not isinstance(shard, str):
        return ""
    of_all = f" of {counted(manifest.in_all_shards, 'point')}" if manifest.in_all_shards else ""
    return f"{shard}, with {manifest.selected}{of_all}"


def _solved(of_all: Totals, manifest: Manifest) -> str:
    if not of_all.decided:
        # Without an attempt a model may have been asked all the same, and its answer be under way.
        return "nothing was asked" if manifest.options.get("dry_run") else "no point was decided"
    labels = f"{counted(of_all.labels_alone, 'point')} asked for labels alone"
    if not of_all.solvable:
        return f"no point can be: {labels}"
    rate = clopper_pearson(of_all.solved, of_all.solvable)
    share = percent(of_all.solved / of_all.solvable)
    said = (
        f"{of_all.solved} of {counted(of_all.solvable, 'point')} ({share}, "
        f"95 % interval {percent(rate.low)} to {percent(rate.high)})"
    )
    return f"{said}; {labels}" if of_all.labels_alone else said


def _recovered(of_all: Totals) -> str:
    """The solved points whose program is the rule, as far as was tried."""
    tried = of_all.recovered + of_all.refuted
    if not tried:
        return ""
    said = f"{of_all.recovered} of {counted(of_all.solved, 'solved point')}"
    untried = of_all.solved - tried
    return said + (f"; not known of {untried}" if untried else "")


def _accuracy_line(points: Sequence[Point], of_all: Totals) -> str:
    mean = mean_accuracy(points)
    if mean is None:
        return ""
    said = f"mean test accuracy {percent(mean.mean)}"
    if not of_all.unscored:
        return said
    return f"{said}; {counted(of_all.unscored, 'point')} without a scored program as 0"


def _attempts(of_all: Totals, undecided: int, retries: int | None) -> str:
    extra = [f"{of_all.replayed} of them replayed"] if of_all.replayed else []
    extra += [f"{of_all.stopped_by_jail} stopped by the jail"] if of_all.stopped_by_jail else []
    extra += [f"{counted(retries, 'request')} retried"] if retries else []
    extra += [f"{counted(undecided, 'point')} not decided"] if undecided else []
    return ", ".join([str(of_all.attempts), *extra])


def _tokens(of_all: Totals) -> str:
    if not (of_all.input_tokens or of_all.output_tokens):
        return ""
    said = f"{compact(of_all.input_tokens)} in, {compact(of_all.output_tokens)} out"
    if not of_all.reasoning_tokens:
        return said
    return f"{said} ({compact(of_all.reasoning_tokens)} of them reasoning)"


def _cost(of_all: Totals, manifest: Manifest, spent_usd: float | None) -> str:
    paid, cost = of_all.paid_usd or 0.0, of_all.cost_usd or 0.0
    beside = max(0.0, (spent_usd or 0.0) - paid)
    if of_all.cost_usd is None and not beside:
        return ""
    limit = manifest.options.get("max_cost")
    said = money(paid)
    if isinstance(limit, int | float):
        said += f" of at most {money(limit)}"
    if beside:
        said += f", and up to {money(beside)} that is in the cost of no attempt"
    if cost > paid:
        said += f"; without the ledger it would have been {money(cost)}"
    return said


def _unpriced(points: Sequence[Point]) -> str:
    models: dict[str, None] = {}
    for p in points:
        for a in () if p.dry else p.attempts:
            if a.answer.usage.input_tokens is not None and a.answer.cost_usd is None:
                models[a.point.model] = None
    if not models:
        return ""
    return f"not known for {', '.join(models)}: give --price-input and --price-output"


def _generalization(points: Sequence[Point]) -> str:
    """The mean accuracy of the selected programs at other lengths; one that fails there has 0."""
    by_length: dict[int, list[float | None]] = {}
    for p in points:
        for g in p.generalization if p.decided else ():
            by_length.setdefault(g.length, []).append(g.accuracy)
    said = []
    for length, accuracies in sorted(by_length.items()):
        mean = fmean(accuracy or 0.0 for accuracy in accuracies)
        count = counted(len(accuracies), "point")
        failed = f", {accuracies.count(None)} failed" if None in accuracies else ""
        said.append(f"{percent(mean)} at length {length} ({count}{failed})")
    return f"mean accuracy {', '.join(said)}" if said else ""
