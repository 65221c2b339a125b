"""Dyck-2: balanced words over two types of brackets, two bits a bracket."""

from math import comb
from typing import TYPE_CHECKING

from targets.base import Rule, Words, texts

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Bools = NDArray[np.bool_]

_CLOSER_OF = {"00": "01", "10": "11"}


def _dyck2(x: str) -> int:
    stack: list[str] = []
    for i in range(0, len(x), 2):
        bracket = x[i : i + 2]
        if bracket in _CLOSER_OF:
            stack.append(_CLOSER_OF[bracket])
        elif not stack or stack.pop() != bracket:
            return 0
    return int(not stack)


def _balanced(length: int, count: int, words: Words) -> "tuple[Bools, Bools]":
    """Words, each uniform over all that are balanced: which of their brackets close, and which are square.

    Of the rotations of n openers and n + 1 closers exactly one stays above -1 until its last closer (Dvoretzky and
    Motzkin 1947); that closer dropped, it is balanced, and each balanced shape comes from equally many arrangements.
    A type for each pair is drawn with its opener.
    """
    import numpy as np

    pairs = length // 4
    closes = words.orders(count, 2 * pairs + 1) >= pairs
    depth = np.cumsum(np.where(closes, -1, 1), axis=1)
    start = np.argmin(depth, axis=1)[:, None] + 1
    closes = np.take_along_axis(closes, (np.arange(2 * pairs) + start) % (2 * pairs + 1), axis=1)
    square = words.keys(count, 2 * pairs) >> 31 == 1
    return closes, np.where(closes, _openers(closes, square)[0], square)


def _openers(closes: "Bools", square: "Bools") -> "tuple[Bools, Bools]":
    """The type of the opener that each closer meets on the stack, and which words leave the stack as it was.

    Shapes: [words, brackets] for both arguments and the first result, [words] for the second.
    """
    import numpy as np

    count, size = closes.shape
    rows, depth = np.arange(count), np.zeros(count, np.int64)
    stack, met = np.zeros((count, size + 1), bool), np.zeros_like(square)
    sound = np.ones(count, bool)
    for j in range(size):
        closing = closes[:, j]
        sound &= ~closing | (depth > 0)
        depth = np.maximum(depth - closing, 0)
        met[:, j] = stack[rows, depth]
        stack[rows, depth] = np.where(closing, met[:, j], square[:, j])
        depth += ~closing
    return met, sound & (depth == 0)


def _unbalanced(rows: "NDArray[np.uint8]") -> "Bools":
    closes, square = rows[:, 1::2] == 1, rows[:, 0::2] == 1
    met, sound = _openers(closes, square)
    fits: Bools = ((met == square) | ~closes).all(axis=1)
    return ~(sound & fits)


def _draw(label: int, length: int, count: int, words: Words, hard: bool) -> list[str]:
    """Paper: 1 to 5 bits of a balanced word flipped. Hard: two brackets changed places, so that no count is wrong."""
    import numpy as np

    closes, square = _balanced(length, count, words)
    rows = np.empty((count, length), np.uint8)
    rows[:, 0::2], rows[:, 1::2] = square, closes
    if not label:
        each = np.arange(count)
        if hard:
            i, j = words.uniform(np.full((2, count), length // 2))
            pairs = rows.reshape(count, length // 2, 2)
            first, second = pairs[each, i], pairs[each, j]
            pairs[each, i], pairs[each, j] = second, first
        else:
            flips = 1 + words.uniform(np.full(count, 5))
            for k, where in enumerate(words.uniform(np.full((5, count), length))):
                rows[each, where] ^= k < flips
        rows = rows[_unbalanced(rows)]
    return texts(rows + ord("0"))


def _count(label: int, length: int) -> int:
    pairs = length // 4
    balanced: int = comb(2 * pairs, pairs) // (pairs + 1) * 2**pairs
    return balanced if label else 2**length - balanced


DYCK2 = Rule(
    "fn_h", "dyck2", "language", "binary", "1 if the word is balanced: 00 (, 01 ), 10 [, 11 ]", (100, 80, 60, 40, 20),
    _dyck2, _draw, hardens=True, least=4, divisor=4, domain=_count, at_once=True,
)  # fmt: skip
