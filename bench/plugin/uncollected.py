"""What a worker cannot collect, such as a file that is not there, told as one process tells it."""

from collections.abc import Generator
from typing import Any

import pytest

from bench.record.wording import printable

_WHY = "llmpv_uncollected"


class Uncollected:
    """Takes a worker's usage error to the controller: xdist says no more than that no tests ran."""

    def __init__(self, config: pytest.Config) -> None:
        self._config = config

    @pytest.hookimpl(wrapper=True)
    def pytest_collection(self) -> Generator[None, object, object]:
        """In a worker: note what ends its collection."""
        try:
            return (yield)
        except pytest.UsageError as error:
            if hasattr(self._config, "workeroutput"):
                self._config.workeroutput[_WHY] = list(map(str, error.args))
            raise

    @pytest.hookimpl(optionalhook=True)
    def pytest_testnodedown(self, node: Any) -> None:
        """In the controller: end the run by it."""
        if why := getattr(node, "workeroutput", {}).get(_WHY):
            raise pytest.UsageError(*map(printable, why))
