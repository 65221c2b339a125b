"""Palindromes of bits."""

from collections.abc import Iterator

from targets import kinds
from targets.base import LENGTHS, Rule, one_by_one
from targets.bit_stream import PLAIN, Words, flipped, random_bits
from targets.families.alike import GRAM, rearranged, swapped

TRIES = 200


def _palindrome(x: str) -> int:
    return int(x == x[::-1])


def _sample(label: int, length: int, words: Words, hard: bool) -> str:
    """Hard negatives are palindromes broken so that counts do not show it.

    One in PLAIN of them has a bit flipped instead.
    """
    if not label and not hard:
        while _palindrome(x := random_bits(length, words)):
            pass
        return x
    mirrored = _mirrored(length, words)
    if label:
        return mirrored
    broken = _broken(mirrored, words) if words.below(PLAIN) else None
    # Never the middle of an odd length: it mirrors itself.
    broken = broken or flipped(mirrored, words.below(length // 2))
    return broken if words.bits(1) else broken[::-1]


def _mirrored(length: int, words: Words) -> str:
    half = random_bits((length + 1) // 2, words)
    return half + half[: length // 2][::-1]


def _broken(x: str, words: Words) -> str | None:
    """The palindrome x with two mirrored pairs broken; None if no try succeeds.

    Two different symbols of the first half are swapped, so that the number of ones in each half,
    the counts of short parts and the runs stay the same. Where no swap keeps all of these, more
    pairs may be broken. Where that does not help either, counts of shorter parts are kept.
    """
    size = len(x) // 2
    half = range(size)

    def fits(y: str) -> bool:
        ones = x[:size].count("1")
        keeps_ones = y[:size].count("1") == y[-size:].count("1") == ones
        return keeps_ones and not _palindrome(y)

    return (
        swapped(x, half, GRAM, TRIES, words)
        or rearranged(x, GRAM - 1, range(len(x) - GRAM), TRIES, fits, words)
        or swapped(x, half, 0, TRIES, words)
    )


def _edge_cases(length: int, words: Words) -> Iterator[str]:
    """Palindromes with one pair broken, with two, and with another middle, which breaks none."""
    half = length // 2
    while True:
        for i in range(half):
            x = _mirrored(length, words)
            broken = flipped(x, i)
            yield from (broken, flipped(broken, words.below(half)))
            yield flipped(x, half) if length % 2 else x
            yield x[:half] + x[length - half :][::-1] + x[half : length - half]


def _count(label: int, length: int) -> int:
    mirrored: int = 2 ** ((length + 1) // 2)
    return mirrored if label else 2**length - mirrored


PALINDROME = Rule(
    fn="fn_g",
    name="palindrome",
    family="language",
    kind=kinds.BINARY,
    rule="1 if the string is a palindrome",
    lengths=LENGTHS,
    label=_palindrome,
    draw=one_by_one(_sample),
    hardens=True,
    least=2,
    domain=_count,
    edge_cases=_edge_cases,
)
