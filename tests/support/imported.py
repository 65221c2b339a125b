"""Imports the suite's tests before its workers are there, which then need not do it each.

What takes long is to rewrite the assertions of all tests, where no earlier run has left them
compiled.
"""

import warnings
from collections.abc import Iterable, Iterator
from contextlib import suppress
from importlib import import_module
from pathlib import Path

import pytest

_ROOT = Path(__file__).parents[2]


def import_tests(arguments: Iterable[str], root: Path = _ROOT) -> None:
    """Import the tests that pytest's arguments name. One that cannot be imported is left out.

    Workers import that one as ever, and tell why they cannot; a warning is an error there as well.
    """
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("OPENBLAS_NUM_THREADS", "1")  # a fork takes no other thread with it
        for module in _modules(arguments, root):
            with warnings.catch_warnings():
                warnings.simplefilter("error")
                with suppress(Exception, pytest.skip.Exception):
                    import_module(module)


def _modules(arguments: Iterable[str], root: Path) -> Iterator[str]:
    for argument in arguments:
        path = Path(argument.partition("::")[0]).resolve()
        for file in sorted(path.rglob("test_*.py")) if path.is_dir() else [path]:
            if file.is_relative_to(root):
                yield ".".join(file.relative_to(root).with_suffix("").parts)
