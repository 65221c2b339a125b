"""The only room that knows pytest: options and tests go in; reports and an exit status come out.

With `-n` the tests run in worker processes. What a test leaves (attempts, events) rides on its
report, in `report.llmpv`, and the controller alone writes it down.
"""

from bench.plugin.outsiders import pytest_addhooks
from bench.plugin.setup import (
    pytest_addoption,
    pytest_configure,
    pytest_generate_tests,
    pytest_ignore_collect,
)

__all__ = [
    "pytest_addhooks",
    "pytest_addoption",
    "pytest_configure",
    "pytest_generate_tests",
    "pytest_ignore_collect",
]
