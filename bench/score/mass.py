"""The proposal mass: the chance that one answer of a proposer is right, from searches that stop.

The quantity is that of the paper's theory (Singhal, Malach, Poggio and Galanti 2025, arXiv
2510.14331): with a mass of p, k attempts find the rule with a chance of 1 - (1 - p)^k. It supposes
that the answers to one prompt are independent draws, as those of a model are.
"""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from statistics import fmean
from typing import TYPE_CHECKING

from bench.score.halving import halve
from bench.score.stats import Interval, clopper_pearson

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray


_MOST_STEPS = 10**8
"""Additions for which the ways to all outcomes are counted: about half a second."""


@dataclass(frozen=True, slots=True, order=True)
class Draws:
    """The answers drawn until the first right one, of which some number was allowed."""

    allowed: int
    solved_at: int
    """The number of the first right one, from 1; 0 where none was."""

    @property
    def made(self) -> int:
        """How many were drawn."""
        return self.solved_at or self.allowed


@dataclass(frozen=True, slots=True)
class Mass:
    """A proposal mass, estimated, with its confidence interval."""

    right: int
    answers: int
    interval: Interval

    @property
    def estimate(self) -> float:
        """The maximum of the likelihood p^right (1 - p)^(answers - right)."""
        return self.right / self.answers


def proposal_mass(draws: Sequence[Draws], level: float = 0.95) -> Mass:
    """The mass of one proposer on one question, from repetitions of its search.

    Each search is a geometric count, censored at the number allowed. The interval inverts the exact
    test: its ends are the masses under which a share right / answers as high, or as low, has a
    chance of (1 - level) / 2. That share never falls where an answer becomes right, so that either
    chance goes one way with the mass. A search that draws all its answers is given as one for each
    of them; the interval is then Clopper and Pearson's. Different questions have different masses,
    and are not to be pooled: hard ones would count for more answers than easy ones.

    Where the outcomes are too many to be counted, as those of 20 searches of 200 attempts each, the
    interval is Clopper and Pearson's too, and then no more than close.

    Raises ValueError where there is no search, or one that cannot be.
    """
    if not draws or any(not 0 <= d.solved_at <= d.allowed or d.allowed < 1 for d in draws):
        raise ValueError("at least one search, solved at none or one of the attempts allowed")
    if len(draws) == 1:
        return _of_one_search(draws[0], level)
    return _proposal_mass(tuple(sorted(draws)), level)


def attempts_needed(mass: float, chance: float = 0.95) -> int | None:
    """The smallest k with 1 - (1 - mass)^k >= chance; None where no k is enough."""
    if mass <= 0:
        return None
    if mass >= chance:
        return 1
    return math.ceil(math.log(1 - chance) / math.log1p(-mass) - 1e-9)


def _of_one_search(draws: Draws, level: float) -> Mass:
    """The same for one search, whose chances are powers: most runs have no more of a question.

    A share as high comes of being solved at that number or before, one as low of being solved
    there or later. It needs no numpy, which takes a moment to import.
    """
    tail = (1 - level) / 2
    made, is_solved = draws.made, draws.solved_at > 0
    low = 1 - (1 - tail) ** (1 / made) if is_solved else 0.0
    wrong = made - is_solved
    high = 1 - tail ** (1 / wrong) if wrong else 1.0
    return Mass(int(is_solved), made, Interval(low, high))


@lru_cache(maxsize=4096)
def _proposal_mass(draws: tuple[Draws, ...], level: float) -> Mass:
    right = sum(d.solved_at > 0 for d in draws)
    answers = sum(d.made for d in draws)
    is_extreme = right in (0, answers)  # one outcome alone is as high or as low: a power
    if is_extreme or len(draws) * sum(d.allowed for d in draws) ** 2 > _MOST_STEPS:
        return Mass(right, answers, clopper_pearson(right, answers, level))
    import numpy as np

    ways = _ways(tuple(d.allowed for d in draws))
    rights, made = np.nonzero(ways)
    log_ways = np.log(ways[rights, made])

    def chance(mass: float, of: "NDArray[np.bool_]") -> float:
        """The chance of some of the outcomes, to which each way has p^r (1 - p)^(n - r)."""
        logs = log_ways + rights * math.log(mass) + (made - rights) * math.log1p(-mass)
        return float(np.exp(logs[of]).sum())

    as_high = rights * answers >= right * made
    as_low = rights * answers <= right * made
    tail = (1 - level) / 2
    low, high = 0.0, 1.0
    if right:
        low = _crossing(lambda mass: chance(mass, as_high) < tail)
    if right < answers:
        high = _crossing(lambda mass: chance(mass, as_low) >= tail)
    return Mass(right, answers, Interval(low, high))


def _ways(allowed: Sequence[int]) -> "NDArray[np.float64]":
    """In how many ways searches come to so many right ones (row) of so many answers (column)."""
    import numpy as np

    ways = np.zeros((len(allowed) + 1, sum(allowed) + 1))
    ways[0, 0] = 1
    for most in allowed:
        before, ways = ways, np.zeros_like(ways)
        ways[:, most:] += before[:, :-most]
        for solved_at in range(1, most + 1):
            ways[1:, solved_at:] += before[:-1, :-solved_at]
    return ways


def _crossing(is_below: Callable[[float], bool]) -> float:
    """The mass at which a chance crosses its bound."""
    return fmean(halve(is_below, 0.0, 1.0, width=1e-9))
