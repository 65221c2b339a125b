"""A plugin for one test: no file of the run can grow beyond 12 kB, as on a disk that is full."""

import resource
import sys

LARGEST = 12_000


def pytest_configure() -> None:
    """Set the limit."""
    sys.dont_write_bytecode = True  # or modules would be cached that are cut off
    resource.setrlimit(resource.RLIMIT_FSIZE, (LARGEST, LARGEST))
