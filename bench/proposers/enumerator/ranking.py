"""One search: the families merged in order of cost, and the ranking of the programs they find."""

import heapq
from collections.abc import Callable, Iterator
from itertools import chain, zip_longest

from bench.proposers.enumerator import grammar
from bench.proposers.enumerator.contenders import Contender, Effort, Exhausted
from bench.proposers.enumerator.examples import Examples
from bench.proposers.enumerator.families import (
    bracket_matching,
    local_rules,
    polynomials,
    primality,
    rules,
    substrings,
    trees,
    votes,
    xors,
)
from bench.proposers.enumerator.language import Expr, Op, choice_bits
from bench.proposers.enumerator.probes import behaviour, probes


def _constants(examples: Examples, _effort: Effort) -> Iterator[Contender]:
    """The two programs that ignore their input, at the cost of one bit. They need no effort."""
    for label in (0, 1):
        expr = Expr(Op((), "bool", 1, str(label), lambda label=label: label))
        yield Contender(expr.bits, expr, examples.labels.count(1 - label))


Family = Callable[[Examples, Effort], Iterator[Contender]]
FAMILIES: tuple[Family, ...] = (
    _constants,
    grammar.contenders,
    substrings.contenders,
    xors.contenders,
    polynomials.contenders,
    local_rules.contenders,
    bracket_matching.contenders,
    primality.contenders,
    rules.contenders,
    trees.contenders,
    votes.contenders,
)
MEMORY_BYTES = 256 << 20
NEAREST = 32
"""How many programs with errors are kept of each family, in case none without errors is found."""


class Ranking:
    """The programs for one set of examples: those that fit, cheapest first; then near misses.

    They are searched for only as far as they are asked for.
    """

    def __init__(self, examples: Examples, seconds: float) -> None:
        self.examples = examples
        self.effort = Effort(seconds, MEMORY_BYTES)
        self._probes = probes(examples)
        self._behaviours: set[bytes] = set()
        self._ranking: list[Contender] = []
        self._nearest: dict[Family, list[Contender]] = {family: [] for family in FAMILIES}
        self._found = self._ranked()

    def ranked(self, k: int) -> Contender:
        """The k-th program, counted from 1. No two behave alike on the probes.

        After the last one they start again with the first.
        """
        with self.effort:
            while len(self._ranking) < k and (contender := next(self._found, None)):
                self._ranking.append(contender)
        return self._ranking[(k - 1) % len(self._ranking)]

    def _ranked(self) -> Iterator[Contender]:
        for contender in chain(self._consistent(), self._near_misses()):
            found = behaviour(contender.program, self._probes)
            if found not in self._behaviours:
                self._behaviours.add(found)
                yield contender

    def _consistent(self) -> Iterator[Contender]:
        """The programs without errors in order of cost, until families or effort are exhausted."""
        streams = [self._stream(family) for family in FAMILIES] if self.examples.labels else []
        try:
            # The merge looks at the next of every family, so milestones let it pass by one that
            # searches long for its next.
            for contender, family in heapq.merge(*streams, key=lambda found: found[0].bits):
                if contender.expr and not contender.wrong:
                    yield contender
                elif contender.expr and 2 * contender.wrong < len(self.examples.labels):
                    self._remember(contender, self._nearest[family])
        except Exhausted:
            pass

    def _stream(self, family: Family) -> Iterator[tuple[Contender, Family]]:
        return ((contender, family) for contender in family(self.examples, self.effort))

    def _remember(self, contender: Contender, nearest: list[Contender]) -> None:
        nearest.append(contender)
        # Sorted once in a while: there may be hundreds of thousands of them.
        if len(nearest) > 8 * NEAREST:
            fewest_errors = min(nearest, key=_errors)
            nearest[:] = [fewest_errors, *sorted(nearest, key=self._two_parts)[:NEAREST]]

    def _near_misses(self) -> Iterator[Contender]:
        """The program with the fewest errors, then each family's best in turn, the second best, ...

        Taking turns makes the attempts differ in form. Best is the shortest two-part description,
        of the program and of its errors (Rissanen 1978). Last come the constants, in case there is
        nothing else.
        """
        yield from sorted(chain(*self._nearest.values()), key=_errors)[:1]
        by_family = [sorted(nearest, key=self._two_parts) for nearest in self._nearest.values()]
        for best in zip_longest(*by_family):
            yield from sorted(filter(None, best), key=self._two_parts)
        yield from sorted(_constants(self.examples, self.effort), key=_errors)

    def _two_parts(self, contender: Contender) -> float:
        """The bits of the program, and of saying which examples it is wrong on."""
        return contender.bits + choice_bits(len(self.examples.labels), contender.wrong)


def _errors(contender: Contender) -> tuple[int, float]:
    return contender.wrong, contender.bits
