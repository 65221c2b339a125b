"""Linear systems over GF(2): sparse x with A x = b.

The columns of A, and b, are integers that have a bit for each equation.
"""

import random
from collections.abc import Iterator, Sequence
from itertools import combinations

from bench.proposers.enumerator.contenders import Effort

MOST_FREE = 12
"""A null space of up to this dimension is listed completely."""
ROUNDS = 200
"""How many random information sets are tried for a larger one."""


def sparse_solutions(
    columns: Sequence[int], right: int, effort: Effort
) -> Iterator[tuple[int, ...]]:
    """Sets of columns that XOR to `right`, each once: all of them or, of too many, sparse ones.

    Where the null space is too large to list, information sets are drawn, as in the decoders of
    random linear codes by Prange and by Lee and Brickell: for the pivots of a random order of the
    columns, solutions are tried that have at most two columns beside the pivots. The seed is
    fixed, so that the result is the same on every machine.
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
                found = tuple(sorted(solution))
                # Dense solutions exist by chance alone, and there are very many of them.
                is_worth_it = everything or 4 * len(solution) < len(pivots)
                if is_worth_it and found not in seen:
                    seen.add(found)
                    yield found
        if everything:
            return
        shuffle.shuffle(order)


def _eliminate(
    columns: Sequence[int], order: Sequence[int]
) -> tuple[dict[int, tuple[int, frozenset[int]]], list[int]]:
    """A basis of the column space by lowest bit, and the columns that depend on the others.

    Each vector of the basis comes with the columns whose sum it is.
    """
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
    """The independent columns that XOR to `vector`; None where none do."""
    sources: frozenset[int] = frozenset()
    while vector:
        if (low := vector & -vector) not in basis:
            return None
        vector ^= basis[low][0]
        sources ^= basis[low][1]
    return sources
