"""A plugin for one test: it warns as pytest starts, as tests are collected and as they run.

And it says which finders of pytest's own the imports of a test go through.
"""

import sys
import warnings

import pytest


def pytest_configure(config: pytest.Config) -> None:
    """Warn as plugins do of a setting that they miss."""
    warnings.warn(pytest.PytestDeprecationWarning("a default will change"), stacklevel=1)
    config.issue_config_time_warning(pytest.PytestConfigWarning("an odd setting"), stacklevel=1)


def pytest_collection_modifyitems() -> None:
    """Warn as libraries do."""
    warnings.warn("will be removed", DeprecationWarning, stacklevel=1)


@pytest.fixture(autouse=True)
def _warns() -> None:
    warnings.warn("runs slowly", RuntimeWarning, stacklevel=1)
    of_pytest = [one for one in sys.meta_path if type(one).__module__.startswith("_pytest.")]
    warnings.warn(f"finders of pytest: {of_pytest}", RuntimeWarning, stacklevel=1)
