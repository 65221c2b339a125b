"""The typed language of expressions: what they cost, evaluate to and print as.

An expression is a tree of productions. `Op.run` gives its value and `Op.source` its Python text.
The functions that the text calls (`Op.uses`) are the same ones that `run` calls, so that value and
program always agree.
"""

import ast
import inspect
import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Literal

Type = Literal["text", "constant", "int", "bool"]
"""A `constant` is an int that does not depend on the input."""

BITS = {"text": 3, "int": 4, "bool": 4}
"""The cost of a production: log2 of the number of productions of its type, rounded up."""


@dataclass(frozen=True, slots=True, eq=False)
class Op:
    """A production: the types it takes and gives, its cost in bits, its value, its text."""

    takes: tuple[Type, ...]
    gives: Type
    bits: float
    source: str
    """A format string, with `{0}` for the first argument. It can stand within any other text."""
    run: Callable[..., Any]
    uses: tuple[Callable[..., Any], ...] = ()
    """Functions of runtime.py that the text calls."""


@dataclass(frozen=True, slots=True, eq=False)
class Expr:
    """A production applied to expressions. Calling it gives its value on one input."""

    op: Op
    args: tuple["Expr", ...] = ()

    @property
    def bits(self) -> float:
        """The description length: the sum over the tree."""
        return self.op.bits + sum(arg.bits for arg in self.args)

    @property
    def source(self) -> str:
        """The text of a Python expression in `x`."""
        return self.op.source.format(*(arg.source for arg in self.args))

    def __call__(self, x: Any) -> Any:
        """The value on input `x` (a string, or a dict of features)."""
        if self.op is X.op:
            return x
        return self.op.run(*(arg(x) for arg in self.args))

    def uses(self) -> dict[str, Callable[..., Any]]:
        """The functions its text calls, by name, in the order of first use."""
        found = {name: used for arg in self.args for name, used in arg.uses().items()}
        return found | {used.__name__: used for used in self.op.uses}


X = Expr(Op((), "text", 1, "x", lambda: None))
"""The input: a string, or a dict of features."""


def predicate(
    bits: float, source: str, run: Callable[[Any], bool], *uses: Callable[..., Any]
) -> Expr:
    """A predicate of the input itself, for families that work out their parameters.

    It costs `bits`, with the bit for the input. `source` is Python text about `x`.
    """
    template = source.replace("{", "{{").replace("}", "}}")
    return Expr(Op((X.op.gives,), "bool", bits - X.bits, template, run, uses), (X,))


def constant_bits(value: int) -> int:
    """The cost of an integer: the Elias gamma code of |value| + 1, and a sign unless it is 0."""
    return 2 * (abs(value) + 1).bit_length() - 1 + (value != 0)


def constant(value: int) -> Expr:
    """An integer constant."""
    return Expr(Op((), "constant", constant_bits(value), str(value), lambda: value))


def choice_bits(n: int, k: int) -> float:
    """The cost of choosing k things out of n: log2 of the binomial coefficient."""
    return math.log2(math.comb(n, k))


def program(expr: Expr, note: str = "") -> str:
    """A self-contained module whose `f(x)` returns the expression's value as 0 or 1.

    `note` becomes a comment in it.
    """
    parts = [inspect.getsource(used).rstrip() for used in expr.uses().values()]
    comment = f"    # {note}\n" if note else ""
    # Through the parser and back, which drops needless parentheses.
    value = ast.unparse(ast.parse(expr.source, mode="eval"))
    parts.append(f"def f(x):\n{comment}    return int({value})")
    return "\n\n\n".join(parts) + "\n"
