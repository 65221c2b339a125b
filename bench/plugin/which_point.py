"""Which grid point a test is of."""

import pytest

from bench.question.grid import GridPoint

PARAMETRIZED = "searched"
"""The fixture whose parameter is the point: a test that asks for it runs at each point."""
_OWN = "::test_synthesis"
_FILE = "test_synthesis.py"
"""How the file of the benchmark's test ends; what is in front depends on the root of the run."""


def point_of(item: pytest.Item) -> GridPoint | None:
    """The grid point of a test; None for a test that has none."""
    point = getattr(getattr(item, "callspec", None), "params", {}).get(PARAMETRIZED)
    return point if isinstance(point, GridPoint) else None


def need_point(item: pytest.Item) -> GridPoint:
    """The grid point of a test that has one."""
    point = point_of(item)
    if point is None:
        raise LookupError(f"{item.nodeid} has no grid point")
    return point


def point_id(test: str) -> str:
    """The id of a test's point, which stands in brackets in the test's own.

    Behind them pytest-xdist may put the name of a group (`--dist loadgroup`).
    """
    return test.partition("[")[2].rpartition("]")[0] or test


def function_of(nodeid: str) -> str:
    """The function of a test, with its file: the test's id without what it is called with."""
    return nodeid.partition("[")[0]


def is_own(nodeid: str) -> bool:
    """Whether a test is the benchmark's own, and none of those that run beside it.

    An argument that is a file outside of the root has no name in the ids of its tests.
    """
    function = function_of(nodeid)
    return function == _OWN or function.endswith(_FILE + _OWN)
