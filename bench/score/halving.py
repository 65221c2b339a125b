"""Where a condition ends to hold, found by halving."""

from collections.abc import Callable


def halve(
    is_below: Callable[[float], bool], low: float, high: float, width: float
) -> tuple[float, float]:
    """The ends of an interval of at most this width around the place that is looked for.

    `is_below` holds for the numbers below that place, and for none above it; the place lies between
    `low` and `high`.
    """
    while high - low > width:
        middle = (low + high) / 2
        if is_below(middle):
            low = middle
        else:
            high = middle
    return low, high
