"""What a command selects: whether it selects at all, and whether its markers exist."""

import re
from collections.abc import Sequence
from difflib import get_close_matches

import pytest

_NAME = re.compile(r"[^\s()]+")
_ARGUMENTS = re.compile(r"(?<=\w)\([^()]*=[^()]*\)")
"""The arguments of a marker in an expression, as in `device(serial=7)`."""
_OPERATORS = ("and", "or", "not", "True", "False", "None")


def says_which(config: pytest.Config, functions: Sequence[str]) -> bool:
    """Whether the command says which points it means. Otherwise they are the published ones."""
    selects = functions or config.option.keyword or config.option.markexpr
    return bool(selects) or any("::" in argument for argument in config.args)


def refuse_unknown_markers(config: pytest.Config) -> None:
    """Raise UsageError where `-m` names an undeclared marker, which would select nothing."""
    known = {re.split(r"[:(]", line)[0].strip() for line in config.getini("markers")}
    expression = _ARGUMENTS.sub("", config.option.markexpr)
    for name in _NAME.findall(expression):
        if name not in known and name not in _OPERATORS:
            near = get_close_matches(name, known, n=3, cutoff=0.5)
            hint = f"nearest: {', '.join(near)}" if near else "pytest --markers lists them"
            raise pytest.UsageError(f"-m: no marker is called {name!r}; {hint}")
