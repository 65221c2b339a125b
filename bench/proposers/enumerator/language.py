"""The typed expression language: productions, expressions, what they cost, what they evaluate to, how they print.

An expression is a tree of productions. `Op.run` gives its value, `Op.source` its Python text, and
the functions that the text calls (`Op.uses`) are the very ones that `run` calls, so that value and
program cannot drift apart.
"""

import ast
import inspect
import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Literal

Type = Literal["text", "row", "constant", "int", "bool"]
"""`text` and `row` are what `f` receives; a `constant` is an int that does not depend on the
input.
"""

BITS = {"text": 3, "int": 4, "bool": 4}
"""What choosing one production costs: log2 of the number of productions of that type, rounded
up.
"""


@dataclass(frozen=True, slots=True, eq=False)
class Op:
    """A production: the types it takes, the type it gives, its cost in bits, its value and its text."""

    takes: tuple[Type, ...]
    gives: Type
    bits: float
    source: str
    """A format string: `{0}` is the text of the first argument. Complete enough to stand inside any
    other.
    """
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
        if self.op is X.op or self.op is ROW.op:
            return x
        return self.op.run(*(arg(x) for arg in self.args))

    def uses(self) -> dict[str, Callable[..., Any]]:
        """The functions its text calls, by name, in the order of first use."""
        found = {name: used for arg in self.args for name, used in arg.uses().items()}
        return found | {used.__name__: used for used in self.op.uses}


X = Expr(Op((), "text", 1, "x", lambda: None))
"""The input string."""
ROW = Expr(Op((), "row", 1, "x", lambda: None))
"""The input's dict of features."""


def leaf(
    gives: Type, bits: float, source: str, run: Callable[[Any], Any], *uses: Callable[..., Any]
) -> Expr:
    """An expression straight over the input, for families that solve for their parameters: `source` speaks of `x`."""
    argument = ROW if gives == "row" else X
    return Expr(
        Op(
            (argument.op.gives,),
            gives,
            bits,
            source.replace("{", "{{").replace("}", "}}"),
            run,
            uses,
        ),
        (argument,),
    )


def constant_bits(value: int) -> int:
    """The cost of an integer: Elias gamma of |value| + 1, and a bit for the sign of what is not 0."""
    return 2 * (abs(value) + 1).bit_length() - 1 + (value != 0)


def constant(value: int) -> Expr:
    """An integer constant."""
    return Expr(Op((), "constant", constant_bits(value), str(value), lambda: value))


def choice_bits(n: int, k: int) -> float:
    """The cost of k things out of n: log2 of the binomial coefficient."""
    return math.log2(math.comb(n, k))


def program(expr: Expr, note: str = "") -> str:
    """A self-contained module whose `f(x)` returns the expression's value as 0 or 1; `note` becomes its comment."""
    # Through the parser and back: the parentheses that are not needed go.
    parts = [inspect.getsource(used).rstrip() for used in expr.uses().values()]
    body = f"    # {note}\n" if note else ""
    parts.append(
        f"def f(x):\n{body}    return int({ast.unparse(ast.parse(expr.source, mode='eval'))})"
    )
    return "\n\n\n".join(parts) + "\n"
