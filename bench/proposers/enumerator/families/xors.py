"""XOR over a subset of positions, found by elimination over GF(2), the sparsest first."""

from collections.abc import Iterator, Sequence

from bench.proposers.enumerator.contenders import Contender, Effort
from bench.proposers.enumerator.examples import Examples
from bench.proposers.enumerator.families.gf2 import sparse_solutions
from bench.proposers.enumerator.language import BITS, Expr, choice_bits, constant_bits, predicate


def contenders(examples: Examples, effort: Effort) -> Iterator[Contender]:
    """Parities of few positions, and their complements.

    A subset costs log2 of the number of subsets of its size.
    """
    size = examples.shortest
    if len(examples.symbols) != 2 or size < 2 or size != examples.longest:
        return
    one = examples.symbols[1]
    yield Contender(_bits(1, size))
    columns = examples.having(one)
    found: list[tuple[float, int, tuple[int, ...]]] = []
    for flip, right in enumerate((examples.target, examples.target ^ examples.everything)):
        solutions = filter(None, sparse_solutions(columns, right, effort))
        found += [(_bits(len(chosen), size), flip, chosen) for chosen in solutions]
    for bits, flip, chosen in sorted(found):
        yield Contender(bits, _parity(chosen, one, flip, bits))


def _bits(k: int, size: int) -> float:
    return BITS["bool"] + 1 + 1 + constant_bits(k) + choice_bits(size, k)


def _parity(positions: Sequence[int], one: str, flip: int, bits: float) -> Expr:
    inside = ", ".join(map(str, positions)) + ("," if len(positions) == 1 else "")
    return predicate(
        bits,
        f"sum(x[i] == {one!r} for i in ({inside})) % 2 == {1 - flip}",
        lambda x: sum(x[i] == one for i in positions) % 2 == 1 - flip,
    )
