"""A comparison as text for a terminal, as Markdown for a pull request, and as JSON."""

from collections import Counter
from collections.abc import Sequence
from typing import Any

from bench.options.resolve import flag_of
from bench.record.widths import wrapped
from bench.record.wording import (
    cost_with_unpriced,
    counted,
    mean_with_unscored,
    percent,
    percent_range,
)
from bench.run.masses import AtFirst
from bench.run.points import Point
from bench.run.totals import mean_accuracy, totals
from bench.score.stats import clopper_pearson
from bench.show.compare import Comparison, Group, Measure, Pair, Side
from bench.show.compare.plan import half_missed
from bench.show.compare.recovered import Recovered, recovered
from bench.show.recovery import mark
from bench.show.text_tables import WIDE, aligned, escape_markdown, markdown_table


def verdict_line(c: Comparison) -> str:
    """The result in one line: better, worse or no evidence, and what shows it."""
    ends = {"better": f"{c.b} is better than {c.a}", "worse": f"{c.b} is worse than {c.a}"}
    head = ends.get(c.verdict, f"no evidence that {c.b} and {c.a} differ")
    return f"{head}: {c.why}"


def measure_lines(c: Comparison) -> list[str]:
    """By how much the sides differ, with intervals and p values, and how these were computed."""
    lines = [_measure(m) for m in c.judged_by]
    by = f"by flipping whole targets ({c.matched.targets}), adjusted for all tests made"
    lines.append(f"{c.level:.0%} intervals and p values {by}")
    if c.matched.point_p is not None:
        solved, test = map(p_value, c.matched.point_p)
        of_solved = "" if c.matched.labels_alone else f"solved p {solved}, "
        lines.append(f"on these very targets, point by point: {of_solved}test accuracy p {test}")
    if not c.matched.labels_alone:
        lines += _program_lines(c)
    if c.matched.pairs:
        points = Counter(pair.target for pair in c.matched.pairs)
        lines.append(half_missed(tuple(points.values()), c.level, c.tests))
    return lines


def _program_lines(c: Comparison) -> list[str]:
    """What only points say that were asked for programs."""
    found = recovered(c.matched.pairs)
    lines = [] if found is None else [_recovered(found)]
    if c.matched.first_a or c.matched.first_b:
        a, b = _share_at_first(c.matched.first_a), _share_at_first(c.matched.first_b)
        lines.append(f"proposal mass, as the share solved at the first attempt: A {a}, B {b}")
    return lines


def _recovered(found: Recovered) -> str:
    alone = f"A alone {found.only_a}, B alone {found.only_b}, McNemar p {p_value(found.p)}"
    return f"recovered points: A {found.a}, B {found.b} of {found.points}; {alone}"


def _share_at_first(first: AtFirst | None) -> str:
    if first is None:
        return "-"
    about = f" ({percent_range(first.interval.low, first.interval.high)})" if first.interval else ""
    return percent(first.share) + about


def _measure(m: Measure) -> str:
    about = f" [{signed(m.interval.low)}, {signed(m.interval.high)}]" if m.interval else ""
    return f"{m.name} {signed(m.difference)}{about}, p {p_value(m.adjusted)}"


def as_text(sides: Sequence[Side], comparisons: Sequence[Comparison], width: int = WIDE) -> str:
    """Tables that fit the width: all sides, then each comparison."""
    first = aligned(overview(sides, comparisons), width, spare=_SPARE_OF_SIDES)
    blocks = [first, *(_text(c, width) for c in comparisons)]
    return "\n\n".join("\n".join(block) for block in blocks) + "\n"


def as_markdown(sides: Sequence[Side], comparisons: Sequence[Comparison]) -> str:
    """Tables of GitHub's Markdown; the points that differ are folded away below them."""
    lines = [*markdown_table(overview(sides, comparisons)), ""]
    for c in comparisons:
        lines += [*_markdown(c), ""]
    return "\n".join(lines)


OVERVIEW = (
    "",
    "solved",
    "95 % interval",
    "recovered",
    "mean test",
    "95 % interval",
    "attempts",
    "cost",
    "verdict",
)
"""The columns of the table of sides."""
_SPARE_OF_SIDES = (6, 2, 5, 7, 3)
"""Columns that a narrow terminal leaves out: attempts, the intervals, the cost, recovered."""


def overview(
    sides: Sequence[Side], comparisons: Sequence[Comparison] = ()
) -> list[tuple[str, ...]]:
    """The table of sides, its head first: for each what it solved, its mean test accuracy and more.

    The intervals are exact for solved points, clustered by target for the mean. With comparisons,
    the last column is the verdict against the first side.
    """
    rows = [_side_row(side) for side in sides]
    if not comparisons:
        return [OVERVIEW[:-1], *rows]
    verdicts = ["reference", *(c.verdict for c in comparisons)]
    with_verdicts = [(*row, verdict) for row, verdict in zip(rows, verdicts, strict=True)]
    return [OVERVIEW, *with_verdicts]


