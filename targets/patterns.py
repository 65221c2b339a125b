"""The targets that look for a pattern of bits."""

from functools import partial

from targets.alike import GRAM, rearranged
from targets.base import LENGTHS, PLAIN, Rule, Words, each, flipped, random_bits

TRIES, REDRAWS = 100, 20
"""Tries to rearrange one string, and strings that are drawn before a plainer negative is taken."""


def _contains(pattern: str, x: str) -> int:
    return int(pattern in x)


def _planted(planted: str, length: int, words: Words) -> tuple[str, int]:
    """Random bits with these planted, and where."""
    x = random_bits(length, words)
    i = words.below(length - len(planted) + 1)
    return x[:i] + planted + x[i + len(planted) :], i


def _sample(pattern: str, label: int, length: int, words: Words, hard: bool) -> str:
    """Hard: a positive that can be rearranged so that the pattern goes and all counts stay, or that.

    One in eight is a planted pattern, or one with one bit changed.
    """
    if hard and words.below(PLAIN):
        for _ in range(REDRAWS):
            x, i = _planted(pattern, length, words)
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
    """The same counts of all parts of up to four symbols, without the pattern at i."""
    keep = min(GRAM, len(pattern) - 1) - 1
    around = range(max(0, i - keep), i + len(pattern) - keep)
    return rearranged(x, keep, around, TRIES, lambda y: pattern not in y, words)


def _one_bit_off(pattern: str, words: Words) -> str:
    return flipped(pattern, words.below(len(pattern)))


def _count(pattern: str, label: int, length: int) -> int:
    """Count by the longest suffix read so far that begins the pattern."""
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


def _target(fn: str, name: str, pattern: str) -> Rule:
    return Rule(
        fn, name, "pattern", "binary", f"1 if the string contains {pattern}", LENGTHS,
        partial(_contains, pattern), each(partial(_sample, pattern)), hardens=True,
        least=len(pattern), domain=partial(_count, pattern),
    )  # fmt: skip


PATTERNS = (
    _target("fn_c", "patternmatch1", "10101010"),
    _target("fn_d", "patternmatch2", "00111111"),
)
