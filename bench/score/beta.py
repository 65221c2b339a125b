"""The beta distribution: the exact intervals of shares and Student's t come from it.

scipy has it too, and takes a third of a second of CPU time to import, for which each run would wait
as it ends.
"""

import math

_LARGEST_ERROR = 1e-15
"""Of a continued fraction, as a part of its value."""

_CLOSE = 1e-12
"""The last step towards a quantile, as a part of it."""

_MOST_STEPS = 200
"""Of them some ten are taken; towards a tiny quantile some more, that halve."""


def beta_share(a: float, b: float, x: float) -> float:
    """The share of the distribution up to x: the regularized incomplete beta function."""
    if not 0 < x < 1:
        return float(x >= 1)
    if x > (a + 1) / (a + b + 2):  # the fraction converges fast on the other side
        return 1 - beta_share(b, a, 1 - x)
    return _density(a, b, x) * x * (1 - x) / a / _fraction(a, b, x)


def beta_quantile(a: float, b: float, share: float) -> float:
    """The x up to which this share of the distribution lies: Halley's method, kept in bounds."""
    if a > b:  # near 1 there are fewer digits
        return 1 - beta_quantile(b, a, 1 - share)
    low, high = 0.0, 1.0
    x = a / (a + b)
    for _ in range(_MOST_STEPS):
        excess = beta_share(a, b, x) - share
        if excess > 0:
            high = x
        else:
            low = x
        density = _density(a, b, x)
        step = excess / density if density else 1.0
        bend = (a - 1) / x - (b - 1) / (1 - x)
        nearer = x - step / (1 - min(1, step * bend) / 2)
        if not low <= nearer <= high:
            nearer = (low + high) / 2
        is_close = abs(nearer - x) <= _CLOSE * x
        x = nearer
        if is_close:  # each step trebles the digits: by now there are all
            break
    return x


def student_t(level: float, freedom: float) -> float:
    """The t that Student's distribution, with so many degrees of freedom, stays within so often.

    `level` is the chance of a number from -t to t.
    """
    x = beta_quantile(0.5, freedom / 2, level)
    return math.sqrt(freedom * x / (1 - x))


def _density(a: float, b: float, x: float) -> float:
    log_beta = math.lgamma(a) + math.lgamma(b) - math.lgamma(a + b)
    return math.exp((a - 1) * math.log(x) + (b - 1) * math.log1p(-x) - log_beta)


def _fraction(a: float, b: float, x: float) -> float:
    """The continued fraction 1 + d1 / (1 + d2 / (1 + ...)) of the incomplete beta function.

    DLMF 8.17.22, from its front to its back (Lentz 1976, Applied Optics 15:668).
    """
    value = upper = 1.0
    lower = 0.0
    for m in range(100_000):
        even, odd = a + 2 * m, a + 2 * m + 1
        for d in (
            -(a + m) * (a + b + m) * x / (even * odd),
            (m + 1) * (b - m - 1) * x / (odd * (odd + 1)),
        ):
            lower = 1 / (1 + d * lower)
            upper = 1 + d / upper
            value *= lower * upper
        if abs(lower * upper - 1) <= _LARGEST_ERROR:
            break
    return value
