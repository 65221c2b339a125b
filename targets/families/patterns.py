"""The targets that look for a pattern of bits."""

from collections.abc import Iterator
from dataclasses import replace
from functools import partial

from targets import kinds
from targets.base import LENGTHS, Rule, one_by_one
from targets.bit_stream import PLAIN, Words, flipped, random_bits
from targets.drawn import Drawn
from targets.families.alike import GRAM, rearranged

PUBLIC = ("10101010", "00111111")
TRIES = 100
"""Tries to rearrange one string."""
REDRAWS = 20
"""Strings that are tried before a simpler negative is taken."""


def _contains(pattern: str, x: str) -> int:
    return int(pattern in x)


def _planted(planted: str, length: int, words: Words) -> tuple[str, int]:
    """Random bits with `planted` put in at a random position, and that position."""
    x = random_bits(length, words)
    i = words.below(length - len(planted) + 1)
    return x[:i] + planted + x[i + len(planted) :], i


def _sample(pattern: str, label: int, length: int, words: Words, hard: bool) -> str:
    """Hard negatives are positives reordered so that the pattern goes and all counts stay.

    Hard positives are those that can be reordered so. One in PLAIN of either class is simpler:
    random bits with the pattern planted, or with the pattern planted with one bit changed.
    """
    if hard and words.below(PLAIN):
        for _ in range(REDRAWS):
            x, i = _planted(pattern, length, words)
            if pattern in x[: i + len(pattern) - 1] or pattern in x[i + 1 :]:
                continue
            if y := _without(pattern, x, i, words):
                return x if label else y
    if label:
        return _planted(pattern, length, words)[0]
    if hard:
        while pattern in (x := _planted(_one_bit_off(pattern, words), length, words)[0]):
            pass
        return x
    while pattern in (x := random_bits(length, words)):
        pass
    return x


def _without(pattern: str, x: str, i: int, words: Words) -> str | None:
    """Reorder x so that the pattern at i goes; None if no try succeeds.

    Counts of parts of up to GRAM symbols stay the same, as far as the pattern's length allows.
    """
    keep = min(GRAM, len(pattern) - 1) - 1
    around = range(max(0, i - keep), i + len(pattern) - keep)
    return rearranged(x, keep, around, TRIES, lambda y: pattern not in y, words)


def _one_bit_off(pattern: str, words: Words) -> str:
    return flipped(pattern, words.below(len(pattern)))


def _edge_cases(pattern: str, length: int, words: Words) -> Iterator[str]:
    """The pattern, and what looks like it, at both ends and between; its parts at both ends.

    Around it are zeros, ones or random bits.
    """
    size = len(pattern)
    alike = [flipped(pattern, i) for i in range(size)]
    parts = [pattern, pattern[::-1], pattern.translate(str.maketrans("01", "10")), *alike]
    while True:
        for part in parts:
            for x in ("0" * length, "1" * length, random_bits(length, words)):
                for at in (0, length - size, words.below(length - size + 1)):
                    yield x[:at] + part + x[at + size :]
                cut = 1 + words.below(size - 1)
                yield pattern[cut:] + x[size:] + pattern[:cut]


def _count(pattern: str, label: int, length: int) -> int:
    """The number of strings of a class, by dynamic programming over the strings without pattern.

    The state is the longest suffix read so far with which the pattern begins.
    """
    states = {"": 1}
    for _ in range(length):
        after: dict[str, int] = {}
        for prefix, count in states.items():
            for bit in "01":
                tail = prefix + bit
                while not pattern.startswith(tail):
                    tail = tail[1:]
                if tail != pattern:
                    after[tail] = after.get(tail, 0) + count
        states = after
    without = sum(states.values())
    return 2**length - without if label else without


def _drawn(size: int, name: str) -> str:
    """A pattern of so many bits, drawn from its target's name; not one of the public ones.

    Nor one that is a run with at most a bit more on either side: whether a string contains such a
    one is told by its runs alone, and those are kept when hard negatives are made.
    """
    words = Words(f"rule:{name}")
    while len(set((pattern := random_bits(size, words))[1:-1])) == 1 or pattern in PUBLIC:
        pass
    return pattern


def _rule(*, fn: str, name: str, pattern: str, most: int | None = None) -> Rule:
    return Rule(
        fn=fn,
        name=name,
        family="pattern",
        kind=kinds.BINARY,
        rule=f"1 if the string contains {pattern}",
        lengths=LENGTHS,
        label=partial(_contains, pattern),
        draw=one_by_one(partial(_sample, pattern)),
        hardens=True,
        least=len(pattern),
        most=most,
        domain=partial(_count, pattern),
        edge_cases=partial(_edge_cases, pattern),
    )


def _of_8_bits(*, fn: str, name: str) -> Rule:
    return _rule(fn=fn, name=name, pattern=_drawn(8, name))


def _with_length(*, fn: str, name: str, **params: int) -> Rule:
    size = params["len"]
    # Of longer strings hardly one in 150 is without the pattern.
    rule = _rule(fn=fn, name=name, pattern=_drawn(size, name), most=5 * 2**size)
    return replace(rule, paper=False)


PATTERNS = (
    Drawn("fn_c", "patternmatch1", _of_8_bits, public=partial(_rule, pattern=PUBLIC[0])),
    Drawn("fn_d", "patternmatch2", _of_8_bits, public=partial(_rule, pattern=PUBLIC[1])),
)
PATTERN = Drawn("pattern", "pattern", _with_length, {"len": range(4, 65)})
