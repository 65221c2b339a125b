"""The proposal mass: the chance that one answer of a proposer is right, from searches that stop.

The quantity is that of the paper's theory (Singhal, Malach, Poggio and Galanti 2025, arXiv
2510.14331): with a mass of p, k attempts find the rule with a chance of 1 - (1 - p)^k. It supposes
that the answers to one prompt are independent draws, as those of a model are.
"""

import math
from bisect import bisect_left, bisect_right
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import accumulate, repeat
from operator import add, mul, sub
from statistics import fmean

from bench.score.halving import halve
from bench.score.stats import Interval, clopper_pearson

_MOST_STEPS = 10**8
"""Searches, times the square of their answers, up to which the ways to all outcomes are counted."""


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
    there or later.
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
    is_binomial = all(d.allowed == 1 for d in draws)
    if is_binomial or len(draws) * sum(d.allowed for d in draws) ** 2 > _MOST_STEPS:
        return Mass(right, answers, clopper_pearson(right, answers, level))
    as_high, as_low = _parted(_ways([d.allowed for d in draws]), right, answers)
    tail = (1 - level) / 2
    low, high = 0.0, 1.0
    if right:
        low = _crossing(lambda mass: _chance(mass, as_high) < tail)
    if right < answers:
        high = _crossing(lambda mass: _chance(mass, as_low) >= tail)
    return Mass(right, answers, Interval(low, high))


@dataclass(frozen=True, slots=True)
class _Outcomes:
    """So many right answers of `fewest` answers, of one more, and so on: the ways to each."""

    right: int
    fewest: int
    ways: Sequence[float]


def _parted(
    table: Sequence[Sequence[int]], right: int, answers: int
) -> tuple[list[_Outcomes], list[_Outcomes]]:
    """The outcomes with a share as high as this one or higher, and those with one as low or lower.

    `table` is that of `_ways`.
    """
    as_high, as_low = [], []
    for of_right, row in enumerate(table):
        columns, same = range(len(row)), of_right * answers
        first = next(made for made in columns if row[made])
        end = bisect_right(columns, same, key=lambda made: made * right)
        start = max(first, bisect_left(columns, same, key=lambda made: made * right))
        as_high.append(_Outcomes(of_right, first, [float(n) for n in row[first:end]]))
        as_low.append(_Outcomes(of_right, start, [float(n) for n in row[start:]]))
    return as_high, as_low


def _chance(mass: float, outcomes: Iterable[_Outcomes]) -> float:
    """The chance of these outcomes: each way to one has p^right (1 - p)^(answers - right)."""
    longest = max(len(o.ways) + o.fewest - o.right for o in outcomes)
    wrong = list(accumulate(repeat(1 - mass, longest), mul, initial=1.0))
    chance = 0.0
    for o in outcomes:
        of_wrong: float = sum(map(mul, o.ways, wrong[o.fewest - o.right :]))
        chance += of_wrong * math.pow(mass, o.right)
    return chance


def _ways(allowed: Sequence[int]) -> list[list[int]]:
    """In how many ways searches come to so many right ones (row) of so many answers (column)."""
    (most, searches), *others = Counter(allowed).most_common()
    ways = _ways_alike(searches, most)
    for one, times in others:  # they are rare: the searches of a run are allowed as many
        for _ in range(times):
            ways = _with_one_more(ways, one)
    return ways


def _ways_alike(searches: int, most: int) -> list[list[int]]:
    """The same for searches that are allowed as many answers each: which are right, and when."""
    ways, solved = [], [1]
    for right in range(searches + 1):
        which = math.comb(searches, right)
        ways.append([0] * (most * (searches - right)) + [which * when for when in solved])
        solved = _solved_once_more(solved, most)
    return ways


def _with_one_more(ways: Sequence[Sequence[int]], most: int) -> list[list[int]]:
    """The same with one more search, which ends without a right answer or with one."""
    without = [[*repeat(0, most), *row] for row in ways]
    solved = [_solved_once_more(row, most) for row in ways]
    nothing = [0] * len(solved[0])
    pairs = zip([*without, nothing], [nothing, *solved], strict=True)
    return [list(map(add, one, other)) for one, other in pairs]


def _solved_once_more(ways: Sequence[int], most: int) -> list[int]:
    """The ways to so many answers (by place) after one more search, solved at one of its answers.

    Each is the sum of the `most` places before it, so a difference of two sums from the first on.
    """
    sums = [0, *accumulate(ways)]
    sums += repeat(sums[-1], most - 1)
    return list(map(sub, sums, [*repeat(0, most), *sums]))


def _crossing(is_below: Callable[[float], bool]) -> float:
    """The mass at which a chance crosses its bound."""
    return fmean(halve(is_below, 0.0, 1.0, width=1e-9))
