"""A plugin for one test: what nobody foresees, in the search at length 20, outside it at 30."""

from typing import Any, NoReturn

import pytest

from bench.search import session


def pytest_configure(config: pytest.Config) -> None:
    """Break the search at one length."""
    obtain = vars(session)["obtain"]

    def broken(spec: Any, *places: Any) -> Any:
        return _raise() if spec.length == 20 else obtain(spec, *places)

    vars(session)["obtain"] = broken


def _raise() -> NoReturn:
    raise RuntimeError("the first line\nand one with sk-test-key in it\x1b[2J")


def pytest_runtest_logreport(report: Any) -> None:
    """Break pytest itself at another."""
    if "-L30" in report.nodeid and report.when == "call":
        raise LookupError("of sk-test-key")
