"""The printer: a program agrees with its expression, stands alone, and reads like a person's."""

import ast
import random
import subprocess
import sys
from collections.abc import Callable
from functools import cache
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bench.proposers.enumerator.contenders import Effort
from bench.proposers.enumerator.examples import Examples, parse
from bench.proposers.enumerator.families import arithmetic, strings
from bench.proposers.enumerator.language import Expr, Op, Type, X, constant, program
from bench.proposers.enumerator.ranking import FAMILIES

RAISES = (ValueError, ArithmeticError, LookupError)
SHOWN = {
    "binary": "\n".join(f"{i * 2654435761 % 2**24:024b} -> {i * 7 % 5 % 2}" for i in range(1, 25)),
    "decimal": "\n".join(
        f"{i * 2654435761 % 10**9 + 10**9} -> {i * 7 % 5 % 2}" for i in range(1, 25)
    ),
    "graph": "\n".join(
        "".join(f"u{i * j % 13:02}v{(i + j * j) % 13:02}" for j in range(1, 9)) + f" -> {i % 3 % 2}"
        for i in range(1, 25)
    ),
    "tabular": "\n".join(
        f"x0:{i * 37 % 41}.5,it's:{'rgb'[i % 3]},x2:-{i % 7} -> {i * 7 % 5 % 2}"
        for i in range(1, 25)
    ),
    "text": "\n".join(f"a{{b{'xyz'[i % 3]}}}\\{i} -> {i * 7 % 5 % 2}" for i in range(1, 25)),
}


def compiled(expr: Expr) -> Callable[[Any], int]:
    namespace: dict[str, Any] = {}
    exec(program(expr, "a note"), namespace)
    return namespace["f"]  # type: ignore[no-any-return]


@cache
def found(kind: str) -> tuple[Examples, tuple[Expr, ...]]:
    """What all families together try on the examples of a kind: a few hundred of them."""
    examples = parse(SHOWN[kind])
    assert examples.kind.name == kind
    exprs = []
    for family in FAMILIES:
        with (effort := Effort(60, 1 << 30)):
            tried = [c.expr for c in family(examples, effort) if c.expr]
        exprs += tried[:: max(1, len(tried) // 60)]
    return examples, tuple(exprs)


@given(st.sampled_from(sorted(SHOWN)), st.data())
@settings(max_examples=60)
def test_the_program_of_every_family_agrees_with_its_expression(
    kind: str, data: st.DataObject
) -> None:
    examples, exprs = found(kind)
    expr = data.draw(st.sampled_from(exprs))
    symbols = st.sampled_from(examples.symbols)
    inputs: st.SearchStrategy[Any] = st.sampled_from(examples.values)
    if kind in ("binary", "decimal"):
        inputs |= st.text(symbols, min_size=examples.shortest, max_size=examples.shortest)
    for x in data.draw(st.lists(inputs, min_size=1, max_size=8)):
        assert compiled(expr)(x) == int(expr(x)), program(expr)


def expressions(gives: Type, productions: tuple[Op, ...], depth: int) -> st.SearchStrategy[Expr]:
    """Random expressions of a type from these productions."""
    if gives == "constant":
        return st.integers(1, 20).map(constant)  # the grammar has none below 1
    if gives == "text" and depth == 0:
        return st.just(X)
    ops = [op for op in productions if op.gives == gives and (depth > 0 or "int" not in op.takes)]
    below = {
        takes: expressions(takes, productions, max(0, depth - 1))
        for op in ops
        for takes in op.takes
    }
    applied = [
        st.builds(Expr, st.just(op), st.tuples(*(below[takes] for takes in op.takes))) for op in ops
    ]
    return st.one_of([st.just(X)] * (gives == "text") + applied)


@cache
def of_numbers(kind: str) -> tuple[Examples, st.SearchStrategy[Expr]]:
    """The examples of a kind, and random expressions of numbers of its inputs."""
    examples = parse(SHOWN[kind])
    productions = (*strings.productions(examples), *arithmetic.productions(examples))
    return examples, expressions("int", productions, 2)


@given(st.sampled_from(["binary", "decimal"]), st.data())
@settings(max_examples=30)
def test_the_program_of_a_random_expression_agrees_with_it(kind: str, data: st.DataObject) -> None:
    examples, numbers = of_numbers(kind)
    number = data.draw(numbers)
    expr = Expr(data.draw(st.sampled_from([arithmetic.ODD, arithmetic.EVEN])), (number,))
    x = data.draw(st.text(st.sampled_from(examples.symbols), min_size=24, max_size=40))
    try:
        value = expr(x)
    except (*RAISES, TypeError, AttributeError):
        return  # a slice past the end, a remainder by 0: no such expression is kept
    assert compiled(expr)(x) == int(value), program(expr)


@pytest.mark.parametrize("kind", SHOWN)
def test_a_program_stands_on_its_own(kind: str) -> None:
    """No imports, nothing but its own helpers and builtins, and `f` comes last."""
    examples, exprs = found(kind)
    for expr in random.Random(1).sample(exprs, min(40, len(exprs))):
        tree = ast.parse(program(expr))
        assert all(isinstance(node, ast.FunctionDef) for node in tree.body)
        assert isinstance(tree.body[-1], ast.FunctionDef) and tree.body[-1].name == "f"
        assert compiled(expr)(examples.values[0]) in (0, 1)


def test_a_program_reads_like_one_that_a_person_wrote() -> None:
    productions = strings.productions(parse(SHOWN["binary"]))
    number_of_ones = next(op for op in productions if "'1'" in op.source)
    parity = Expr(arithmetic.ODD, (Expr(number_of_ones, (X,)),))
    assert program(parity) == "def f(x):\n    return int(x.count('1') % 2 == 1)\n"


def test_the_same_prompt_gives_the_same_programs_whatever_the_hash_seed() -> None:
    script = (
        "import sys\n"
        "from bench.proposers.enumerator.ranking import Ranking\n"
        "from bench.proposers.enumerator.examples import parse\n"
        "for prompt in sys.argv[1:]:\n"
        "    s = Ranking(parse(prompt), 60)\n"
        "    print([(s.ranked(k).bits, s.ranked(k).program.source) for k in range(1, 9)])"
    )
    prompts = [SHOWN[kind] for kind in ("binary", "tabular", "text")]
    said = {
        subprocess.run(
            [sys.executable, "-c", script, *prompts],
            env={"PYTHONHASHSEED": seed, "PYTHONPATH": "."},
            capture_output=True,
            text=True,
            check=True,
        ).stdout
        for seed in ("1", "2")
    }
    assert len(said) == 1 and said.pop().count("\n") == len(prompts)
