"""The targets over strings of 0 and 1."""

import hashlib
from collections.abc import Callable, Sequence
from functools import partial

from targets import kinds
from targets.base import LENGTHS, Rule, one_by_one
from targets.bit_stream import Words, flipped, random_bits


def _every(length: int) -> Sequence[int]:
    return range(length)


def _first_half(length: int) -> Sequence[int]:
    return range(length // 2)


def _parity(where: Callable[[int], Sequence[int]], x: str) -> int:
    return sum(x[i] == "1" for i in where(len(x))) % 2


def _sample_parity(
    where: Callable[[int], Sequence[int]], label: int, length: int, words: Words, _hard: bool
) -> str:
    x = random_bits(length, words)
    if _parity(where, x) == label:
        return x
    relevant = where(length)
    return flipped(x, relevant[words.below(len(relevant))])


def _half_of_all(_label: int, length: int) -> int:
    return 1 << (length - 1)


def _sha256_parity(x: str) -> int:
    return int.from_bytes(hashlib.sha256(x.encode()).digest(), "big").bit_count() % 2


def _collatz(x: str) -> int:
    n, steps = int(x, 2), 0
    while n > 1:
        n = n // 2 if n % 2 == 0 else 3 * n + 1
        steps += 1
    return steps % 2


def sample_by_label(
    rule: Callable[[str], int], label: int, length: int, words: Words, _hard: bool
) -> str:
    """Random bits of this label, by rejection."""
    while rule(x := random_bits(length, words)) != label:
        pass
    return x


def parity_target(
    fn: str,
    name: str,
    *,
    rule: str,
    where: Callable[[int], Sequence[int]],
    least: int,
    per_length: bool = False,
    audited_as: tuple[str, ...] = (),
) -> Rule:
    """The target whose label is the parity of the bits at `where(length)`."""
    return Rule(
        fn=fn,
        name=name,
        family="parity",
        kind=kinds.BINARY,
        rule=rule,
        lengths=LENGTHS,
        label=partial(_parity, where),
        draw=one_by_one(partial(_sample_parity, where)),
        least=least,
        domain=_half_of_all,
        per_length=per_length,
        audited_as=audited_as,
    )


BINARY = (
    parity_target(
        "fn_a",
        "parity_all",
        rule="parity of all bits",
        where=_every,
        least=1,
        audited_as=("the number of ones modulo 2", "the number of ones modulo 4"),
    ),
    parity_target(
        "fn_b",
        "parity_first_half",
        rule="parity of the first half (L // 2) of the bits",
        where=_first_half,
        least=2,
    ),
    Rule(
        fn="fn_l",
        name="sha256_parity",
        family="hash",
        kind=kinds.BINARY,
        rule="parity of the one-bits of the string's SHA-256",
        lengths=LENGTHS,
        label=_sha256_parity,
        draw=one_by_one(partial(sample_by_label, _sha256_parity)),
        negative_control=True,
        least=8,
    ),
    Rule(
        fn="collatz_steps_parity",
        name="collatz_steps_parity",
        family="arithmetic",
        kind=kinds.BINARY,
        rule="parity of the Collatz steps of n",
        lengths=LENGTHS,
        label=_collatz,
        draw=one_by_one(partial(sample_by_label, _collatz)),
        paper=False,
        least=8,
    ),
)
