"""A comparison as text for a terminal, as Markdown for a pull request, and as JSON."""

import json
from collections.abc import Sequence
from textwrap import wrap
from typing import Any

from bench.compare import Comparison, Group, Pair, Side
from bench.points import Point
from bench.stats import clopper_pearson, clustered_mean
from bench.wording import counted, fit, money, partial_mean, percent


def verdict_line(c: Comparison) -> str:
    """The result in one line: better, worse or no evidence, and what shows it."""
    ends = {"better": f"{c.b} is better than {c.a}", "worse": f"{c.b} is worse than {c.a}"}
    head = ends.get(c.verdict, f"no evidence that {c.b} and {c.a} differ")
    return f"{head}: {c.why}"


def p_line(c: Comparison) -> str:
    """The p values behind the verdict."""
    solved, test = map(p_value, c.adjusted)
    return f"p, adjusted for all tests made: solved {solved}, test accuracy {test}"


def as_text(sides: Sequence[Side], comparisons: Sequence[Comparison], width: int = 100) -> str:
    """Tables that fit the width: all sides, then each comparison."""
    blocks = [aligned(overview(sides, comparisons), width), *(_text(c, width) for c in comparisons)]
    return "\n\n".join("\n".join(block) for block in blocks) + "\n"


def as_markdown(sides: Sequence[Side], comparisons: Sequence[Comparison]) -> str:
    """Tables of GitHub's Markdown; the points that differ are folded away below them."""
    lines = [*markdown_table(overview(sides, comparisons)), ""]
    return "\n".join([*lines, *(line for c in comparisons for line in [*_markdown(c), ""])])


def as_json(_sides: Sequence[Side], comparisons: Sequence[Comparison]) -> str:
    """Everything, as one JSON array."""
    return json.dumps([_plain(c) for c in comparisons], indent=1) + "\n"


def overview(sides: Sequence[Side], comparisons: Sequence[Comparison] = ()) -> list[tuple[str, ...]]:
    """A head, and a row a side: what it solved (exact interval), its mean test accuracy (clustered by target).

    With comparisons, the last column is the verdict against the first side.
    """
    rows: list[tuple[str, ...]] = [
        ("", "solved", "95 % interval", "mean test", "95 % interval", "attempts", "cost", "verdict")
    ]
    verdicts = ["reference", *(c.verdict for c in comparisons)] if comparisons else ["" for _ in sides]
    for side, verdict in zip(sides, verdicts, strict=True):
        points = list(side.points.values())
        solved = sum(p.solved for p in points)
        rate = clopper_pearson(solved, len(points))
        known = [(p.test_acc, p.key.target) for p in points if p.test_acc is not None]
        mean = clustered_mean([acc for acc, _ in known], [target for _, target in known]) if known else None
        costs = [p.cost_usd for p in points if p.cost_usd is not None]
        rows.append((
            side.name,
            f"{solved}/{len(points)}",
            f"{percent(rate.low)} to {percent(rate.high)}",
            partial_mean(mean.mean if mean else None, len(known), len(points)),
            # A mean of shares cannot leave [0, 1], a symmetric interval can.
            f"{percent(max(0.0, i.low))} to {percent(min(1.0, i.high))}" if mean and (i := mean.interval) else "-",
            str(sum(len(p.attempts) for p in points)),
            money(sum(costs)) if costs else "-",
            verdict,
        ))  # fmt: skip
    return rows if comparisons else [row[:-1] for row in rows]


def aligned(rows: Sequence[Sequence[str]], width: int) -> list[str]:
    """A head, a rule and rows, the first column to the left and cut where the line would not fit."""
    widths = [max(len(row[i]) for row in rows) for i in range(len(rows[0]))]
    widths[0] = max(8, min(widths[0], width - sum(widths[1:]) - 2 * (len(widths) - 1)))
    lines = [
        "  ".join([fit(row[0], widths[0]), *(cell.rjust(w) for cell, w in zip(row[1:], widths[1:], strict=True))])
        for row in rows
    ]
    lines.insert(1, "─" * min(width, len(lines[0])))
    return [line[:width] for line in lines]


def p_value(p: float) -> str:
    """A p value as papers print it."""
    return "< 0.001" if p < 0.001 else f"{p:.3f}"


def signed(difference: float | None) -> str:
    """A difference of accuracies in percentage points."""
    return "-" if difference is None else f"{100 * difference:+.1f}"


def group_row(group: Group) -> tuple[str, ...]:
    """One group as the cells of a table whose head is `HEAD`."""
    interval = group.interval
    return (
        group.name,
        f"{group.solved_a}/{group.n_a}",
        f"{group.solved_b}/{group.n_b}",
        "-" if group.only_a is None else str(group.only_a),
        "-" if group.only_b is None else str(group.only_b),
        "-" if group.test_a is None else percent(group.test_a),
        "-" if group.test_b is None else percent(group.test_b),
        signed(group.difference),
        "-" if interval is None else f"[{signed(interval.low)}, {signed(interval.high)}]",
        "-" if group.se is None else f"{100 * group.se:.1f}",
    )


