"""One search: the families merged in order of cost, and the ranking of the programs they find."""

import heapq
from collections.abc import Callable, Iterator
from itertools import chain, zip_longest

from bench.proposers.enumerator import grammar
from bench.proposers.enumerator.candidates import Candidate, Effort, Exhausted
from bench.proposers.enumerator.examples import Examples
from bench.proposers.enumerator.families import (
    bracket_matching,
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


def _constants(examples: Examples, _: Effort | None = None) -> Iterator[Candidate]:
    """The two programs that don't look at their input.

    A bit tells them apart. They are there whatever is spent.
    """
    for label in (0, 1):
        expr = Expr(Op((), "bool", 1, str(label), lambda label=label: label))
        yield Candidate(expr.bits, expr, examples.labels.count(1 - label))


Family = Callable[[Examples, Effort], Iterator[Candidate]]
FAMILIES: tuple[Family, ...] = (
    _constants,
    grammar.candidates,
    substrings.candidates,
    xors.candidates,
    polynomials.candidates,
    local_rules.candidates,
    bracket_matching.candidates,
    primes.candidates,
    rules.candidates,
    trees.candidates,
    votes.candidates,
)
MEMORY_BYTES = 256 << 20
NEAREST = 32
"""How many of the programs that are wrong somewhere are kept of each family, for the case that none
is right.
"""


class Ranking:
    """The programs for one set of examples, cheapest consistent first; found as they are asked for."""

    def __init__(self, examples: Examples, seconds: float) -> None:
        self.examples = examples
        self.effort = Effort(seconds, MEMORY_BYTES)
        self._probes = probes(examples)
        self._behaviours: set[bytes] = set()
        self._ranking: list[Candidate] = []
        self._nearest: dict[Family, list[Candidate]] = {family: [] for family in FAMILIES}
        self._found = self._ranked()

    def ranked(self, k: int) -> Candidate:
        """The k-th (from 1) program: the consistent ones by cost, then the near misses.

        No two of them behave alike on the probes. Past the last one, they begin again from the
        first.
        """
        with self.effort:
            while len(self._ranking) < k and (candidate := next(self._found, None)):
                self._ranking.append(candidate)
        return self._ranking[(k - 1) % len(self._ranking)]

    def _ranked(self) -> Iterator[Candidate]:
        for candidate in chain(self._consistent(), self._near_misses()):
            found = behaviour(candidate.program, self._probes)
            if found not in self._behaviours:
                self._behaviours.add(found)
                yield candidate

    def _consistent(self) -> Iterator[Candidate]:
        """The consistent programs in order of cost, until the families or their effort are exhausted."""
        streams = [self._stream(family) for family in FAMILIES] if self.examples.labels else []
        try:
            for candidate, family in heapq.merge(*streams, key=lambda found: found[0].bits):
                if candidate.expr and not candidate.wrong:
                    yield candidate
                elif candidate.expr and 2 * candidate.wrong < len(self.examples.labels):
                    self._remember(candidate, self._nearest[family])
        except Exhausted:
            pass

    def _stream(self, family: Family) -> Iterator[tuple[Candidate, Family]]:
        return ((candidate, family) for candidate in family(self.examples, self.effort))

    def _remember(self, candidate: Candidate, nearest: list[Candidate]) -> None:
        nearest.append(candidate)
        if len(nearest) > 8 * NEAREST:
            nearest[:] = [
                *sorted(nearest, key=_errors)[:1],
                *sorted(nearest, key=self._two_parts)[:NEAREST],
            ]

    def _near_misses(self) -> Iterator[Candidate]:
        """The program with the fewest errors, then the families' best in turn, so that the attempts differ in form.

        A family's best is the one with the shortest two-part description: the program, and a list
        of its errors (Rissanen 1978). Last come the constants, for the case that there is nothing
        else.
        """
        yield from sorted(chain(*self._nearest.values()), key=_errors)[:1]
        by_family = [sorted(nearest, key=self._two_parts) for nearest in self._nearest.values()]
        for best in zip_longest(*by_family):
            yield from sorted(filter(None, best), key=self._two_parts)
        yield from sorted(_constants(self.examples), key=_errors)

    def _two_parts(self, candidate: Candidate) -> float:
        return candidate.bits + choice_bits(len(self.examples.labels), candidate.wrong)


def _errors(candidate: Candidate) -> tuple[int, float]:
    return candidate.wrong, candidate.bits
