"""The targets over strings of 0 and 1 whose rules are drawn for each length: some bits of all."""

import hashlib
from dataclasses import replace
from functools import cache, partial

from targets import kinds
from targets.base import LENGTHS, Rule, one_by_one
from targets.bit_stream import Words
from targets.drawn import Drawn
from targets.families.binary import parity_target, sample_by_label

Monomials = tuple[tuple[int, ...], ...]

PUBLIC_POLYNOMIAL = "poly_f2_deg3:2"
"""What the polynomial of `poly_f2_deg3` is drawn from."""


@cache
def coordinates(count: int, name: str, length: int) -> tuple[int, ...]:
    """The `count` coordinates whose parity is the label of the target of this name."""
    ranked = sorted(
        range(length),
        key=lambda i: hashlib.sha256(f"{name}:{length}:{i}".encode()).digest(),
    )
    return tuple(sorted(ranked[:count]))


def _parity_rand(count: int, *, fn: str, name: str) -> Rule:
    return parity_target(
        fn,
        name,
        rule=f"parity of {count} fixed bits",
        where=partial(coordinates, count, name),
        least=count,
        per_length=True,
    )


def _parity_of_k(*, fn: str, name: str, **params: int) -> Rule:
    return replace(_parity_rand(params["k"], fn=fn, name=name), paper=False)


@cache
def monomials(degree: int, terms: int, text: str, length: int) -> Monomials:
    """The monomials of a polynomial at this length: so many of this degree, no coordinate twice."""
    where = Words(f"{text}:{length}").order(length)
    return tuple(tuple(sorted(where[i : i + degree])) for i in range(0, degree * terms, degree))


def _polynomial(degree: int, terms: int, text: str, x: str) -> int:
    ones = {i for i, bit in enumerate(x) if bit == "1"}
    return sum(map(ones.issuperset, monomials(degree, terms, text, len(x)))) % 2


def _sum_of_terms(*, fn: str, name: str, degree: int, terms: int, text: str = "") -> Rule:
    """The polynomial that is drawn from a text: from the target's name, if there is no other."""
    label = partial(_polynomial, degree, terms, text or f"rule:{name}")
    return Rule(
        fn=fn,
        name=name,
        family="arithmetic",
        kind=kinds.BINARY,
        rule=f"a fixed sum of {terms} monomials of degree {degree} over GF(2)",
        lengths=LENGTHS,
        label=label,
        draw=one_by_one(partial(sample_by_label, label)),
        paper=False,
        least=max(8, degree * terms),
        per_length=True,
    )


def _with_dials(*, fn: str, name: str, **params: int) -> Rule:
    return _sum_of_terms(fn=fn, name=name, degree=params["degree"], terms=params["terms"])


PARITIES = (
    Drawn("fn_e", "parity_rand_3", partial(_parity_rand, 3)),
    Drawn("fn_f", "parity_rand_10", partial(_parity_rand, 10)),
)
PARITY = Drawn("parity_rand", "parity_rand", _parity_of_k, {"k": range(1, 101)})
POLYNOMIAL_OF_DEGREE_3 = Drawn(
    "poly_f2_deg3",
    "poly_f2_deg3",
    partial(_sum_of_terms, degree=3, terms=3),
    public=partial(_sum_of_terms, degree=3, terms=3, text=PUBLIC_POLYNOMIAL),
)
POLYNOMIAL = Drawn(
    "poly_f2", "poly_f2", _with_dials, {"degree": range(1, 7), "terms": range(1, 11)}
)
