"""What a cheap rule can count in an input, or ask of it: columns for the shortcut audit.

Digits are [positions, inputs]: those of the positions at which all inputs have one. Each column has
one value an input.
"""

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Digits = NDArray[np.uint8]
    Numbers = NDArray[np.int64]
    Bools = NDArray[np.bool_]

Counts = Callable[["Digits"], Mapping[str, "Numbers"]]
Answers = Callable[["Digits"], Mapping[str, "Bools"]]
Remainders = Callable[["Digits"], Mapping[str, "Numbers"]]

GRAM = 4
"""Symbols of the longest parts that are counted."""
PRIMES = (2, 3, 5, 7, 11, 13, 17, 19, 23, 29, 31, 37, 41, 43, 47)
_NAMES = 100
"""Two digits name a node: 00 to 99."""


def of_bits(digits: "Digits") -> "Mapping[str, Numbers]":
    """How often each part of up to GRAM bits is there, and the runs."""
    found = _parts(digits)
    changes = [found[part] for part in ("01", "10") if part in found]
    runs = {"the number of runs": sum(changes, start=0 * digits[0].astype(int) + 1)}
    longest = {f"the longest run of {one}": longest_run(digits, one) for one in (0, 1)}
    return {f"the number of {part}": column for part, column in found.items()} | runs | longest


def _parts(digits: "Digits") -> "dict[str, Numbers]":
    import numpy as np

    length, inputs = digits.shape
    size = min(GRAM, length)
    codes = np.zeros((length - size + 1, inputs), np.uint8)
    for i in range(size):
        codes = 2 * codes + digits[i : length - size + 1 + i]
    last = codes[-1].astype(np.int64)
    apart = codes + (1 << size) * np.arange(inputs)
    counts = np.bincount(apart.ravel(), minlength=inputs << size).reshape(inputs, -1)
    found: dict[str, Numbers] = {}
    while size:
        found |= {f"{part:0{size}b}": counts[:, part] for part in range(1 << size)}
        # Each shorter part begins a longer one, but for the one at the end.
        size -= 1
        last &= (1 << size) - 1
        counts = counts.reshape(inputs, -1, 2).sum(axis=2)
        counts[np.arange(inputs), last] += 1
    return found


def longest_run(digits: "Digits", symbol: int | None = None) -> "Numbers":
    """The longest run of a symbol in each input, or of any."""
    import numpy as np

    goes_on = digits[1:] == digits[:-1] if symbol is None else digits == symbol
    run = longest = np.zeros(digits.shape[1], np.uint16)
    for here in goes_on:
        run = (run + 1) * here
        longest = np.maximum(longest, run)
    return longest.astype(np.int64) + (symbol is None)


def brackets(digits: "Digits") -> "Mapping[str, Bools]":
    """What falls short of a stack where two bits are a bracket: 00 (, 01 ), 10 [, 11 ].

    Either type is balanced by itself, without the other.
    """
    import numpy as np

    if len(digits) % 2:
        return {}
    square, closes = digits[0::2], digits[1::2]
    closed, squares = closes.sum(axis=0), square.sum(axis=0)
    squares_closed = (square & closes).sum(axis=0)
    equal = (4 * closed == len(digits)) & (2 * squares_closed == squares)
    # Few inputs of most targets are so: the costlier questions are asked of these alone.
    some = np.flatnonzero(equal)
    apart, none_meet = np.zeros_like(equal), np.zeros_like(equal)
    apart[some], none_meet[some] = _of_brackets(square[:, some], closes[:, some])
    return {
        "as many 00 as 01, and 10 as 11": equal,
        "00, 01 balanced and 10, 11 balanced": apart,
        "00, 01 balanced and 10, 11 balanced, no 00 before 11, no 10 before 01": apart & none_meet,
    }


def _of_brackets(square: "Digits", closes: "Digits") -> "tuple[Bools, Bools]":
    """Whether no type closes more than it opened, and whether no opener meets a wrong closer."""
    import numpy as np

    step = 1 - 2 * closes.astype(np.int16)
    round_, squares = (np.cumsum(step * (square == one), axis=0) for one in (0, 1))
    meet = (closes[:-1] < closes[1:]) & (square[:-1] != square[1:])
    return (round_.min(axis=0) >= 0) & (squares.min(axis=0) >= 0), ~meet.any(axis=0)


def remainders(digits: "Digits") -> "Mapping[str, Numbers]":
    """The number, and each half of its digits, modulo PRIMES: [primes, inputs]."""
    half = len(digits) // 2
    found = {"it": _modulo(digits)}
    if len(digits) % 2 == 0:
        found["the first half"] = _modulo(digits[:half])
        found["the second half"] = _modulo(digits[half:])
    return found


def _modulo(digits: "Digits") -> "Numbers":
    import numpy as np

    places = range(len(digits) - 1, -1, -1)
    weights = np.empty((len(PRIMES), len(digits)), np.float32)
    for row, prime in zip(weights, PRIMES, strict=True):
        row[:] = [pow(10, place, prime) for place in places]
    # All sums are whole numbers below 2^24, which 32-bit floats hold exactly.
    sums = weights @ digits.astype(np.float32)
    found: Numbers = sums.astype(np.int64) % np.array(PRIMES)[:, None]
    return found


def common_divisors(digits: "Digits") -> "Mapping[str, Bools]":
    """Whether a small prime divides both halves."""
    if len(digits) % 2:
        return {}
    half = len(digits) // 2
    both = (_modulo(digits[:half]) == 0) & (_modulo(digits[half:]) == 0)
    return {f"a prime up to {PRIMES[-1]} divides both halves": both.any(axis=0)}


def of_graphs(digits: "Digits") -> "Mapping[str, Numbers]":
    """Nodes, degrees and components of graphs: four digits are an edge."""
    import numpy as np

    names = 10 * digits[0::2].astype(np.int64) + digits[1::2]
    inputs = names.shape[1]
    degrees = np.bincount((names + _NAMES * np.arange(inputs)).ravel(), minlength=_NAMES * inputs)
    degrees = degrees.reshape(inputs, _NAMES)
    return {
        "the number of names": (degrees > 0).sum(axis=1),
        "the largest degree": degrees.max(axis=1),
        "the number of names that stand once": (degrees == 1).sum(axis=1),
        "the number of names that stand twice": (degrees == 2).sum(axis=1),
        "the number of components": _components(names, degrees > 0),
    }


def _components(names: "Numbers", is_there: "Bools") -> "Numbers":
    """How many components each graph has; `is_there` says which names, [inputs, names]."""
    import numpy as np

    inputs = names.shape[1]
    each = np.arange(inputs)
    component = np.tile(np.arange(_NAMES, dtype=np.uint8), (inputs, 1))
    for u, v in zip(names[0::2], names[1::2], strict=True):
        kept, gone = component[each, u][:, None], component[each, v][:, None]
        component = np.where(component == gone, kept, component)
    found: Numbers = ((component == np.arange(_NAMES)) & is_there).sum(axis=1)
    return found
