"""Unlabelled inputs made from the examples. Programs that agree on all of them count as one."""

import random
from typing import Any

from bench.proposers.enumerator.examples import Examples
from bench.proposers.enumerator.language import Expr
from targets.forms.edge_lists import EDGE
from targets.kinds import GRAPH

PROBES = 96
_RAISED = 2


def probes(examples: Examples) -> tuple[Any, ...]:
    """The examples, and PROBES inputs made from them: one changed in a place, or two spliced.

    The seed is fixed, so that the same examples give the same probes.
    """
    draw = random.Random(0)  # noqa: S311 - not for secrets
    values = list(examples.values)
    for _ in range(PROBES if values else 0):
        one, other = draw.choice(examples.values), draw.choice(examples.values)
        is_table = examples.kind.argument == "features"
        made = _row(one, other, draw) if is_table else _text(one, other, examples, draw)
        values.append(made)
    return tuple(values)


def behaviour(expr: Expr, inputs: tuple[Any, ...]) -> bytes:
    """What the expression gives on each input: 0, 1, or 2 where it raises."""
    return bytes(_outcome(expr, x) for x in inputs)


def _outcome(expr: Expr, x: Any) -> int:
    try:
        return int(expr(x))
    except (ValueError, ArithmeticError, LookupError, TypeError):
        return _RAISED


def _text(one: str, other: str, examples: Examples, draw: random.Random) -> str:
    width = EDGE if examples.kind is GRAPH else 1
    at = draw.randrange(0, max(1, len(one) // width)) * width
    if examples.kind is GRAPH or draw.random() < 0.5:
        return one[:at] + other[at:]
    return one[:at] + draw.choice(examples.symbols) + one[at + 1 :]


def _row(one: dict[str, Any], other: dict[str, Any], draw: random.Random) -> dict[str, Any]:
    return {name: draw.choice((value, other.get(name, value))) for name, value in one.items()}
