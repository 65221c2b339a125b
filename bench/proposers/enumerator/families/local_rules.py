"""One step of a local rule over a row of bits, then the parity of the new row or a count in it.

The rule has radius 1, and there are zeros outside of the row.
"""

from collections.abc import Iterable, Iterator
from itertools import compress, product

from bench.proposers.enumerator.contenders import Contender, Effort
from bench.proposers.enumerator.examples import Examples, mask_of
from bench.proposers.enumerator.families import arithmetic
from bench.proposers.enumerator.families.gf2 import sparse_solutions
from bench.proposers.enumerator.language import BITS, Expr, Op, X
from bench.proposers.enumerator.runtime import count_after_step
from targets.kinds import BINARY

NEIGHBOURHOODS = 8


def contenders(examples: Examples, effort: Effort) -> Iterator[Contender]:
    """Rules that give the labels, in order of cost; a rule's table costs its 8 bits.

    For the parity the table is solved for, as the parity is linear in it over GF(2). For counts
    each of the 256 tables is tried.
    """
    if examples.kind is not BINARY:
        return
    yield Contender(_new_row((0,) * NEIGHBOURHOODS).bits + BITS["bool"])
    counts = [_neighbourhoods(text) for text in examples.inputs]
    found = []
    columns = list(map(_odd, zip(*counts, strict=True)))
    odd_is_1, even_is_1 = examples.target, examples.target ^ examples.everything
    for op, right in ((arithmetic.ODD, odd_is_1), (arithmetic.EVEN, even_is_1)):
        for chosen in sparse_solutions(columns, right, effort):
            table = tuple(int(k in chosen) for k in range(NEIGHBOURHOODS))
            expr = Expr(op, (_new_row(table),))
            found.append(Contender(expr.bits, expr))
    for table in product((0, 1), repeat=NEIGHBOURHOODS):
        values = tuple(sum(compress(row, table)) for row in counts)
        for expr, mask in arithmetic.predicates(_new_row(table), values, examples):
            effort.spend()
            found.append(Contender(expr.bits, expr, examples.wrong(mask)))
    yield from sorted(found, key=lambda contender: contender.bits)


def _new_row(table: tuple[int, ...]) -> Expr:
    op = Op(
        ("text",),
        "int",
        BITS["int"] + NEIGHBOURHOODS,
        f"count_after_step({{0}}, {table})",
        lambda s: count_after_step(s, table),
        (count_after_step,),
    )
    return Expr(op, (X,))


def _odd(counts: Iterable[int]) -> int:
    """The examples whose count is odd, as a mask."""
    return mask_of(count % 2 for count in counts)


def _neighbourhoods(text: str) -> list[int]:
    """How often each (left, self, right) occurs, by the number 4 * left + 2 * self + right."""
    counts = [0] * NEIGHBOURHOODS
    padded = f"0{text}0"
    for i in range(len(text)):
        counts[int(padded[i : i + 3], 2)] += 1
    return counts
