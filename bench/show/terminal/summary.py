"""What the terminal says at the end of a run: a table, the totals, and where the artifacts are."""

from collections.abc import Iterable, Mapping, Sequence
from statistics import fmean
from textwrap import wrap
from typing import Any

from bench.record.attempt import Attempt
from bench.record.key import varying
from bench.record.wording import compact, counted, duration, fit, money, percent, printable
from bench.run.points import Point, group, in_grid_order
from bench.run.totals import Totals, mean_accuracy, totals
from bench.score.stats import clopper_pearson
from bench.show.text_tables import WIDE, aligned

_HEAD = (
    "function and length",
    "val",
    "test",
    "95 % interval",
    "attempts",
    "tokens",
    "cost",
    "time",
)
_SPARE = tuple(map(_HEAD.index, ("time", "tokens", "attempts", "95 % interval", "cost")))
"""Columns that a narrow terminal leaves out, in this order. The page has them all."""
_LONGEST_KINDS = 20
"""Characters that the kinds of error of one point may take."""
_MANY = 12
"""With more points than this, a blank line parts the targets."""


def summarise(
    attempts: Iterable[Attempt],
    run: Mapping[str, Any],
    undecided: Mapping[str, tuple[str, str]] | None = None,
    *,
    artifacts: Sequence[str] = (),
    retries: int | None = None,
    width: int = WIDE,
    spent_usd: float | None = None,
) -> list[str]:
    """The lines of the summary, none wider than `width` but for long paths at the end.

    `run` is the manifest. `undecided` holds, for each point that was not asked to the end, what
    became of it and the reason. `artifacts` are the places to name at the end. `spent_usd` is what
    the run has paid, also for requests that brought no answer.
    """
    points = in_grid_order(group(attempts))
    undecided = undecided or {}
    blocks = [_block(series, some, width) for series, some in _by_series(points).items()]
    if undecided:
        blocks.append(["Not decided", *_undecided(undecided, width)])
    blocks.append(_wrapped(_totals(points, run, undecided, retries, spent_usd), width))
    lines = [_cut(printable(line), width) for line in _joined(blocks)]
    # Paths stay whole: one that is cut off leads nowhere.
    names = ["Artifacts", *[""] * (len(artifacts) - 1)]
    return lines + [f"{name:<10} {place}" for name, place in zip(names, artifacts, strict=False)]


def _by_series(points: Iterable[Point]) -> dict[tuple[str, ...], list[Point]]:
    """The points by the values of the axes that vary."""
    points = tuple(points)
    axes = varying(p.key for p in points)
    series: dict[tuple[str, ...], list[Point]] = {}
    for p in points:
        values = tuple(getattr(p.key, axis) for axis in axes)
        series.setdefault(values, []).append(p)
    return series


def _joined(blocks: Iterable[Sequence[str]]) -> list[str]:
    """The lines of all blocks, with a blank line before each but the first."""
    lines: list[str] = []
    for block in blocks:
        lines += ["", *block] if lines else block
    return lines


def _wrapped(sums: Iterable[str], width: int) -> list[str]:
    """Lines of a name and a text, the text wrapped beside the name."""
    lines: list[str] = []
    for line in sums:
        lines += wrap(line, width, subsequent_indent=" " * 11)
    return lines


def _cut(line: str, width: int) -> str:
    return line if len(line) <= width else line[: width - 1] + "…"


def _block(series: Sequence[str], points: Sequence[Point], width: int) -> list[str]:
    """The table of one series, a row for each function and length, and the notes on its points."""
    rows = [(p.key.id(), *_cells(p)) for p in points]
    head, rule, *lines = aligned([_HEAD, *rows], width, spare=_SPARE, left=(_HEAD.index("val"),))
    body: list[str] = []
    for before, point, line in zip([None, *points], points, lines, strict=False):
        if before is not None and before.key.target != point.key.target and len(points) > _MANY:
            body.append("")
        body.append(line)
    title = [" · ".join(series)] if series else []
    notes: list[str] = []
    for note in _all_notes(points):
        notes += wrap(note, width, initial_indent="  ", subsequent_indent="    ")
    return [*title, head, rule, *body, rule, *notes]


def _cells(point: Point) -> tuple[str, ...]:
    if point.dry:
        return ("dry run", "", "", str(len(point.attempts)), "", "", "")
    tokens = compact(point.tokens) if point.tokens else "-"
    took = (str(len(point.attempts)), tokens, money(point.cost_usd), duration(point.seconds))
    return (_mark(point), *_accuracy(point), *took)


def _accuracy(point: Point) -> tuple[str, str]:
    """The test accuracy and its interval, or why there is none."""
    if not point.decided:
        return "", "cut short"
    if point.test_acc is None:
        return "", _error_kinds(point)
    interval = point.test_interval
    about = f"[{percent(interval.low)}, {percent(interval.high)}]" if interval else ""
    return percent(point.test_acc), about


def _mark(point: Point) -> str:
    if not point.decided:
        return "-"
    if point.solved:
        return "✓"
    if point.val_acc is None:
        return "✗"
    # Rounding must not show 1.00: that is for solved points alone.
    return f"✗ {min(point.val_acc, 0.99):.2f}"


