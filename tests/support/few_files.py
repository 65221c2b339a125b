"""A plugin for one test: no process of the run can open more than 90 files."""

import resource

MOST = 90


def pytest_configure() -> None:
    """Set the limit."""
    resource.setrlimit(resource.RLIMIT_NOFILE, (MOST, MOST))
