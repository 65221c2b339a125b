"""One step of a local rule of radius 1 over a row of bits, zeros outside, then the parity or a count of the new row."""

from collections.abc import Iterable, Iterator
from itertools import compress, product

from bench.proposers.enumerator.candidates import Candidate, Effort
from bench.proposers.enumerator.examples import Examples, mask_of
from bench.proposers.enumerator.families import numbers
from bench.proposers.enumerator.families.gf2 import sparse_solutions
from bench.proposers.enumerator.language import BITS, Expr, Op, X
from bench.proposers.enumerator.runtime import count_after_step

NEIGHBOURHOODS = 8


def candidates(examples: Examples, effort: Effort) -> Iterator[Candidate]:
    """The parity's table is solved for: it is linear over GF(2).

    For counts, each of the 256 tables is tried.

    A table costs its 8 bits.
    """
    if examples.kind != "bits":
        return
    yield Candidate(_new_row((0,) * NEIGHBOURHOODS).bits + BITS["bool"])
    counts = [_neighbourhoods(text) for text in examples.inputs]
    found = []
    columns = list(map(_odd, zip(*counts, strict=True)))
    for op, right in (
        (numbers.ODD, examples.target),
        (numbers.EVEN, examples.target ^ examples.everything),
    ):
        for chosen in sparse_solutions(columns, right, effort):
            table = tuple(int(k in chosen) for k in range(NEIGHBOURHOODS))
            expr = Expr(op, (_new_row(table),))
            found.append(Candidate(expr.bits, expr))
    for table in product((0, 1), repeat=NEIGHBOURHOODS):
        values = tuple(sum(compress(row, table)) for row in counts)
        for expr, mask in numbers.predicates(_new_row(table), values, examples):
            effort.spend()
            found.append(Candidate(expr.bits, expr, examples.wrong(mask)))
    yield from sorted(found, key=lambda candidate: candidate.bits)


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
