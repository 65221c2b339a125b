"""The unsolved points below a matrix: a line for each target that has any."""

from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import islice

from bench.record.grouping import grouped
from bench.record.key import stem
from bench.record.wording import counted
from bench.run.points import Point

_MOST = 60
"""Targets that have their line. The page has them all."""
_ERRORS = 3
"""Kinds of error that a line names, the frequent ones first."""


def unsolved(points: Sequence[Point]) -> Iterator[str]:
    """How many points of a target are unsolved, how near they came, and what went wrong."""
    targets = grouped(points, lambda p: stem(p.key.fn, p.key.target))
    lines = (line for name, some in targets.items() if (line := _line(name, some)))
    yield from islice(lines, _MOST)
    if hidden := sum(1 for _ in lines):
        yield f"{counted(hidden, 'target')} more with unsolved points: see the page"


def _line(name: str, points: Sequence[Point]) -> str:
    decided = [p for p in points if p.decided and not p.labels_alone]
    lost = [p for p in decided if not p.solved]
    if not lost:
        return ""
    said = [f"{name}: {len(lost)} of {counted(len(decided), 'point')} unsolved"]
    judged = [p.val_acc for p in lost if p.val_acc is not None]
    if judged:
        said.append(f"best validation {nearly(max(judged))}")
    if kinds := Counter(a.error for p in lost for a in p.attempts if a.error):
        more = f" and {counted(len(kinds) - _ERRORS, 'more kind')}" if len(kinds) > _ERRORS else ""
        errors = ", ".join(f"{n} {kind}" for kind, n in kinds.most_common(_ERRORS))
        said.append(f"errors: {errors}{more}")
    return "; ".join(said)


def nearly(val_acc: float) -> str:
    """The validation accuracy of an unsolved point. No rounding shows 1.00, which is for others."""
    return f"{min(val_acc, 0.99):.2f}"
