"""What the terminal says of a run: the table at its end, and the one live line while it goes on."""

import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from time import monotonic
from typing import Any

from bench.points import Point, group, in_grid_order, varying
from bench.record import Attempt
from bench.stats import clopper_pearson

_COLUMNS = ("validation", "test accuracy, 95 %", "attempts", "tokens", "cost", "time")
_NAMES_AT_LEAST = 20


def summarise(
    attempts: Iterable[Attempt],
    run: Mapping[str, Any],
    unasked: Mapping[str, tuple[str, str]] | None = None,
    *,
    artifacts: Sequence[str] = (),
    retries: int | None = None,
    width: int = 100,
) -> list[str]:
    """The lines of the summary, none wider than `width`.

    `run` is the manifest; `unasked` holds, for the test ids without an attempt, their outcome (`error`, `skipped`,
    ...) and its reason; `artifacts` are the places to name at the end.
    """
    points = in_grid_order(group(attempts))
    unasked = unasked or {}
    axes = varying(p.key for p in points)
    lines: list[str] = []
    for series in dict.fromkeys(tuple(getattr(p.key, axis) for axis in axes) for p in points):
        some = [p for p in points if tuple(getattr(p.key, axis) for axis in axes) == series]
        lines += [*([""] if lines else []), *_block(series, some, width)]
    if unasked:
        lines += ["", "Not asked", *_unasked(unasked, width)]
    lines += ["", *_totals(points, run, unasked, retries)]
    lines += [f"{'Artifacts' if i == 0 else '':<10} {place}" for i, place in enumerate(artifacts)]
    return [line if len(line) <= width else line[: width - 1] + "…" for line in lines]


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
    notes = [f"  {p.key.id()}: {note}" for p in points for note in _notes(p)]
    return [*head, *body, rule, *notes]


def _cells(point: Point) -> list[str]:
    if point.dry:
        return ["dry run", "", str(len(point.attempts)), "", "", ""]
    interval, test = point.test_interval, point.test_acc
    if test is None:
        accuracy = _error_kinds(point)
    elif interval is None:
        accuracy = percent(test)
    else:
        accuracy = f"{percent(test)} [{percent(interval.low)}, {percent(interval.high)}]"
    tokens = compact(point.tokens) if point.tokens else "-"
    return [_mark(point), accuracy, str(len(point.attempts)), tokens, money(point.cost_usd), duration(point.seconds)]


def _mark(point: Point) -> str:
    if not point.outcome:
        return "cut short"
    if point.solved:
        return "✓"
    return "✗" if point.val_acc is None else f"✗ {point.val_acc:.2f}"


def _error_kinds(point: Point) -> str:
    kinds = dict.fromkeys(a.error for a in point.attempts if a.error)
    failed = point.outcome.get("error")
    return ", ".join(filter(None, kinds)) or (str(failed) if failed else "-")


def _notes(point: Point) -> Iterable[str]:
    yield from point.notes
    if point.solved and point.test_acc is None and point.selected is not None:
        yield f"solved, and without a test accuracy: {point.selected.error or point.outcome.get('error') or 'unknown'}"


def _unasked(unasked: Mapping[str, tuple[str, str]], width: int) -> list[str]:
    """The points without an attempt, by outcome and reason: one line each reason, however many points share it."""
    by_reason: dict[tuple[str, str], list[str]] = {}
    for test, (outcome, reason) in unasked.items():
        by_reason.setdefault((outcome, " ".join(reason.split())), []).append(test)
    lines = []
    for (outcome, reason), tests in by_reason.items():
        first = tests[0] if len(tests) == 1 else f"{tests[0]} and {len(tests) - 1} more"
        lines += [f"  {outcome:<8} {first}", f"           {fit(reason, width - 11).rstrip()}"]
    return lines