def _error_kinds(point: Point) -> str:
    """The kinds of error; where they are long, the first one and how many more there are."""
    failed = point.outcome.error if point.outcome else None
    of_attempts = list(dict.fromkeys(a.error for a in point.attempts if a.error))
    kinds = of_attempts or [failed or "-"]
    said = ", ".join(kinds)
    if len(said) > _LONGEST_KINDS and len(kinds) > 1:
        said = f"{kinds[0]} +{len(kinds) - 1}"
    return fit(said, _LONGEST_KINDS).rstrip()


def _all_notes(points: Sequence[Point]) -> Iterable[str]:
    """A line for each note, however many points share it."""
    by_note: dict[str, list[str]] = {}
    for p in points:
        for note in _notes(p):
            by_note.setdefault(note, []).append(p.key.id())
    return (f"{_first_of(ids)}: {note}" for note, ids in by_note.items())


def _first_of(ids: Sequence[str]) -> str:
    return ids[0] if len(ids) == 1 else f"{ids[0]} and {len(ids) - 1} more"


def _notes(point: Point) -> Iterable[str]:
    yield from point.notes
    if point.solved and point.test_acc is None and point.selected is not None:
        why = point.selected.error or (point.outcome.error if point.outcome else None)
        yield f"solved, and without a test accuracy: {why or 'unknown'}"


def _undecided(undecided: Mapping[str, tuple[str, str]], width: int) -> list[str]:
    """The points without an outcome: a line for each reason, however many points share it."""
    by_reason: dict[tuple[str, str], list[str]] = {}
    for test, (outcome, reason) in undecided.items():
        by_reason.setdefault((outcome, " ".join(reason.split())), []).append(test)
    lines = []
    for (outcome, reason), tests in by_reason.items():
        lines.append(f"  {outcome:<8} {_first_of(tests)}")
        lines += [f"{'':<11}{part}" for part in wrap(reason, width - 11)]
    return lines


def _totals(
    points: Sequence[Point],
    run: Mapping[str, Any],
    undecided: Mapping[str, tuple[str, str]],
    retries: int | None,
    spent_usd: float | None,
) -> list[str]:
    """The totals, a line for each: its name, and what there is to say of it."""
    of_all = totals(points)
    lines = {
        "Solved": _solved(of_all),
        "Accuracy": _accuracy_line(points, of_all),
        "Attempts": _attempts(of_all, undecided, retries),
        "Tokens": _tokens(of_all),
        "Cost": _cost(of_all, run, spent_usd),
        "": _unpriced(points),
        "Generalize": _generalization(points),
        "Isolation": str(run.get("isolation") or ""),
    }
    return [f"{name:<10} {said}" for name, said in lines.items() if said]


def _solved(of_all: Totals) -> str:
    if not of_all.decided:
        return "no point was decided" if of_all.attempts else "nothing was asked"
    rate = clopper_pearson(of_all.solved, of_all.decided)
    share = percent(of_all.solved / of_all.decided)
    return (
        f"{of_all.solved} of {counted(of_all.decided, 'point')} ({share}, "
        f"95 % interval {percent(rate.low)} to {percent(rate.high)})"
    )


def _accuracy_line(points: Sequence[Point], of_all: Totals) -> str:
    mean = mean_accuracy(points)
    if mean is None:
        return ""
    said = f"mean test accuracy {percent(mean.mean)}"
    if not of_all.unscored:
        return said
    return f"{said}; {counted(of_all.unscored, 'point')} without a scored program as 0"


def _attempts(of_all: Totals, undecided: Mapping[str, tuple[str, str]], retries: int | None) -> str:
    extra = [f"{of_all.replayed} of them replayed"] if of_all.replayed else []
    extra += [f"{of_all.stopped_by_jail} stopped by the jail"] if of_all.stopped_by_jail else []
    extra += [f"{counted(retries, 'request')} retried"] if retries else []
    extra += [f"{counted(len(undecided), 'point')} not decided"] if undecided else []
    return ", ".join([str(of_all.attempts), *extra])


def _tokens(of_all: Totals) -> str:
    if not (of_all.input_tokens or of_all.output_tokens):
        return ""
    said = f"{compact(of_all.input_tokens)} in, {compact(of_all.output_tokens)} out"
    if not of_all.reasoning_tokens:
        return said
    return f"{said} ({compact(of_all.reasoning_tokens)} of them reasoning)"


def _cost(of_all: Totals, run: Mapping[str, Any], spent_usd: float | None) -> str:
    paid, cost = of_all.paid_usd or 0.0, of_all.cost_usd or 0.0
    in_vain = max(0.0, (spent_usd or 0.0) - paid)
    if of_all.cost_usd is None and not in_vain:
        return ""
    limit = _mapping(run.get("options")).get("max_cost")
    said = money(paid)
    if isinstance(limit, int | float):
        said += f" of at most {money(limit)}"
    if in_vain:
        said += f", and up to {money(in_vain)} for what brought no answer"
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


def _mapping(value: object) -> Mapping[str, Any]:
    return value if isinstance(value, Mapping) else {}
