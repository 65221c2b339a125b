"""Sums of money."""

import math
import operator
import random
from functools import reduce

from bench.record import usd


def test_a_sum_does_not_depend_on_its_order() -> None:
    rng = random.Random(3)
    costs = [rng.randint(1, 10**7) / usd.NANO for _ in range(360)]
    backwards, shuffled = costs[::-1], rng.sample(costs, len(costs))
    added = {reduce(operator.add, some) for some in (costs, backwards, shuffled)}
    assert len(added) > 1  # what floats do (Python's own `sum` makes up for it from 3.12 on)
    assert usd.total(costs) == usd.total(backwards) == usd.total(shuffled)
    assert usd.total([0.1, 0.2]) == 0.3


def test_costs_are_rounded_up_and_limits_down() -> None:
    assert usd.billionths(0.1 + 0.2) == 3 * 10**8 and usd.limit(0.1 + 0.2) == 3 * 10**8
    assert usd.billionths(1.5e-9) == 2 and usd.limit(1.5e-9) == 1
    assert usd.total([]) == 0.0


def test_a_sum_that_no_ledger_holds_is_the_largest_one() -> None:
    assert usd.billionths(1e30) == usd.billionths(math.inf) == usd.limit(1e300) == usd.MOST
    assert usd.total([1e30, 0.5]) == (usd.MOST + 5 * 10**8) / usd.NANO
