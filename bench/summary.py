"""What the terminal says at the end of a run: a table, the totals, and where the artifacts are."""

from collections.abc import Iterable, Mapping, Sequence
from itertools import chain
from statistics import fmean
from textwrap import wrap
from typing import Any

from bench.points import Point, group, in_grid_order, varying
from bench.record import Attempt
from bench.stats import clopper_pearson
from bench.wording import compact, counted, duration, fit, money, percent

_COLUMNS = ("validation", "test accuracy, 95 %", "attempts", "tokens", "cost", "time")
_NAMES_AT_LEAST = 20


def summarise(
    attempts: Iterable[Attempt],
    run: Mapping[str, Any],
    undecided: Mapping[str, tuple[str, str]] | None = None,
    *,
    artifacts: Sequence[str] = (),
    retries: int | None = None,
    width: int = 100,
) -> list[str]:
    """The lines of the summary, none wider than `width` but for a long path at the end.

    `run` is the manifest; `undecided` holds, for the points that were not asked to the end, whether that is an `error`
    or they were `skipped`, and the reason; `artifacts` are the places to name at the end.
    """
    points = in_grid_order(group(attempts))
    undecided = undecided or {}
    axes = varying(p.key for p in points)
    lines: list[str] = []
    for series in dict.fromkeys(tuple(getattr(p.key, axis) for axis in axes) for p in points):
        some = [p for p in points if tuple(getattr(p.key, axis) for axis in axes) == series]
        lines += [*([""] if lines else []), *_block(series, some, width)]
    if undecided:
        lines += [*([""] if lines else []), "Not decided", *_undecided(undecided, width)]
    totals = _totals(points, run, undecided, retries)
    lines += ["", *(part for line in totals for part in wrap(line, width, subsequent_indent=" " * 11))]
    lines = [line if len(line) <= width else line[: width - 1] + "…" for line in lines]
    # A path that is cut off leads nowhere.
    return lines + [f"{'Artifacts' if i == 0 else '':<10} {place}" for i, place in enumerate(artifacts)]


def _block(series: Sequence[str], points: Sequence[Point], width: int) -> list[str]:
    """One table, function x length, of the points that one proposer was asked."""
    cells = [[p.key.id(), *_cells(p)] for p in points]
    widths = [max(len(row[i + 1]) for row in [["", *_COLUMNS], *cells]) for i in range(len(_COLUMNS))]
    names = min(
        max(max(len(row[0]) for row in cells), _NAMES_AT_LEAST),
        max(_NAMES_AT_LEAST, width - sum(widths) - 2 * len(widths)),
    )
    rule = "─" * min(width, names + sum(widths) + 2 * len(widths))

    def line(row: Sequence[str]) -> str:
        first, second, *rest = (cell.rjust(w) for cell, w in zip(row[1:], widths, strict=True))
        # Names and marks read from the left, numbers from the right.
        return "  ".join((fit(row[0], names), first.strip().ljust(widths[0]), second, *rest)).rstrip()

    title = [" · ".join(series)] if series else []
    head = [*title, line(["function and length", *_COLUMNS]), rule]
    body: list[str] = []
    for before, point, row in zip([None, *points], points, cells, strict=False):
        if before is not None and before.key.target != point.key.target and len(points) > 12:
            body.append("")
        body.append(line(row))
    notes = (wrap(note, width, initial_indent="  ", subsequent_indent="    ") for note in _all_notes(points))
    return [*head, *body, rule, *chain.from_iterable(notes)]


def _cells(point: Point) -> list[str]:
    if point.dry:
        return ["dry run", "", str(len(point.attempts)), "", "", ""]
    interval, test = point.test_interval, point.test_acc
    if not point.decided:
        accuracy = "cut short"
    elif test is None:
        accuracy = _error_kinds(point)
    elif interval is None:
        accuracy = percent(test)
    else:
        accuracy = f"{percent(test)} [{percent(interval.low)}, {percent(interval.high)}]"
    tokens = compact(point.tokens) if point.tokens else "-"
    return [_mark(point), accuracy, str(len(point.attempts)), tokens, money(point.cost_usd), duration(point.seconds)]


def _mark(point: Point) -> str:
    if not point.decided:
        return "-"
    if point.solved:
        return "✓"
    return "✗" if point.val_acc is None else f"✗ {min(point.val_acc, 0.99):.2f}"  # only a solved point shows 1