def _side_row(side: Side) -> tuple[str, ...]:
    points = side.points.values()
    of_all, mean = totals(points), mean_accuracy(points)
    rate = clopper_pearson(of_all.solved, of_all.solvable) if of_all.solvable else None
    interval = mean.share_interval if mean else None
    return (
        side.name,
        f"{of_all.solved}/{of_all.solvable}" if of_all.solvable else "-",
        percent_range(rate.low, rate.high) if rate else "-",
        str(of_all.recovered) if of_all.recovered + of_all.refuted else "-",
        mean_with_unscored(mean.mean if mean else None, of_all.unscored),
        percent_range(interval.low, interval.high) if interval else "-",
        str(of_all.attempts),
        cost_with_unpriced(of_all.cost_usd, of_all.unpriced),
    )


def p_value(p: float) -> str:
    """A p value as papers print it."""
    return "< 0.001" if p < 0.001 else f"{p:.3f}"


def signed(difference: float) -> str:
    """A difference of shares in percentage points."""
    return f"{100 * difference:+.1f}"


def family_table(c: Comparison) -> list[tuple[str, ...]]:
    """The families and all points side by side, the head `HEAD` first."""
    return [HEAD, *map(_group_row, (*c.matched.families, c.total))]


def _group_row(group: Group) -> tuple[str, ...]:
    return (
        group.name,
        f"{group.solved_a}/{group.solvable_a}" if group.solvable_a else "-",
        f"{group.solved_b}/{group.solvable_b}" if group.solvable_b else "-",
        "-" if group.only_a is None else str(group.only_a),
        "-" if group.only_b is None else str(group.only_b),
        percent(group.test_a),
        percent(group.test_b),
        signed(group.difference),
        "-" if group.se is None else f"{100 * group.se:.1f}",
    )


HEAD = ("family", "A solved", "B solved", "only A", "only B", "A test", "B test", "B-A", "SE")
"""The columns of the table of families. SE is the difference's, clustered by target."""
_SPARE_OF_FAMILIES = tuple(map(HEAD.index, ("SE", "only A", "only B", "A test", "B test")))


def differing(c: Comparison) -> list[Pair]:
    """The points on which the two sides differ, the largest differences first."""
    unlike = [p for p in c.matched.pairs if p.test_difference or _differs_in_mark(p)]
    return sorted(unlike, key=lambda p: (p.a.solved == p.b.solved, -abs(p.test_difference), p.id))


def _differs_in_mark(p: Pair) -> bool:
    """Whether one is solved or recovered and the other is not, though both could be."""
    return mark(p.a) != mark(p.b) and not (p.a.labels_alone or p.b.labels_alone)


def _text(c: Comparison, width: int) -> list[str]:
    lines = [f"A  {c.a}", f"B  {c.b}"]
    for line in scope(c):
        lines += wrapped(line, width)
    lines += ["", *aligned(family_table(c), width, spare=_SPARE_OF_FAMILIES), ""]
    if unlike := differing(c):
        rows = [("points that differ", "A", "B", "B-A"), *map(pair_row, unlike)]
        lines += [*aligned(rows, width), ""]
    for line in [*measure_lines(c), verdict_line(c)]:
        lines += wrapped(line, width, hyphens=False)
    return lines


def pair_row(p: Pair) -> tuple[str, ...]:
    """One pair: its point's id, what became of it on both sides, and the difference."""
    return (p.id, cell(p.a), cell(p.b), signed(p.test_difference))


def _markdown(c: Comparison) -> list[str]:
    lines = [
        f"### {escape_markdown(c.b)} against {escape_markdown(c.a)}",
        "",
        f"**{escape_markdown(verdict_line(c))}**",
        "",
    ]
    lines += [f"{escape_markdown(line)}  " for line in [*scope(c), *measure_lines(c)]]
    lines += ["", *markdown_table(family_table(c))]
    if unlike := differing(c):
        count = counted(len(unlike), "point")
        table = markdown_table([("point", "A", "B", "B-A"), *map(pair_row, unlike)])
        lines += ["", f"<details><summary>{count} with a difference</summary>", ""]
        lines += [*table, "", "</details>"]
    return lines


def scope(c: Comparison) -> list[str]:
    """Which points are compared, and which options the runs differ in."""
    said = [
        f"{flag_of(name)} {_option_value(a)} → {_option_value(b)}"
        for name, (a, b) in c.options.items()
    ]
    options = [f"A → B: {', '.join(said)}"] if said else []
    left_out = (
        f"; {counted(c.matched.left_out, 'point')} on one side alone left out"
        if c.matched.left_out
        else ""
    )
    points = f"{counted(c.total.n_a, 'point')} on {c.met}"
    if not c.paired:
        counts = f"{counted(c.total.n_a, 'point')} against {c.total.n_b}"
        points = f"unpaired: {counts}, by the means of each target"
    labels = "some were asked for labels alone: judged by test accuracy"
    return [f"{points}{left_out}{_unscored(c)}", *options, *[labels] * c.matched.labels_alone]


def _unscored(c: Comparison) -> str:
    a, b = c.total.unscored_a, c.total.unscored_b
    return f"; without a scored program, and 0 in the means: {a} of A, {b} of B" if a or b else ""


def _option_value(value: Any) -> str:
    """An option's value as it is given."""
    return ",".join(map(str, value)) or "(default)" if isinstance(value, list) else str(value)


def cell(point: Point) -> str:
    """A point's mark and test accuracy."""
    test = "-" if point.test_acc is None else percent(point.test_acc)
    return f"{mark(point)} {test}"
