"""A comparison as JSON."""

import json
from collections.abc import Callable, Sequence
from dataclasses import asdict
from typing import Any

from bench.run.masses import AtFirst
from bench.show.compare import Comparison, Group, Measure, Side
from bench.show.compare.recovered import recovered


def as_json(_sides: Sequence[Side], comparisons: Sequence[Comparison]) -> str:
    """Everything, as one JSON array."""
    return json.dumps([_comparison(c) for c in comparisons], indent=1) + "\n"


def _comparison(c: Comparison) -> dict[str, Any]:
    return {
        "a": c.a,
        "b": c.b,
        "level": c.level,
        "paired": c.paired,
        "left_out": c.matched.left_out,
        "options": {name: list(values) for name, values in c.options.items()},
        "verdict": c.verdict,
        "why": c.why,
        "targets": c.matched.targets,
        "difference": _by_measure(c, lambda m: m.difference),
        "interval": _by_measure(
            c, lambda m: [m.interval.low, m.interval.high] if m.interval else None
        ),
        "p": _by_measure(c, lambda m: m.p),
        "adjusted_p": _by_measure(c, lambda m: m.adjusted),
        "pointwise_p": c.matched.point_p and dict(zip(_MEASURES, c.matched.point_p, strict=True)),
        "recovered": _recovered(c),
        "first_attempt": {
            "a": _first(c.matched.first_a),
            "b": _first(c.matched.first_b),
        },
        "total": _group(c.total),
        "families": [_group(g) for g in c.matched.families],
        "points": [
            {
                "id": p.id,
                "family": p.family,
                "solved": [p.a.solved, p.b.solved],
                "val_acc": [p.a.val_acc, p.b.val_acc],
                "test_acc": [p.a.test_acc, p.b.test_acc],
                "recovered": [p.a.recovered, p.b.recovered],
            }
            for p in c.matched.pairs
        ],
    }


_MEASURES = ("solved", "test_acc")


def _by_measure(c: Comparison, what: Callable[[Measure], object]) -> dict[str, object]:
    return dict(zip(_MEASURES, map(what, (c.solved, c.test)), strict=True))


def _recovered(c: Comparison) -> dict[str, Any] | None:
    found = recovered(c.matched.pairs)
    return asdict(found) if found else None


def _first(first: AtFirst | None) -> dict[str, Any] | None:
    if first is None:
        return None
    interval = [first.interval.low, first.interval.high] if first.interval else None
    return {"solved": first.solved, "points": first.points, "interval": interval}


def _group(group: Group) -> dict[str, Any]:
    return {name: getattr(group, name) for name in group.__slots__}