def _totals(
    points: Sequence[Point], run: Mapping[str, Any], unasked: Mapping[str, tuple[str, str]], retries: int | None
) -> list[str]:
    asked = [p for p in points if not p.dry]
    attempts = [a for p in asked for a in p.attempts]
    decided = [p for p in asked if p.outcome]  # an outage or a spent budget is not counted against a model
    lines = []
    if decided:
        solved = sum(p.solved for p in decided)
        rate = clopper_pearson(solved, len(decided))
        lines.append(
            f"{'Solved':<10} {solved} of {counted(len(decided), 'point')} ({percent(solved / len(decided))}, "
            f"95 % interval {percent(rate.low)} to {percent(rate.high)})"
        )
    else:
        lines.append(f"{'Solved':<10} nothing was {'decided' if asked else 'asked'}")
    replayed = sum(a.replayed for a in attempts)
    extra = [f"{replayed} of them replayed"] if replayed else []
    extra += [f"{counted(retries, 'request')} retried"] if retries else []
    extra += [f"{counted(len(asked) - len(decided), 'point')} cut short"] if len(decided) < len(asked) else []
    extra += [f"{counted(len(unasked), 'point')} not asked"] if unasked else []
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
    if isinstance(isolation := run.get("isolation"), str):
        lines.append(f"{'Isolation':<10} {isolation}")
    return lines


def _mapping(value: object) -> Mapping[str, Any]:
    return value if isinstance(value, Mapping) else {}


@dataclass
class LiveLine:
    """The one line that tells how a run goes on. Pure: whoever has the terminal prints it."""

    total: int
    workers: int = 1
    width: int = 100
    clock: Callable[[], float] = monotonic
    done: int = 0
    running: int = 0
    attempts: int = 0
    spent_usd: float = 0.0
    _started: float = field(init=False)

    def __post_init__(self) -> None:
        self._started = self.clock()

    def update(
        self,
        *,
        done: int | None = None,
        running: int | None = None,
        attempts: int | None = None,
        spent_usd: float | None = None,
    ) -> None:
        """Take over what is known now; what is not given stays."""
        self.done = self.done if done is None else done
        self.running = self.running if running is None else running
        self.attempts = self.attempts if attempts is None else attempts
        self.spent_usd = self.spent_usd if spent_usd is None else spent_usd

    @property
    def seconds_left(self) -> float | None:
        """The points left at the pace so far; None until one is done."""
        if not self.done:
            return None
        return (self.clock() - self._started) / self.done * (self.total - self.done)

    def render(self) -> str:
        """The line, at most `width` wide."""
        running = max(0, min(self.running, self.total - self.done))
        waiting = max(0, self.total - self.done - running)
        parts = [f"{self.done}/{self.total} points", f"{running} running", f"{waiting} waiting"]
        parts.append(f"{self.attempts} attempts")
        if self.spent_usd:
            parts.append(f"{money(self.spent_usd)} spent")
        left = self.seconds_left
        if left is not None and self.done < self.total:
            parts.append(f"about {duration(left)} left")
        return " · ".join(parts)[: self.width]


def percent(share: float) -> str:
    """A share as per cent: 1 and 0 are said of exactly 1 and 0 alone."""
    if share in (0, 1):
        return f"{share:.0%}"
    return f"{share:.1%}" if 0.001 <= share <= 0.999 else f"{min(max(share, 0.0001), 0.9999):.2%}"


def money(usd: float | None) -> str:
    """US dollars, to the cent, or to two digits below one; - where there is no price."""
    if usd is None:
        return "-"
    if usd == 0:
        return "$0"
    return f"${usd:,.2f}" if usd >= 0.1 else f"${usd:.{min(6, 1 - math.floor(math.log10(usd)))}f}"


def counted(count: int, noun: str) -> str:
    """A count and its noun: 1 point, 2 points."""
    return f"{count:,} {noun}" if count == 1 else f"{count:,} {noun}s"


def compact(count: int) -> str:
    """A count in at most five characters: 950, 12.3k, 4.56M."""
    for size, unit in ((1_000_000_000, "G"), (1_000_000, "M"), (1_000, "k")):
        if count >= size:
            value = count / size
            return f"{value:.0f}{unit}" if value >= 100 else f"{value:.1f}{unit}"
    return str(count)


def duration(seconds: float) -> str:
    """Seconds as people say them: 0.3 s, 42 s, 3 min 20 s, 2 h 5 min."""
    if seconds < 10:
        return f"{seconds:.1f} s"
    whole = round(seconds)
    if whole < 60:
        return f"{whole} s"
    if whole < 3600:
        return f"{whole // 60} min {whole % 60} s"
    return f"{whole // 3600} h {whole % 3600 // 60} min"


def fit(text: str, width: int) -> str:
    """The text, filled up or cut in its middle to the width."""
    if len(text) <= width:
        return text.ljust(width)
    keep = width - 1
    return text[: math.ceil(keep / 2)] + "…" + text[len(text) - keep // 2 :]
