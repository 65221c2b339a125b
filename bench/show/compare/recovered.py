"""The recovered points of two sides, pair by pair: only where it is known of both."""

from collections.abc import Sequence
from dataclasses import dataclass

from bench.run.points import Point
from bench.score.paired import mcnemar_exact
from bench.show.compare.groups import Pair


@dataclass(frozen=True, slots=True)
class Recovered:
    """How many points each side recovered, and the test of those that one alone did."""

    points: int
    """Those of which both sides know whether they recovered them."""
    a: int
    b: int
    only_a: int
    only_b: int
    p: float
    """McNemar's exact p value, if each point were a target of its own."""


def recovered(pairs: Sequence[Pair]) -> Recovered | None:
    """The recovered points of pairs; None where no program of theirs was tried as the rule.

    A point that is not solved is not recovered. A solved one whose program was not tried, or could
    not be, is left out, with its counterpart.
    """
    both = [(_is_recovered(pair.a), _is_recovered(pair.b)) for pair in pairs]
    known = [(a, b) for a, b in both if a is not None and b is not None]
    was_tried = any(side.recovered is not None for pair in pairs for side in (pair.a, pair.b))
    if not known or not was_tried:
        return None
    only_a = known.count((True, False))
    only_b = known.count((False, True))
    return Recovered(
        points=len(known),
        a=only_a + known.count((True, True)),
        b=only_b + known.count((True, True)),
        only_a=only_a,
        only_b=only_b,
        p=mcnemar_exact(only_a, only_b),
    )


def _is_recovered(point: Point) -> bool | None:
    return point.recovered if point.solved else False
