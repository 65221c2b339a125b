"""Linear systems over GF(2): sparse x with A x = b, columns and right side as integers of one bit an equation."""

import random
from collections.abc import Iterator, Sequence
from itertools import combinations

from bench.proposers.enumerator.candidates import Effort

MOST_FREE = 12
"""Up to this dimension the null space is listed whole."""
ROUNDS = 200
"""Beyond it: how many random information sets are tried."""


def sparse_solutions(
    columns: Sequence[int], right: int, effort: Effort
) -> Iterator[tuple[int, ...]]:
    """Sets of columns that XOR to `right`, each once: all there are, or the sparsest found among too many.

    Where the null space is too large to list, information sets are drawn as in Prange's and Lee and
    Brickell's decoders of random linear codes: with the pivots of a random column order, all but at
    most two of the columns of a solution must be pivots. The shuffles are seeded, the result is the
    same on every machine.
    """
    order = list(range(len(columns)))
    shuffle = random.Random(0)  # noqa: S311 - not for secrets
    seen: set[tuple[int, ...]] = set()
    for _ in range(ROUNDS):
        pivots, free = _eliminate(columns, order)
        start = _reduce(right, pivots)
        if start is None:
            return
        kernel = [(_reduce(columns[j], pivots) or frozenset()) ^ {j} for j in free]
        everything = len(free) <= MOST_FREE
        for size in range(len(free) + 1 if everything else 3):
            for chosen in combinations(kernel, size):
                effort.spend()
                solution = start
                for vector in chosen:
                    solution ^= vector
                # A solution as dense as chance would have it says nothing, and there are very many.
                if (everything or 4 * len(solution) < len(pivots)) and (
                    found := tuple(sorted(solution))
                ) not in seen:
                    seen.add(found)
                    yield found
        if everything:
            return
        shuffle.shuffle(order)


def _eliminate(
    columns: Sequence[int], order: Sequence[int]
) -> tuple[dict[int, tuple[int, frozenset[int]]], list[int]]:
    """A basis of the column space by lowest bit, each vector with the columns it is the sum of; the dependent ones."""
    basis: dict[int, tuple[int, frozenset[int]]] = {}
    free = []
    for j in order:
        vector, sources = columns[j], frozenset([j])
        while vector and (low := vector & -vector) in basis:
            vector ^= basis[low][0]
            sources ^= basis[low][1]
        if vector:
            basis[vector & -vector] = (vector, sources)
        else:
            free.append(j)
    return basis, free


def _reduce(vector: int, basis: dict[int, tuple[int, frozenset[int]]]) -> frozenset[int] | None:
    """The independent columns that XOR to `vector`, None where they do not span it."""
    sources: frozenset[int] = frozenset()
    while vector:
        if (low := vector & -vector) not in basis:
            return None
        vector ^= basis[low][0]
        sources ^= basis[low][1]
    return sources
