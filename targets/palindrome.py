"""Palindromes of bits."""

from targets.alike import GRAM, rearranged, swapped
from targets.base import LENGTHS, PLAIN, Rule, Words, each, flipped, random_bits

TRIES = 200


def _palindrome(x: str) -> int:
    return int(x == x[::-1])


def _sample(label: int, length: int, words: Words, hard: bool) -> str:
    """Hard negatives: palindromes broken in a way that no count tells; in one of eight a bit is flipped."""
    if not label and not hard:
        while _palindrome(x := random_bits(length, words)):
            pass
        return x
    half = random_bits((length + 1) // 2, words)
    mirrored = half + half[: length // 2][::-1]
    if label:
        return mirrored
    broken = _broken(mirrored, words) if words.below(PLAIN) else None
    # Never the middle of an odd length: it mirrors itself.
    broken = broken or flipped(mirrored, words.below(length // 2))
    return broken if words.bits(1) else broken[::-1]


def _broken(x: str, words: Words) -> str | None:
    """Two mirrored pairs broken: two different symbols of the first half swapped.

    The number of ones, of either half too, and all counts of short parts and of runs are those of
    the palindrome. Where no swap keeps them, more pairs may be broken; and where that does not
    either, the counts of shorter parts are kept.
    """
    size = len(x) // 2
    half = range(size)

    def fits(y: str) -> bool:
        as_before = y[:size].count("1") == y[-size:].count("1") == x[:size].count("1")
        return as_before and not _palindrome(y)

    return (
        swapped(x, half, GRAM, TRIES, words)
        or rearranged(x, GRAM - 1, range(len(x) - GRAM), TRIES, fits, words)
        or swapped(x, half, 0, TRIES, words)
    )


def _count(label: int, length: int) -> int:
    mirrored: int = 2 ** ((length + 1) // 2)
    return mirrored if label else 2**length - mirrored


PALINDROME = Rule(
    "fn_g", "palindrome", "language", "binary", "1 if the string is a palindrome", LENGTHS, _palindrome,
    each(_sample), hardens=True, least=2, domain=_count,
)  # fmt: skip
