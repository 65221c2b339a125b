"""The same symbols in another order: negatives that no count of a string's parts tells apart."""

from collections.abc import Callable, Iterable
from itertools import groupby

from targets.base import Words

LONGEST = 8
"""Symbols of the longest piece that changes places: short ones leave most of a string as it is."""
GRAM = 4
"""Counts of parts of up to so many symbols are kept, where there is a way."""


def runs(x: str) -> list[tuple[str, int]]:
    """The runs of equal symbols with their lengths, sorted."""
    return sorted((symbol, len(list(run))) for symbol, run in groupby(x))


def rearranged(
    x: str, keep: int, around: range, tries: int, fits: Callable[[str], bool], words: Words
) -> str | None:
    """Two pieces of x exchanged, or None if so many tries found no way that `fits`.

    Both pieces begin before the same `keep` symbols and end before the same `keep` symbols, so that
    all parts of up to `keep` + 1 symbols are there as often as before, and so are the runs. One of
    the pieces begins `around` there.
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
    """Two different symbols of x swapped, both of them `where`.

    Of so many tries the first that keeps the runs and the counts of all parts of GRAM symbols, else
    the one that keeps those of the longest parts, of at least `least` symbols; None if there is
    none.
    """
    zeros, ones = ([i for i in where if x[i] == symbol] for symbol in "01")
    if not zeros or not ones:
        return None
    best, longest = None, least - 1
    before = runs(x)
    for _ in range(tries):
        i, j = sorted((zeros[words.below(len(zeros))], ones[words.below(len(ones))]))
        y = x[:i] + x[j] + x[i + 1 : j] + x[i] + x[j + 1 :]
        kept = _kept(x, y, (i, j)) - (runs(y) != before)
        if kept > longest:
            best, longest = y, kept
        if longest == GRAM:
            break
    return best


def _kept(x: str, y: str, places: Iterable[int]) -> int:
    """The length of the longest parts, up to GRAM, of which y has the same ones as x, changed there."""
    for n in range(2, GRAM + 1):
        starts = {i for place in places for i in range(max(0, place - n + 1), place + 1)}
        if sorted(x[i : i + n] for i in starts) != sorted(y[i : i + n] for i in starts):
            return n - 1
    return GRAM
