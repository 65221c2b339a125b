"""Each family learns a rule of its kind from examples without noise, and generalizes to others."""

import math
import random
from collections.abc import Callable, Iterator
from itertools import count
from types import ModuleType
from typing import Any

import pytest

from bench.proposers.enumerator import grammar
from bench.proposers.enumerator.contenders import Contender, Effort
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
from bench.proposers.enumerator.ranking import Ranking
from tests.targets.naive import is_prime

Draw = Callable[[random.Random], str]
Rule = Callable[[Any], Any]


def bits(length: int) -> Draw:
    return lambda rng: f"{rng.getrandbits(length):0{length}b}"


def digits(length: int) -> Draw:
    return lambda rng: str(rng.randrange(10 ** (length - 1), 10**length))


def graph(rng: random.Random) -> str:
    return "".join(
        f"u{rng.randrange(12):02}v{rng.randrange(12):02}" for _ in range(rng.randint(8, 12))
    )


def word(rng: random.Random) -> str:
    """A word of brackets as codes of two bits, balanced or with one code exchanged."""
    left = 12
    codes: list[str] = []
    opened: list[str] = []
    while left or opened:
        if left > len(opened) and (not opened or rng.random() < 0.5):
            opened.append(rng.choice(("0001", "1011")))
            codes.append(opened[-1][:2])
        else:
            codes.append(opened.pop()[2:])
        left -= 1
    if rng.random() < 0.5:
        codes[rng.randrange(len(codes))] = rng.choice(("00", "01", "10", "11"))
    return "".join(codes)


def matched(x: str) -> bool:
    text = "".join("()[]"[int(x[i : i + 2], 2)] for i in range(0, len(x), 2))
    while (shorter := text.replace("()", "").replace("[]", "")) != text:
        text = shorter
    return not text


def row(rng: random.Random) -> str:
    numbers = f"a:{rng.uniform(0, 9):.2f},b:{rng.uniform(-5, 5):.1f}"
    return f"{numbers},c:{rng.choice('rgb')},d:{rng.randint(0, 1)}"


def near_prime(rng: random.Random) -> str:
    n = rng.randrange(10**14, 10**15)
    if rng.random() < 0.5:
        return str(n)
    return str(next(filter(is_prime, count(n + 1))) + 6)


def stepped(x: str, rule: int) -> int:
    padded = f"0{x}0"
    return sum(rule >> int(padded[i : i + 3], 2) & 1 for i in range(len(x)))


CASES: dict[str, tuple[ModuleType, Draw, Rule]] = {
    "slices and strides": (grammar, bits(24), lambda x: x[3:][::2].count("1") % 2),
    "reverse and equality": (
        grammar,
        lambda r: (h := bits(9)(r)) + (h[::-1] if r.random() < 0.5 else bits(9)(r)),
        lambda x: x == x[::-1],
    ),
    "length": (grammar, lambda r: "01"[r.getrandbits(1)] * r.randint(5, 30), lambda x: len(x) % 2),
    "digit sum": (grammar, digits(12), lambda x: sum(map(int, x)) >= 54),
    "count and modulus": (grammar, digits(30), lambda x: x.count("7") % 3 == 0),
    "value": (grammar, digits(9), lambda x: int(x) % 7 == 3),
    "comparison": (grammar, digits(6), lambda x: int(x[:3]) >= 517),
    "gcd": (grammar, digits(6), lambda x: math.gcd(int(x[:3]), int(x[3:])) == 1),
    "and": (grammar, bits(20), lambda x: x.count("1") % 2 == 1 and x[:10].count("1") >= 5),
    "or": (grammar, bits(20), lambda x: x.count("1") % 2 == 1 or x[:10].count("1") >= 7),
    "xor": (
        grammar,
        lambda r: (h := bits(9)(r)) + (h if r.random() < 0.5 else bits(9)(r)),
        lambda x: (x[::2].count("1") % 2 == 1) != (x[:9] == x[9:]),
    ),
    "not": (grammar, bits(20), lambda x: x.count("11") != 4),
    "edges, nodes, components": (
        grammar,
        graph,
        lambda x: len(x) // 6 - len({x[i + 1 : i + 3] for i in range(0, len(x), 3)}) >= 2,
    ),
    "substring": (substrings, bits(40), lambda x: "10110" in x),
    "no substring": (substrings, bits(40), lambda x: "10110" not in x),
    "xor of positions": (
        xors,
        bits(60),
        lambda x: sum(x[i] == "1" for i in (3, 17, 20, 44, 59)) % 2,
    ),
    "xor of products": (
        polynomials,
        bits(20),
        lambda x: (x[1] + x[7] == "11") ^ (x[3] + x[9] == "11") ^ (x[4] == "1"),
    ),
    "local rule, parity": (local_rules, bits(30), lambda x: stepped(x, 30) % 2),
    "local rule, count": (local_rules, bits(30), lambda x: stepped(x, 110) >= 18),
    "brackets": (bracket_matching, word, matched),
    "primes": (primality, near_prime, lambda x: is_prime(int(x) - 6)),
    "threshold": (rules, row, lambda x: x["a"] < 4.5),
    "category": (rules, row, lambda x: x["c"] == "g"),
    "rule of three": (rules, row, lambda x: x["a"] >= 2 and x["b"] < 2 and x["c"] != "r"),
    "tree": (trees, row, lambda x: x["b"] < 0 if x["c"] == "r" else x["d"] == 1),
    "vote": (votes, row, lambda x: (x["c"] == "r") + (x["a"] < 4.5) + (x["b"] < 0) >= 2),
}


