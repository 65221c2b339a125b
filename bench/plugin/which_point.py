"""Which grid point a test is of."""

import pytest

from bench.question.grid import GridPoint

PARAMETRIZED = "searched"
"""The fixture whose parameter is the point: a test that asks for it runs at each point."""


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
    """The id of a test's point, which stands in brackets in the test's own."""
    return test.partition("[")[2].removesuffix("]") or test
