"""Which grid point a test is of."""

import pytest

from bench.question.grid import GridPoint


def point_of(item: pytest.Item) -> GridPoint | None:
    """The grid point of a test; None for a test that has none."""
    point = getattr(getattr(item, "callspec", None), "params", {}).get("point")
    return point if isinstance(point, GridPoint) else None


def point_id(test: str) -> str:
    """The id of a test's point, which stands in brackets in the test's own."""
    return test.partition("[")[2].removesuffix("]") or test
