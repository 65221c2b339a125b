"""Expressions in order of cost, bottom up: each production is applied to all cheaper arguments.

Of those that behave alike on the examples, only the first is kept.
"""

import heapq
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import count, product
from operator import eq
from sys import getsizeof
from typing import Any

from bench.proposers.enumerator.contenders import Contender, Effort
from bench.proposers.enumerator.examples import Examples, mask_of
from bench.proposers.enumerator.families import arithmetic, graphs, strings
from bench.proposers.enumerator.language import BITS, Expr, Op, Type, X, constant, constant_bits
from targets.kinds import GRAPH

MOST_BITS = 24
"""The highest cost of a term."""
MOST_TERMS = {"text": 200, "int": 6000, "bool": 3000, "constant": 64}
"""How many terms of each type are kept, the cheapest ones."""

_XOR = Op(("bool", "bool"), "bool", BITS["bool"], "(({0}) != ({1}))", lambda p, q: p != q)
_AND = Op(("bool", "bool"), "bool", BITS["bool"], "(({0}) and ({1}))", lambda p, q: p and q)
_OR = Op(("bool", "bool"), "bool", BITS["bool"], "(({0}) or ({1}))", lambda p, q: p or q)
_SAME = Op(("text", "text"), "bool", BITS["bool"], "{0} == {1}", lambda s, t: s == t)
_NOT_SAME = Op(("text", "text"), "bool", BITS["bool"], "{0} != {1}", lambda s, t: s != t)


@dataclass(frozen=True, slots=True, eq=False)
class Term:
    """An expression with its values on the examples."""

    expr: Expr
    values: tuple[Any, ...]


@dataclass
class _Terms:
    """The terms that are kept, by type and cost, and the behaviours that were seen."""

    at: dict[tuple[Type, int], list[Term]] = field(default_factory=lambda: defaultdict(list))
    seen: dict[Type, set[tuple[Any, ...]]] = field(default_factory=lambda: defaultdict(set))

    def full(self, gives: Type) -> bool:
        """Whether there is no room for another term of this type."""
        return len(self.seen[gives]) >= MOST_TERMS[gives]

    def keep(self, term: Term, bits: int) -> bool:
        """Keep the term if it is new and there is room; whether that was so."""
        # Terms come in the order of their cost, so the first of a behaviour is the cheapest.
        seen = self.seen[term.expr.op.gives]
        if self.full(term.expr.op.gives) or term.values in seen:
            return False
        seen.add(term.values)
        self.at[term.expr.op.gives, bits].append(term)
        return True


def contenders(examples: Examples, effort: Effort) -> Iterator[Contender]:
    """Every predicate of the grammar, in order of cost."""
    if examples.kind.argument == "features":
        return
    productions = [*strings.productions(examples), *arithmetic.productions(examples)]
    if examples.kind is GRAPH:
        productions = [*graphs.productions(), *arithmetic.productions(examples)]
    # A pair of predicates costs more than either, and waits until the others have come so far. The
    # numbers of `order` keep contenders, which have no order, from being compared.
    terms, logic, order = _Terms(), _Logic(examples), count()
    waiting: list[tuple[float, int, Contender]] = []
    for bits in range(1, MOST_BITS + 1):
        new = []
        for term in _level(bits, terms, productions, examples):
            kept = terms.keep(term, bits)
            effort.spend(size=sum(map(_size, term.values)) if kept else 0)
            new += [term] * kept
        for expr, mask in _predicates(bits, new, terms, examples):
            effort.spend()
            for contender in logic.add(expr, mask):
                heapq.heappush(waiting, (contender.bits, next(order), contender))
        while waiting and waiting[0][0] <= bits:
            yield heapq.heappop(waiting)[2]
        yield Contender(bits)
    while waiting:
        yield heapq.heappop(waiting)[2]


