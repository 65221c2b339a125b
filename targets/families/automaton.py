"""The target over the rows of an elementary cellular automaton: rule 30, or another one as hard."""

from functools import cache, partial

from targets import kinds
from targets.base import LENGTHS, Rule, one_by_one
from targets.bit_stream import Words
from targets.drawn import Drawn

PUBLIC = 30
_LEFT, _OWN, _RIGHT = 4, 2, 1
"""What each cell of a neighbourhood counts in the number of its entry in the rule's table."""


def _after(number: int, x: str) -> list[int]:
    """The row after one step, all cells around it 0."""
    cells = [0, *map(int, x), 0]
    neighbourhoods = zip(cells, cells[1:], cells[2:], strict=False)
    return [number >> (4 * left + 2 * own + right) & 1 for left, own, right in neighbourhoods]


def _label(number: int, x: str) -> int:
    return sum(_after(number, x)) % 2


def products(number: int) -> tuple[int, ...]:
    """The rule as a sum modulo 2 of products of cells, each the sum of what its cells count."""
    return tuple(cells for cells in range(8) if _is_product(number, cells))


def _is_product(number: int, cells: int) -> bool:
    """Whether the entries of the rule's table for these cells and parts of them have an odd sum."""
    parts = [part for part in range(8) if part & cells == part]
    return sum(number >> part & 1 for part in parts) % 2 == 1


def _sample(terms: tuple[int, ...], label: int, length: int, words: Words, _hard: bool) -> str:
    mask = (1 << length) - 1
    while True:
        row = words.bits(length)
        cells = {_LEFT: row >> 1, _OWN: row, _RIGHT: row << 1 & mask}
        after = 0
        for term in terms:
            product = mask
            for cell, bits in cells.items():
                if term & cell:
                    product &= bits
            after ^= product
        if after.bit_count() % 2 == label:
            return f"{row:0{length}b}"


def _is_hard(number: int) -> bool:
    """Whether the rule is balanced and the parity of the row after it is no parity of cells.

    Products of two neighbours, left and own or own and right, cancel over a row.
    """
    found = products(number)
    neighbours = (_LEFT | _OWN in found) != (_OWN | _RIGHT in found)
    return number.bit_count() == 4 and (neighbours or _LEFT | _RIGHT in found)


@cache
def hard_rules() -> tuple[int, ...]:
    """The rules that another rule seed may draw."""
    return tuple(number for number in range(256) if _is_hard(number) and number != PUBLIC)


def _another(*, fn: str, name: str) -> Rule:
    rules = hard_rules()
    return _automaton(rules[Words(f"rule:{name}").below(len(rules))], fn=fn, name=name)


def _automaton(number: int, *, fn: str, name: str) -> Rule:
    return Rule(
        fn=fn,
        name=name,
        family="automaton",
        kind=kinds.BINARY,
        rule=f"parity of the row after one step of rule {number}",
        lengths=LENGTHS,
        label=partial(_label, number),
        draw=one_by_one(partial(_sample, products(number))),
        least=8,
    )


AUTOMATON = Drawn("fn_j", "automata_parity", _another, public=partial(_automaton, PUBLIC))