def _error_kinds(point: Point) -> str:
    kinds = dict.fromkeys(a.error for a in point.attempts if a.error)
    failed = point.outcome.get("error")
    return ", ".join(filter(None, kinds)) or (str(failed) if failed else "-")


def _all_notes(points: Sequence[Point]) -> Iterable[str]:
    """One line each note, however many points share it."""
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
        yield f"solved, and without a test accuracy: {point.selected.error or point.outcome.get('error') or 'unknown'}"


def _undecided(undecided: Mapping[str, tuple[str, str]], width: int) -> list[str]:
    """The points without an outcome, by what became of them: one line each reason, however many points share it."""
    by_reason: dict[tuple[str, str], list[str]] = {}
    for test, (outcome, reason) in undecided.items():
        by_reason.setdefault((outcome, " ".join(reason.split())), []).append(test)
    lines = []
    for (outcome, reason), tests in by_reason.items():
        lines += [f"  {outcome:<8} {_first_of(tests)}", *(f"{'':<11}{part}" for part in wrap(reason, width - 11))]
    return lines


def _totals(
    points: Sequence[Point], run: Mapping[str, Any], undecided: Mapping[str, tuple[str, str]], retries: int | None
) -> list[str]:
    decided = [p for p in points if p.decided]
    attempts = [a for p in points if not p.dry for a in p.attempts]
    lines = []
    if decided:
        solved = sum(p.solved for p in decided)
        rate = clopper_pearson(solved, len(decided))
        lines.append(
            f"{'Solved':<10} {solved} of {counted(len(decided), 'point')} ({percent(solved / len(decided))}, "
            f"95 % interval {percent(rate.low)} to {percent(rate.high)})"
        )
    else:
        lines.append(f"{'Solved':<10} {'no point was decided' if attempts else 'nothing was asked'}")
    replayed = sum(a.replayed for a in attempts)
    extra = [f"{replayed} of them replayed"] if replayed else []
    extra += [f"{counted(retries, 'request')} retried"] if retries else []
    extra += [f"{counted(len(undecided), 'point')} not decided"] if undecided else []
    lines.append(f"{'Attempts':<10} {', '.join([str(len(attempts)), *extra])}")
    given = sum(a.usage.input_tokens or 0 for a in attempts), sum(a.usage.output_tokens or 0 for a in attempts)
    if any(given):
        thought = sum(a.usage.reasoning_tokens or 0 for a in attempts)
        reasoning = f" ({compact(thought)} of them reasoning)" if thought else ""
        lines.append(f"{'Tokens':<10} {compact(given[0])} in, {compact(given[1])} out{reasoning}")
    spent, saved = (
        sum(a.cost_usd or 0 for a in attempts if a.replayed is replayed_too) for replayed_too in (False, True)
    )
    if any(a.cost_usd is not None for a in attempts):
        limit = _mapping(run.get("options")).get("max_cost")
        of = f" of at most {money(limit)}" if isinstance(limit, int | float) else ""
        without = f"; without the ledger it would have been {money(spent + saved)}" if saved else ""
        lines.append(f"{'Cost':<10} {money(spent)}{of}{without}")
    unpriced = dict.fromkeys(a.model for a in attempts if a.cost_usd is None and a.usage.input_tokens is not None)
    if unpriced:
        lines.append(f"{'':<10} not known for {', '.join(unpriced)}: give --price-input and --price-output")
    if further := _further(decided):
        lines.append(f"{'Beyond':<10} {further}")
    if isinstance(isolation := run.get("isolation"), str):
        lines.append(f"{'Isolation':<10} {isolation}")
    return lines


def _further(points: Sequence[Point]) -> str:
    """The selected programs at further lengths: their mean accuracy, 0 for one that fails there."""
    accuracies: dict[int, list[float | None]] = {}
    for g in (g for p in points for g in p.generalization):
        accuracies.setdefault(g["length"], []).append(g["accuracy"])
    each = (
        f"{percent(fmean(a or 0.0 for a in some))} at length {length} ({counted(len(some), 'point')}"
        + (f", {some.count(None)} failed)" if None in some else ")")
        for length, some in sorted(accuracies.items())
    )
    return f"mean accuracy {', '.join(each)}" if accuracies else ""


def _mapping(value: object) -> Mapping[str, Any]:
    return value if isinstance(value, Mapping) else {}
