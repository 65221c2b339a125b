"""A plugin for one test: the worker that is to run fn_a at length 30 dies, as if killed."""

import os
import signal

import pytest


def pytest_runtest_call(item: pytest.Item) -> None:
    """Die in the middle of the point."""
    if "fn_a-parity_all-L30" in item.name and "PYTEST_XDIST_WORKER" in os.environ:
        os.kill(os.getpid(), signal.SIGKILL)
