"""XOR of up to three products of positions: polynomials over GF(2).

The last product is not tried but looked up, by what the others leave to predict.
"""

from collections.abc import Iterator

from bench.proposers.enumerator.contenders import Contender, Effort
from bench.proposers.enumerator.examples import Examples
from bench.proposers.enumerator.language import BITS, Expr, choice_bits, constant_bits, predicate
from targets.kinds import BINARY

HIGHEST_DEGREE = 3
MOST_MONOMIALS = 2700
"""As all pairs are tried, the degree is lowered until there are no more monomials than this.

It is 3 for up to 25 positions, and 2 for up to 72.
"""

Monomial = tuple[int, ...]


def contenders(examples: Examples, effort: Effort) -> Iterator[Contender]:
    """Polynomials of one, two, three monomials. A set costs log2 of the number of such sets."""
    if examples.kind is not BINARY or examples.shortest != examples.longest:
        return
    masks = _monomials(examples)
    if len(masks) < 3:
        return
    costs = {k: 2 + BITS["bool"] + constant_bits(k) + choice_bits(len(masks), k) for k in (1, 2, 3)}
    first_with = {mask: monomial for monomial, mask in reversed(masks)}
    yield Contender(costs[1])
    if monomial := first_with.get(examples.target):
        yield Contender(costs[1], _polynomial((monomial,), costs[1]))
    yield Contender(costs[2])
    yield from _completed(((), 0), masks, first_with, costs[2], examples)
    yield Contender(costs[3])
    for i, (monomial, mask) in enumerate(masks):
        effort.spend(len(masks) - i)
        yield from _completed(((monomial,), mask), masks[i + 1 :], first_with, costs[3], examples)


def _monomials(examples: Examples) -> list[tuple[Monomial, int]]:
    """Products of positions, each with a mask of the examples on which it is 1.

    The empty product is the constant 1.
    """
    size = examples.shortest
    ones = examples.having("1")
    masks: list[tuple[Monomial, int]] = [((), examples.everything)]
    latest = masks
    for _ in range(HIGHEST_DEGREE):
        latest = [
            ((*monomial, i), mask & ones[i])
            for monomial, mask in latest
            for i in range(monomial[-1] + 1 if monomial else 0, size)
        ]
        if len(masks) + len(latest) > MOST_MONOMIALS:
            break
        masks = masks + latest
    return masks


def _completed(
    given: tuple[tuple[Monomial, ...], int],
    masks: list[tuple[Monomial, int]],
    first_with: dict[int, Monomial],
    bits: float,
    examples: Examples,
) -> Iterator[Contender]:
    """The polynomials that give the labels: those given, one of `masks`, and the one missing."""
    monomials, missing = given[0], given[1] ^ examples.target
    for monomial, mask in masks:
        last = first_with.get(mask ^ missing)
        if last is not None and (len(last), last) > (len(monomial), monomial):
            yield Contender(bits, _polynomial((*monomials, monomial, last), bits))


def _polynomial(monomials: tuple[Monomial, ...], bits: float) -> Expr:
    source = f"sum(all(x[i] == '1' for i in term) for term in {monomials}) % 2 == 1"

    def run(x: str) -> bool:
        parity = 0
        for monomial in monomials:
            parity ^= all(x[i] == "1" for i in monomial)
        return parity == 1

    return predicate(bits, source, run)