def made(draw: Draw, rule: Rule, n: int, seed: int) -> Examples:
    """`n` examples, both labels equally often."""
    rng, wanted = random.Random(seed), n // 2
    of: dict[int, list[str]] = {0: [], 1: []}
    while min(map(len, of.values())) < wanted:
        text = draw(rng)
        value = Examples((text,), (0,)).values[0]
        if len(same := of[int(rule(value))]) < wanted:
            same.append(text)
    pairs = [(text, label) for label in of for text in of[label]]
    rng.shuffle(pairs)
    return Examples(tuple(text for text, _ in pairs), tuple(label for _, label in pairs))


def examples_of(draw: Draw, rule: Rule) -> tuple[Examples, Examples]:
    """To learn from, and to be tried on."""
    # A threshold takes more of them to be found.
    return made(draw, rule, 160 if draw is row else 60, 1), made(draw, rule, 300, 2)


def accuracy(contender: Contender, examples: Examples) -> float:
    right = sum(
        int(contender.program(x)) == y
        for x, y in zip(examples.values, examples.labels, strict=True)
    )
    return right / len(examples.labels)


def until_consistent(found: Iterator[Contender]) -> Iterator[Contender]:
    """The contenders up to the first one without an error, and the others of the same cost.

    It is the cheapest. What costs more takes ever longer to find.
    """
    is_found = False
    for contender in found:
        yield contender
        is_found |= contender.expr is not None and not contender.wrong
        if is_found and contender.expr is None:  # a milestone
            break


def best(found: Iterator[Contender]) -> Contender:
    return min((c for c in found if c.expr), key=lambda c: (c.wrong, c.bits))


@pytest.mark.parametrize("case", CASES)
def test_a_family_learns_what_it_is_for(case: str) -> None:
    family, draw, rule = CASES[case]
    train, test = examples_of(draw, rule)
    with (effort := Effort(60, 1 << 30)):
        found = list(until_consistent(family.contenders(train, effort)))
    costs = [contender.bits for contender in found]
    assert costs == sorted(costs)
    # A threshold between two values that were seen is as near to the true one as the examples are.
    assert accuracy(best(iter(found)), test) > 0.95
    assert all(
        c.wrong == round((1 - accuracy(c, train)) * len(train.labels))
        for c in found[:: max(1, len(found) // 50)]
        if c.expr
    )


@pytest.mark.parametrize("case", ["gcd", "brackets", "primes", "vote"])
def test_the_search_of_all_families_finds_it_as_well(case: str) -> None:
    _, draw, rule = CASES[case]
    train, test = examples_of(draw, rule)
    ranking = Ranking(train, 60)
    assert any(accuracy(ranking.ranked(k), test) > 0.95 for k in range(1, 6))