HEAD = ("family", "A solved", "B solved", "only A", "only B", "A test", "B test", "B-A", "interval", "SE")
"""The columns of the table of families. SE: the difference's standard error, clustered by target."""


def differing(c: Comparison) -> list[Pair]:
    """The points on which the two sides are not alike, the largest differences first."""
    unlike = [p for p in c.pairs if p.a.solved != p.b.solved or p.test_difference]
    return sorted(unlike, key=lambda p: (p.a.solved == p.b.solved, -abs(p.test_difference or 0.0), p.id))


def _text(c: Comparison, width: int) -> list[str]:
    said = (part for line in scope(c) for part in wrap(line, width))
    lines = [f"A  {c.a}", f"B  {c.b}", *said, "", *aligned([HEAD, *map(group_row, (*c.families, c.total))], width)]
    unlike = differing(c)
    if unlike:
        lines += ["", "Points that differ"]
        lines += [f"  {p.id:<48} {cell(p.a):>10} → {cell(p.b):<10} {signed(p.test_difference):>6}" for p in unlike]
    return [line[:width] for line in [*lines, "", p_line(c)]] + [verdict_line(c)]


def _markdown(c: Comparison) -> list[str]:
    lines = [f"### {_escape(c.b)} against {_escape(c.a)}", "", f"**{_escape(verdict_line(c))}**", ""]
    lines += [f"{_escape(line)}  " for line in [*scope(c), p_line(c)]]
    lines += ["", *markdown_table([HEAD, *map(group_row, (*c.families, c.total))])]
    unlike = differing(c)
    if unlike:
        rows = [(p.id, cell(p.a), cell(p.b), signed(p.test_difference)) for p in unlike]
        count = counted(len(unlike), "point")
        lines += ["", f"<details><summary>{count} with a difference</summary>", ""]
        lines += [*markdown_table([("point", "A", "B", "B-A"), *rows]), "", "</details>"]
    return lines


def markdown_table(rows: Sequence[Sequence[str]]) -> list[str]:
    """The lines of a head and its rows, as GitHub's Markdown; the cells' own marks are escaped."""
    head, *body = ["| " + " | ".join(map(_escape, row)) + " |" for row in rows]
    return [head, "| --- |" + " ---: |" * (len(rows[0]) - 1), *body]


def scope(c: Comparison) -> list[str]:
    """Which points are compared, and which options the runs differ in."""
    said = [f"--{name.replace('_', '-')} {_given(a)} → {_given(b)}" for name, (a, b) in c.options.items()]
    options = [f"A → B: {', '.join(said)}"] if said else []
    if not c.paired:
        lines = [f"Unpaired: {counted(c.total.n_a, 'point')} against {c.total.n_b}; Fisher's and a permutation test"]
        return lines + options
    left_out = f"; {counted(c.left_out, 'point')} on one side alone left out" if c.left_out else ""
    same = f"{counted(c.total.n_a, 'point')} on the same datasets{left_out}"
    return [f"{same}; test accuracy over {c.total.test_n} of them", *options]


def _given(value: Any) -> str:
    """An option's value as it is given."""
    return ",".join(map(str, value)) or "(default)" if isinstance(value, list) else str(value)


def cell(point: Point) -> str:
    """A point's mark and test accuracy."""
    test = "-" if point.test_acc is None else percent(point.test_acc)
    return f"{'✓' if point.solved else '✗'} {test}"


def _escape(text: str) -> str:
    """The text without a meaning in Markdown or HTML."""
    return "".join(_MARKDOWN.get(c, c) for c in text)


_MARKDOWN = {c: "\\" + c for c in "\\|*`[]#"} | {"<": "&lt;", ">": "&gt;", "&": "&amp;", "\n": " ", "\r": " "}


def _plain(c: Comparison) -> dict[str, Any]:
    return {
        "a": c.a,
        "b": c.b,
        "level": c.level,
        "paired": c.paired,
        "left_out": c.left_out,
        "options": {name: list(values) for name, values in c.options.items()},
        "verdict": c.verdict,
        "why": c.why,
        "p": {"solved": c.p_solved, "test_acc": c.p_test},
        "adjusted_p": {"solved": c.adjusted[0], "test_acc": c.adjusted[1]},
        "total": _plain_group(c.total),
        "families": [_plain_group(g) for g in c.families],
        "points": [
            {
                "id": p.id,
                "family": p.family,
                "solved": [p.a.solved, p.b.solved],
                "val_acc": [p.a.val_acc, p.b.val_acc],
                "test_acc": [p.a.test_acc, p.b.test_acc],
            }
            for p in c.pairs
        ],
    }


def _plain_group(group: Group) -> dict[str, Any]:
    plain = {name: getattr(group, name) for name in group.__slots__}
    return plain | {"interval": [group.interval.low, group.interval.high] if group.interval else None}
