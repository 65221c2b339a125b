"""One search: the families merged in order of cost, and the ranking of the programs they find."""

import heapq
from collections.abc import Iterator

from bench.proposers.enumerator import grammar
from bench.proposers.enumerator.candidates import Candidate, Effort, Exhausted
from bench.proposers.enumerator.examples import Examples
from bench.proposers.enumerator.families import (
    brackets,
    local_rules,
    polynomials,
    primes,
    rules,
    substrings,
    trees,
    votes,
    xors,
)
from bench.proposers.enumerator.language import Expr, Op, choice_bits
from bench.proposers.enumerator.probes import behaviour, probes

FAMILIES = (
    grammar.search,
    substrings.search,
    xors.search,
    polynomials.search,
    local_rules.search,
    brackets.search,
    primes.search,
    rules.search,
    trees.search,
    votes.search,
)
MEMORY_BYTES = 256 << 20
NEAREST = 32
"""How many of the programs that are wrong somewhere are kept for the case that none is right."""


class Search:
    """The programs for one set of examples, cheapest consistent first; found as they are asked for."""

    def __init__(self, examples: Examples, seconds: float) -> None:
        self.examples = examples
        self.effort = Effort(seconds, MEMORY_BYTES)
        self._probes = probes(examples)
        self._behaviours: set[bytes] = set()
        self._ranking: list[Candidate] = []
        self._nearest: list[Candidate] = []
        self._found = self._consistent()

    def ranked(self, k: int) -> Candidate:
        """The k-th (from 1) program: consistent ones by cost, then the others by errors and cost.

        No two of them behave alike on the probes. Past the last one, they begin again from the first.
        """
        with self.effort:
            while len(self._ranking) < k and (candidate := next(self._found, None)):
                self._ranking.append(candidate)
        return self._ranking[(k - 1) % len(self._ranking)]

    def _consistent(self) -> Iterator[Candidate]:
        """The consistent programs in order of cost; after the last, the near misses."""
        # A program that costs as much as the labels themselves explains nothing.
        most_bits = len(self.examples.labels)
        streams = [family(self.examples, self.effort) for family in FAMILIES] if self.examples.labels else []
        try:
            for candidate in heapq.merge(*streams, key=lambda candidate: candidate.bits):
                if candidate.bits > most_bits:
                    break
                if candidate.expr is None:
                    continue
                if candidate.wrong:
                    self._remember(candidate)
                elif self._is_new(candidate.expr):
                    yield candidate
        except Exhausted:
            pass
        for near in self._near_misses():
            if near.expr and self._is_new(near.expr):
                yield near

    def _near_misses(self) -> list[Candidate]:
        """The one with the fewest errors first, the others by the bits of the program and of the list of its errors.

        Last come the constants, for the case that there is nothing else.
        """
        size = len(self.examples.labels)
        by_length = sorted(self._nearest, key=lambda near: near.bits + choice_bits(size, near.wrong))
        constants = sorted((_always(label, self.examples) for label in (0, 1)), key=_nearness)
        return [*sorted(self._nearest, key=_nearness)[:1], *by_length, *constants]

    def _remember(self, candidate: Candidate) -> None:
        self._nearest.append(candidate)
        if len(self._nearest) > 8 * NEAREST:
            self._nearest = self._near_misses()[:NEAREST]

    def _is_new(self, expr: Expr) -> bool:
        found = behaviour(expr, self._probes)
        if found in self._behaviours:
            return False
        self._behaviours.add(found)
        return True


def _nearness(candidate: Candidate) -> tuple[int, float]:
    return candidate.wrong, candidate.bits


def _always(label: int, examples: Examples) -> Candidate:
    expr = Expr(Op((), "bool", 1, str(label), lambda: label))
    return Candidate(expr.bits, expr, examples.wrong(examples.everything * label))
