"""What the terminal says at the end of a run: a table, the totals, and where the artifacts are."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from itertools import islice

from bench.record.attempt import Attempt
from bench.record.grouping import grouped
from bench.record.key import varying
from bench.record.undecided import Undecided
from bench.record.widths import beginning, fit, width_of, wrapped
from bench.record.wording import compact, counted, duration, money, percent, printable
from bench.run.manifest import Manifest
from bench.run.points import Point, group, in_grid_order
from bench.show.recovery import UNSOLVED, counterexample_line, mark
from bench.show.terminal.matrix import LARGE, matrix
from bench.show.terminal.total_lines import total_lines
from bench.show.terminal.unsolved import nearly, unsolved
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
_LONGEST_INPUT = 50
"""Characters of a counterexample. The page and the results have it whole."""
_MOST_NOTES = 100
"""Notes on the points of a table, and reasons for undecided points, that are told."""
_MANY = 12
"""With more points than this, a blank line parts the targets."""


def summarise(
    attempts: Iterable[Attempt],
    manifest: Manifest,
    undecided: Mapping[str, Undecided] | None = None,
    *,
    artifacts: Sequence[str] = (),
    retries: int | None = None,
    width: int = WIDE,
    spent_usd: float | None = None,
    each_point: bool = False,
) -> list[str]:
    """The lines of the summary, none wider than `width` but for long paths at the end.

    `undecided` holds, for each point that was not asked to the end, what became of it and the
    reason. `artifacts` are the places to name at the end. `spent_usd` is what the run has paid,
    also for what is in the cost of no attempt. With `each_point` each has its line, however many
    there are.
    """
    points = in_grid_order(group(attempts))
    undecided = undecided or {}
    block = _block if each_point or len(points) <= LARGE else _matrix_block
    blocks = [block(series, some, width) for series, some in _by_series(points).items()]
    if undecided:
        blocks.append(["Not decided", *_undecided(undecided, width)])
    sums = total_lines(points, manifest, len(undecided), retries, spent_usd)
    blocks.append(_wrapped(sums, width))
    lines = [_cut(printable(line), width) for line in _joined(blocks)]
    # Paths stay whole: one that is cut off leads nowhere.
    names = ["Artifacts", *[""] * (len(artifacts) - 1)]
    return lines + [f"{name:<10} {place}" for name, place in zip(names, artifacts, strict=False)]


def _by_series(points: Iterable[Point]) -> dict[str, list[Point]]:
    """The points by the values of the axes that vary."""
    points = tuple(points)
    axes = varying(p.key for p in points)
    return grouped(points, lambda p: p.key.said(axes))


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
        lines += wrapped(line, width, then=" " * 11)
    return lines


def _cut(line: str, width: int) -> str:
    return line if width_of(line) <= width else beginning(line, width - 1) + "…"


def _block(series: str, points: Sequence[Point], width: int) -> list[str]:
    """The table of one series, and the notes on its points."""
    title = [series] if series else []
    return [*title, *_table(points, width), *_indented(_first_notes(points), width)]


def _matrix_block(series: str, points: Sequence[Point], width: int) -> list[str]:
    """The matrix of one series, and a line for each problem."""
    title = [series] if series else []
    problems = [*unsolved(points), *_first_notes(points)]
    return [*title, *matrix(points, width), *_indented(problems, width)]


def _indented(notes: Iterable[str], width: int) -> list[str]:
    lines: list[str] = []
    for note in notes:
        lines += wrapped(note, width, first="  ", then="    ")
    return lines


def _table(points: Sequence[Point], width: int) -> list[str]:
    """A row for each function and length."""
    rows = [(p.key.id(), *_cells(p)) for p in points]
    head, rule, *lines = aligned([_HEAD, *rows], width, spare=_SPARE, left=(_HEAD.index("val"),))
    body: list[str] = []
    for before, point, line in zip([None, *points], points, lines, strict=False):
        if before is not None and before.key.target != point.key.target and len(points) > _MANY:
            body.append("")
        body.append(line)
    return [head, rule, *body, rule]


def _cells(point: Point) -> tuple[str, ...]:
    if point.dry:
        return ("dry run", *[""] * 6)
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
    if point.solved or point.val_acc is None:
        return mark(point)
    return f"{UNSOLVED} {nearly(point.val_acc)}"


def _error_kinds(point: Point) -> str:
    """The kinds of error; where they are long, the first one and how many more there are."""
    failed = point.outcome.error if point.outcome else None
    of_attempts = list(dict.fromkeys(a.error for a in point.attempts if a.error))
    kinds = of_attempts or [failed or "-"]
    said = ", ".join(kinds)
    if len(said) > _LONGEST_KINDS and len(kinds) > 1:
        said = f"{kinds[0]} +{len(kinds) - 1}"
    return fit(said, _LONGEST_KINDS).rstrip()


def _first_notes(points: Sequence[Point]) -> list[str]:
    """A line for each note, however many points share it; how many more there are, if many."""
    by_note: dict[str, list[str]] = {}
    for p in points:
        for note in _notes(p):
            by_note.setdefault(note, []).append(p.key.id())
    lines = [f"{_first_of(ids)}: {note}" for note, ids in islice(by_note.items(), _MOST_NOTES)]
    hidden = len(by_note) - len(lines)
    return lines + ([f"{counted(hidden, 'more note')}: see the page"] if hidden else [])


def _first_of(ids: Sequence[str]) -> str:
    return ids[0] if len(ids) == 1 else f"{ids[0]} and {len(ids) - 1} more"


def _notes(point: Point) -> Iterable[str]:
    yield from point.notes
    if point.solved and point.test_acc is None and point.selected is not None:
        why = point.selected.error or (point.outcome.error if point.outcome else None)
        yield f"solved, and without a test accuracy: {why or 'unknown'}"
    if point.counterexample is not None:
        yield counterexample_line(point.counterexample, _LONGEST_INPUT)
    elif point.outcome is not None and point.outcome.falsify_error is not None:
        yield f"not known whether it is the rule: {point.outcome.falsify_error}"


def _undecided(undecided: Mapping[str, Undecided], width: int) -> list[str]:
    """The points without an outcome: a line for each reason, however many points share it."""
    by_reason: dict[Undecided, list[str]] = {}
    for test, one in undecided.items():
        on_one_line = " ".join(one.reason.split())
        by_reason.setdefault(replace(one, reason=on_one_line), []).append(test)
    lines = []
    for one, tests in islice(by_reason.items(), _MOST_NOTES):
        lines.append(f"  {one.outcome:<8} {_first_of(tests)}")
        lines += wrapped(one.reason, width, first=" " * 11, then=" " * 11)
    hidden = len(by_reason) - _MOST_NOTES
    return lines + ([f"  {counted(hidden, 'more reason')}: see runner.log"] if hidden > 0 else [])
