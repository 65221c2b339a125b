"""What a command selects: which targets are there to select from, and whether its markers are any."""

import re
from difflib import get_close_matches

import pytest

from bench.options.settings import Settings

_NAME = re.compile(r"[^\s()]+")
_ARGUMENTS = re.compile(r"(?<=\w)\([^()]*=[^()]*\)")
"""Of a marker in an expression: `device(serial=7)`."""
_OPERATORS = ("and", "or", "not", "True", "False", "None")


def says_which(config: pytest.Config, settings: Settings) -> bool:
    """Whether the command says itself which points it means; else they are the published ones."""
    selects = settings.functions or config.option.keyword or config.option.markexpr
    return bool(selects) or any("::" in argument for argument in config.args)


def refuse_unknown_markers(config: pytest.Config) -> None:
    """Raises UsageError where `-m` names a marker that nobody declared: it would select nothing."""
    known = {re.split(r"[:(]", line)[0].strip() for line in config.getini("markers")}
    expression = _ARGUMENTS.sub("", config.option.markexpr)
    for name in _NAME.findall(expression):
        if name not in known and name not in _OPERATORS:
            near = get_close_matches(name, known, n=3, cutoff=0.5)
            hint = f"nearest: {', '.join(near)}" if near else "pytest --markers lists them"
            raise pytest.UsageError(f"-m: no marker is called {name!r}; {hint}")
