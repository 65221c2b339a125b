"""Money in whole billionths of a US dollar.

Sums of binary fractions would depend on their order, in the last bit.
"""

import math
from collections.abc import Iterable

NANO = 10**9
"""Billionths in a dollar."""


MOST = 10**18
"""Any larger sum is taken for this one, in billionths: the ledger's numbers have 64 bits."""


def billionths(usd: float) -> int:
    """US dollars in whole billionths, rounded up; the noise of binary fractions does not count."""
    return math.ceil(_without_noise(usd))


def limit(usd: float) -> int:
    """What may be spent at most, in whole billionths: rounded down."""
    return math.floor(_without_noise(usd))


def total(amounts: Iterable[float]) -> float:
    """The sum of US dollars, each taken in whole billionths."""
    return sum(map(billionths, amounts)) / NANO


def _without_noise(usd: float) -> float:
    return min(round(usd * NANO, 3), MOST)
