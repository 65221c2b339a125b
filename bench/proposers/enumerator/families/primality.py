"""Whether a number written in the input, shifted by a small constant, is prime."""

from collections.abc import Iterator
from itertools import product

from bench.proposers.enumerator.contenders import Contender, Effort, errors
from bench.proposers.enumerator.examples import Examples
from bench.proposers.enumerator.families.arithmetic import MINUS, PLUS
from bench.proposers.enumerator.families.strings import FIRST_HALF, SECOND_HALF, value_of
from bench.proposers.enumerator.language import BITS, Expr, Op, X, constant
from bench.proposers.enumerator.runtime import is_prime
from targets.kinds import BINARY, DECIMAL

LARGEST_OFFSET = 127
LONGEST = 1000
"""Digits. Longer numbers are left out: testing one takes seconds."""
_PRIME = Op(("int",), "bool", BITS["bool"], "is_prime({0})", is_prime, (is_prime,))


def contenders(examples: Examples, effort: Effort) -> Iterator[Contender]:
    """`is_prime(n + c)`, where n is the input or one half of it, in order of cost."""
    is_number = examples.kind in (BINARY, DECIMAL)
    if not is_number or not 2 <= examples.shortest <= examples.longest <= LONGEST:
        return
    value = value_of(examples)
    parts = (X, Expr(FIRST_HALF, (X,)), Expr(SECOND_HALF, (X,)))
    numbers = [Expr(value, (part,)) for part in parts]
    offsets = range(1, LARGEST_OFFSET + 1)
    shifted = [
        Expr(op, (number, constant(offset)))
        for offset, op, number in product(offsets, (PLUS, MINUS), numbers)
    ]
    for number in sorted(numbers + shifted, key=lambda expr: expr.bits):
        expr = Expr(_PRIME, (number,))
        yield Contender(expr.bits)
        effort.spend()
        wrong = errors(expr, examples)
        if wrong is not None:
            yield Contender(expr.bits, expr, wrong)
