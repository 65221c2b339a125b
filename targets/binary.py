"""The targets over strings of 0 and 1."""

import hashlib
from collections.abc import Callable, Sequence
from functools import cache, partial

from targets import kinds
from targets.base import LENGTHS, Rule, Words, each, flipped, random_bits


def _every(length: int) -> Sequence[int]:
    return range(length)


def _first_half(length: int) -> Sequence[int]:
    return range(length // 2)


@cache
def coordinates(count: int, length: int) -> tuple[int, ...]:
    """The `count` coordinates whose parity is the label, the same in every dataset of a length."""
    ranked = sorted(
        range(length),
        key=lambda i: hashlib.sha256(f"parity_rand_{count}:{length}:{i}".encode()).digest(),
    )
    return tuple(sorted(ranked[:count]))


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


def _half(_label: int, length: int) -> int:
    return 1 << (length - 1)


def _sha256_parity(x: str) -> int:
    return int.from_bytes(hashlib.sha256(x.encode()).digest(), "big").bit_count() % 2


_RULE_30 = (0, 1, 1, 1, 1, 0, 0, 0)


def _automaton(x: str) -> int:
    cells = [0, *map(int, x), 0]
    neighbourhoods = zip(cells, cells[1:], cells[2:], strict=False)
    row = [_RULE_30[4 * left + 2 * own + right] for left, own, right in neighbourhoods]
    return sum(row) % 2


def _sample_automaton(label: int, length: int, words: Words, _hard: bool) -> str:
    mask = (1 << length) - 1
    while True:
        row = words.bits(length)
        # Rule 30 on all cells at once: left xor (self or right).
        if ((row >> 1) ^ (row | (row << 1 & mask))).bit_count() % 2 == label:
            return f"{row:0{length}b}"


@cache
def monomials(length: int) -> tuple[tuple[int, ...], ...]:
    """The three monomials at this length, each of 3 coordinates, all of them different."""
    where = Words(f"poly_f2_deg3:2:{length}").order(length)
    return tuple(tuple(sorted(where[i : i + 3])) for i in range(0, 9, 3))


def _polynomial(x: str) -> int:
    ones = {i for i, bit in enumerate(x) if bit == "1"}
    return sum(ones.issuperset(monomial) for monomial in monomials(len(x))) % 2


def _collatz(x: str) -> int:
    n, steps = int(x, 2), 0
    while n > 1:
        n = n // 2 if n % 2 == 0 else 3 * n + 1
        steps += 1
    return steps % 2


def _sample_by_label(
    rule: Callable[[str], int], label: int, length: int, words: Words, _hard: bool
) -> str:
    while rule(x := random_bits(length, words)) != label:
        pass
    return x


def _parity_target(
    fn: str,
    name: str,
    *,
    rule: str,
    where: Callable[[int], Sequence[int]],
    least: int,
    per_length: bool = False,
) -> Rule:
    return Rule(
        fn=fn,
        name=name,
        family="parity",
        kind=kinds.BINARY,
        rule=rule,
        lengths=LENGTHS,
        label=partial(_parity, where),
        draw=each(partial(_sample_parity, where)),
        least=least,
        domain=_half,
        per_length=per_length,
    )


BINARY = (
    _parity_target("fn_a", "parity_all", rule="parity of all bits", where=_every, least=1),
    _parity_target(
        "fn_b",
        "parity_first_half",
        rule="parity of the first half (L // 2) of the bits",
        where=_first_half,
        least=2,
    ),
    _parity_target(
        "fn_e",
        "parity_rand_3",
        rule="parity of 3 fixed bits",
        where=partial(coordinates, 3),
        least=3,
        per_length=True,
    ),
    _parity_target(
        "fn_f",
        "parity_rand_10",
        rule="parity of 10 fixed bits",
        where=partial(coordinates, 10),
        least=10,
        per_length=True,
    ),
    Rule(
        fn="fn_j",
        name="automata_parity",
        family="automaton",
        kind=kinds.BINARY,
        rule="parity of the row after one step of rule 30",
        lengths=LENGTHS,
        label=_automaton,
        draw=each(_sample_automaton),
        least=8,
    ),
    Rule(
        fn="fn_l",
        name="sha256_parity",
        family="hash",
        kind=kinds.BINARY,
        rule="parity of the one-bits of the string's SHA-256",
        lengths=LENGTHS,
        label=_sha256_parity,
        draw=each(partial(_sample_by_label, _sha256_parity)),
        negative_control=True,
        least=8,
    ),
    Rule(
        fn="poly_f2_deg3",
        name="poly_f2_deg3",
        family="arithmetic",
        kind=kinds.BINARY,
        rule="a fixed sum of 3 monomials of degree 3 over GF(2)",
        lengths=LENGTHS,
        label=_polynomial,
        draw=each(partial(_sample_by_label, _polynomial)),
        paper=False,
        least=9,
        per_length=True,
    ),
    Rule(
        fn="collatz_steps_parity",
        name="collatz_steps_parity",
        family="arithmetic",
        kind=kinds.BINARY,
        rule="parity of the Collatz steps of n",
        lengths=LENGTHS,
        label=_collatz,
        draw=each(partial(_sample_by_label, _collatz)),
        paper=False,
        least=8,
    ),
)