def _level(
    bits: int, terms: _Terms, productions: Sequence[Op], examples: Examples
) -> Iterator[Term]:
    """The terms that cost exactly `bits`."""
    if bits == X.bits:
        yield Term(X, examples.values)
    for value in range(1, MOST_TERMS["constant"]):
        if constant_bits(value) == bits:
            yield Term(constant(value), (value,))
    for op in productions:
        for arguments in _arguments(op, int(bits - op.bits), terms):
            if terms.full(op.gives):
                break  # what it gives would be thrown away, and to run it is what takes the time
            values = _apply(op, arguments, len(examples.labels))
            if values is not None:
                yield Term(Expr(op, tuple(term.expr for term in arguments)), values)


def _arguments(op: Op, bits: int, terms: _Terms) -> Iterator[tuple[Term, ...]]:
    """The tuples of terms that fit the production and cost `bits` together."""
    if len(op.takes) == 1:
        yield from ((term,) for term in terms.at[op.takes[0], bits])
    else:
        for first in range(1, bits):
            yield from product(terms.at[op.takes[0], first], terms.at[op.takes[1], bits - first])


def _apply(op: Op, arguments: tuple[Term, ...], size: int) -> tuple[Any, ...] | None:
    """The production's values on the examples; None where it is undefined on one of them."""
    columns = [
        term.values * size if term.expr.op.gives == "constant" else term.values
        for term in arguments
    ]
    try:
        values = tuple(map(op.run, *columns))
    except (ValueError, ArithmeticError):
        return None
    return None if None in values else values


def _size(value: Any) -> int:
    """The bytes that a value takes. Python shares small ints, so they take only the reference."""
    return 8 if isinstance(value, int) and abs(value) < 256 else 8 + getsizeof(value)


def _predicates(
    bits: int, new: Sequence[Term], terms: _Terms, examples: Examples
) -> Iterator[tuple[Expr, int]]:
    """Predicates of the new terms: comparisons of numbers, and equality with earlier strings."""
    for term in new:
        if term.expr.op.gives == "int":
            yield from arithmetic.predicates(term.expr, term.values, examples)
        elif term.expr.op.gives == "text":
            yield from _equalities(term, bits, terms, examples)


def _equalities(
    term: Term, bits: int, terms: _Terms, examples: Examples
) -> Iterator[tuple[Expr, int]]:
    """Whether the term is the same string as each one before it, where it ever is."""
    for earlier in [other for at in range(1, bits + 1) for other in terms.at["text", at]]:
        if earlier is term:
            break
        if any(map(eq, earlier.values, term.values)):
            same = mask_of(map(eq, earlier.values, term.values))
            yield Expr(_SAME, (earlier.expr, term.expr)), same
            yield Expr(_NOT_SAME, (earlier.expr, term.expr)), examples.everything ^ same


class _Logic:
    """Predicates, single and in pairs. A partner is looked up by what it has to predict."""

    def __init__(self, examples: Examples) -> None:
        self.examples = examples
        self.by_mask: dict[int, Expr] = {}
        self.covering: list[tuple[int, Expr]] = []
        self.covered: list[tuple[int, Expr]] = []

    def add(self, expr: Expr, mask: int) -> Iterator[Contender]:
        """The contenders that this predicate adds: none, where an earlier one behaves alike."""
        target, everything = self.examples.target, self.examples.everything
        if mask == target:
            yield Contender(expr.bits, expr)
            return
        says_nothing = mask in (0, everything)
        if mask in self.by_mask or says_nothing or len(self.by_mask) >= MOST_TERMS["bool"]:
            return
        yield Contender(expr.bits, expr, self.examples.wrong(mask))
        # p != q is right everywhere where q is p with the target's bits flipped, and nothing else.
        if partner := self.by_mask.get(mask ^ target):
            yield _joined(_XOR, partner, expr)
        # Both parts of a right conjunction hold wherever the target does; of a right disjunction
        # neither holds elsewhere. So most predicates never get into the lists.
        if target & ~mask == 0:
            for held, other in self.covering:
                if held & mask == target:
                    yield _joined(_AND, other, expr)
            self.covering.append((mask, expr))
        if mask & ~target == 0:
            for held, other in self.covered:
                if held | mask == target:
                    yield _joined(_OR, other, expr)
            self.covered.append((mask, expr))
        self.by_mask[mask] = expr


def _joined(op: Op, left: Expr, right: Expr) -> Contender:
    expr = Expr(op, (left, right))
    return Contender(expr.bits, expr)
