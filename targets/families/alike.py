"""Hard negatives: a string's symbols in another order, with equal counts of its short parts."""

from collections.abc import Callable, Iterable
from itertools import groupby

from targets.bit_stream import Words

LONGEST = 8
"""Symbols of the longest piece that is moved: short pieces leave most of a string as it is."""
GRAM = 4
"""Counts of all parts of up to this many symbols stay the same, where that is possible."""


def runs(x: str) -> list[tuple[str, int]]:
    """The runs of equal symbols with their lengths, sorted."""
    return sorted((symbol, len(list(run))) for symbol, run in groupby(x))


def rearranged(
    x: str, keep: int, around: range, tries: int, fits: Callable[[str], bool], words: Words
) -> str | None:
    """Exchange two pieces of x so that it `fits`; None if no try succeeds.

    The next `keep` symbols are the same from the start of either piece, and from its end. Therefore
    every part of up to `keep` + 1 symbols occurs as often as before. The runs stay the same too.
    One of the pieces starts at a position in `around`.
    """
    seen: dict[str, list[int]] = {}
    for i in range(len(x) - keep + 1):
        seen.setdefault(x[i : i + keep], []).append(i)
    before = runs(x)
    for _ in range(tries if around else 0):
        here = around[words.below(len(around))]
        again = seen[x[here : here + keep]]
        first, second = sorted((here, again[words.below(len(again))]))
        if first == second:
            continue
        end = first + 1 + words.below(min(LONGEST, second - first))
        ends = seen.get(x[end : end + keep], ())
        later = [i for i in ends if second < i <= second + LONGEST]
        if not later:
            continue
        last = later[words.below(len(later))]
        y = x[:first] + x[second:last] + x[end:second] + x[first:end] + x[last:]
        if y != x and fits(y) and runs(y) == before:
            return y
    return None


def swapped(x: str, where: range, least: int, tries: int, words: Words) -> str | None:
    """Swap a 0 and a 1 of x, both at positions in `where`; None if no swap is good enough.

    The first swap that keeps the runs and the counts of all parts of up to GRAM symbols is taken.
    If no try finds one, the swap that keeps the counts of the longest parts is taken, provided that
    these have at least `least` symbols.
    """
    zeros = [i for i in where if x[i] == "0"]
    ones = [i for i in where if x[i] == "1"]
    if not zeros or not ones:
        return None
    best, longest = None, least - 1
    before = runs(x)
    for _ in range(tries):
        i, j = sorted((zeros[words.below(len(zeros))], ones[words.below(len(ones))]))
        y = x[:i] + x[j] + x[i + 1 : j] + x[i] + x[j + 1 :]
        kept = _kept(x, y, (i, j))
        # The runs are counted last: that takes longest, and few tries come so far.
        if kept > longest and kept - (runs(y) != before) > longest:
            best, longest = y, kept - (runs(y) != before)
        if longest == GRAM:
            break
    return best


def _kept(x: str, y: str, places: Iterable[int]) -> int:
    """The longest length, up to GRAM, at which x and y have the same parts equally often.

    `places` are the positions at which x and y differ.
    """
    for n in range(2, GRAM + 1):
        starts = {i for place in places for i in range(max(0, place - n + 1), place + 1)}
        if sorted(x[i : i + n] for i in starts) != sorted(y[i : i + n] for i in starts):
            return n - 1
    return GRAM
