"""From inputs on which a program is wrong to the simplest that is found, in a few batches."""

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from itertools import chain, islice

from targets.forms.form import Form

Wrong = Callable[[Sequence[str]], Collection[str] | None]
"""On which of these inputs the program is wrong; None where it could not be run on them."""

RISING = 6_000
"""Inputs of the length, from the simplest on, that are tried first."""
STARTS, ROUNDS, WIDTH = 4, 16, 8_000
"""After that: inputs to start from, steps from each at most, and inputs in each batch."""
BESIDE = 500
"""Simpler inputs among which the nearest is looked for."""


@dataclass(frozen=True, slots=True)
class Shrunk:
    """The simplest input that was found wrong."""

    input: str
    smallest: bool
    """Whether all that are simpler were tried: there is no simpler one."""
    beside: str | None
    """The nearest of the simpler inputs that the program gets right."""


def shrink(form: Form, length: int, found: Collection[str], wrong: Wrong) -> Shrunk:
    """The simplest input that the program is wrong on, from one or more that are `found`.

    First the simplest inputs that there are, in order: the first of them that is wrong is the
    smallest counterexample. Where none is, the simplest that were found are made simpler, step by
    step, as long as that finds others. The same program and inputs have the same result.
    """
    best = min(found, key=form.size)
    below, is_all = _below(form, length, best)
    known_right = set(below)
    wrong_below = wrong(below) if below else ()
    if wrong_below is None:
        return Shrunk(best, smallest=False, beside=None)
    if wrong_below:
        first = min(wrong_below, key=form.size)
        known_right = {x for x in below if form.size(x) < form.size(first)}
        return Shrunk(first, smallest=True, beside=_beside(form, first, known_right))
    if not is_all:
        best, right = _steps(form, found, wrong)
        known_right |= right
    return Shrunk(best, smallest=is_all, beside=_beside(form, best, known_right))


def _below(form: Form, length: int, best: str) -> tuple[list[str], bool]:
    """The simplest inputs of a length, and whether they are all that are simpler than this one."""
    below: list[str] = []
    for x in islice(form.rising(length), RISING):
        if form.size(x) >= form.size(best):
            return below, True
        below.append(x)
    return below, False


def _steps(form: Form, found: Collection[str], wrong: Wrong) -> tuple[str, set[str]]:
    """The simplest that is reached from those found, and what proved right on the way."""
    ordered = sorted(found, key=form.size)
    # Spread over all: the simplest are often alike, and lead to the same place.
    starts = [ordered[i * (len(ordered) - 1) // (STARTS - 1)] for i in range(STARTS)]
    reached = list(dict.fromkeys(starts))
    right = set[str]()
    for _ in range(ROUNDS):
        steps = [_simpler(form, x, WIDTH // len(reached)) for x in reached]
        new = [x for x in dict.fromkeys(chain(*steps)) if x not in right]
        still = wrong(new) if new else ()
        if still is None:
            break
        right |= set(new) - set(still)
        simplest = []
        for x, some in zip(reached, steps, strict=True):
            wrong_ones = [y for y in some if y not in right]
            simplest.append(min([x, *wrong_ones], key=form.size))
        before, reached = reached, list(dict.fromkeys(simplest))
        if reached == before:
            break
    return min(reached, key=form.size), right


def _simpler(form: Form, x: str, count: int) -> list[str]:
    """Up to so many inputs that are a step from this one and simpler."""
    steps = (y for y in form.steps(x) if form.size(y) < form.size(x))
    return list(islice(steps, count))


def _beside(form: Form, x: str, right: Collection[str]) -> str | None:
    """The simpler input with the fewest symbols changed, of those that the program gets right."""
    known = [y for y in _simpler(form, x, BESIDE) if y in right]
    return min(known, key=lambda y: _changes(x, y), default=None)


def _changes(x: str, y: str) -> int:
    return sum(a != b for a, b in zip(x, y, strict=True))
