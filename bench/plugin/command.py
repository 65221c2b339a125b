"""What a command selects: whether it selects at all, and whether what it names exists."""

import re
from collections.abc import Iterable, Sequence
from difflib import get_close_matches
from pathlib import Path
from typing import Any

import pytest

from bench.plugin.which_point import point_id
from bench.record.wording import printable
from llm_pv_bench import names_benchmark

_NAME = re.compile(r"[^\s()]+")
_ARGUMENTS = re.compile(r"(?<=\w)\([^()]*=[^()]*\)")
"""The arguments of a marker in an expression, as in `device(serial=7)`."""
_REPEATED = re.compile(r"(-\d+)+$")
"""What a plugin that repeats tests adds to their ids, as in `fn_a-parity_all-L20-1-2`."""
_OPERATORS = ("and", "or", "not", "True", "False", "None")


def says_which(config: pytest.Config, functions: Sequence[str]) -> bool:
    """Whether the command says which points it means. Otherwise they are the published ones."""
    selects = functions or config.option.keyword or config.option.markexpr
    return bool(selects) or any("::" in argument for argument in config.args)


def only_lists(config: pytest.Config) -> bool:
    """Whether pytest only lists tests or fixtures, and runs nothing."""
    listings = ("collectonly", "showfixtures", "show_fixtures_per_test")
    return any(config.getoption(name, False) for name in listings)


def refuse_unreadable(config: pytest.Config) -> None:
    """Raise UsageError where `-k` or `-m` cannot be read, in pytest's own words.

    pytest reads them once tests are collected: in workers, where xdist tells nobody what failed.
    """
    marks: Any = config.pluginmanager.get_plugin("mark")
    marks.pytest_collection_modifyitems([], config)


def refuse_missing_files(config: pytest.Config) -> None:
    """Raise UsageError where an argument is no file, before workers are started to find it out."""
    for argument in () if config.option.pyargs else config.args:
        if not Path(config.invocation_params.dir, argument.split("::")[0]).exists():
            raise pytest.UsageError(
                f"file or directory not found: {printable(argument)}; "
                "points are selected by -k or --functions"
            )


def refuse_unknown_points(config: pytest.Config, known: Iterable[str]) -> None:
    """Raise UsageError where an argument is the id of none of the grid's points.

    Also where another one takes in all points: pytest would run them all, and models be paid.
    """
    ends = tuple(f"-{point}" for point in known)  # parameters of other plugins stand in front
    folder, pyargs = config.invocation_params.dir, config.option.pyargs
    ours = [argument for argument in config.args if names_benchmark([argument], folder, pyargs)]
    chosen = [argument for argument in ours if "[" in argument]
    for point in map(point_id, chosen):
        if not any(f"-{form}".endswith(ends) for form in (point, _REPEATED.sub("", point))):
            raise pytest.UsageError(
                f"{printable(point)}: there is no such point; give the options of the run that it "
                "is of, such as --lengths and --model"
            )
    selects = config.option.keyword or config.option.markexpr
    if chosen and len(chosen) < len(ours) and not selects:
        whole, point = next(one for one in ours if "[" not in one), point_id(chosen[0])
        raise pytest.UsageError(
            f"{printable(whole)}: all points would run, and not {point} alone; give the id without "
            f"it, or -k {point}"
        )


def refuse_unknown_markers(config: pytest.Config) -> None:
    """Raise UsageError where `-m` names an undeclared marker, which would select nothing."""
    known = {re.split(r"[:(]", line)[0].strip() for line in config.getini("markers")}
    expression = _ARGUMENTS.sub("", config.option.markexpr)
    for name in _NAME.findall(expression):
        if name not in known and name not in _OPERATORS:
            near = get_close_matches(name, known, n=3, cutoff=0.5)
            hint = f"nearest: {', '.join(near)}" if near else "pytest --markers lists them"
            raise pytest.UsageError(f"-m: no marker is called {name!r}; {hint}")
