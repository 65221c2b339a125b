"""Dyck-2: balanced words over two types of brackets, two bits a bracket."""

from collections.abc import Iterator
from math import comb
from typing import TYPE_CHECKING

from targets import kinds
from targets.base import Rule
from targets.bit_stream import PLAIN, Words, flipped, texts

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Bools = NDArray[np.bool_]
    Rows = NDArray[np.uint8]

CROSSABLE = 16
"""From this length on, hard negatives are words with two pairs of brackets crossed."""
AT_ONCE = 64
"""Words that are drawn at a time to be crossed."""

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
    """Uniform balanced words: which of their brackets close, and which are square.

    Of the rotations of n openers and n + 1 closers exactly one stays above depth -1 until its last
    closer (Dvoretzky and Motzkin 1947). Without that closer it is balanced, and every balanced
    shape comes from equally many arrangements. The type of a pair is drawn with its opener.
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
    """The type of opener that each closer meets on the stack, and which words are nested soundly.

    A word is nested soundly if no closer meets an empty stack and none is left on it at the end,
    whatever the types. Both arguments and the first result are [words, brackets], the second
    result is [words].
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
    if hard and length >= CROSSABLE:
        found: list[str] = []
        while len(found) < count:
            found += _crossable_words(label, length, words)
        return found
    rows = _rows(*_balanced(length, count, words))
    if not label:
        rows = _swapped(rows, words) if hard else _bits_flipped(rows, words)
    return texts(rows + ord("0"))


def _rows(closes: "Bools", square: "Bools") -> "Rows":
    import numpy as np

    rows = np.empty((len(closes), 2 * closes.shape[1]), np.uint8)
    rows[:, 0::2], rows[:, 1::2] = square, closes
    return rows


def _bits_flipped(rows: "Rows", words: Words) -> "Rows":
    """Words with 1 to 5 bits flipped: the published negatives."""
    import numpy as np

    count, length = rows.shape
    each = np.arange(count)
    flips = 1 + words.uniform(np.full(count, 5))
    for k, where in enumerate(words.uniform(np.full((5, count), length))):
        rows[each, where] ^= k < flips
    return rows[_unbalanced(rows)]


def _swapped(rows: "Rows", words: Words) -> "Rows":
    """Words with two brackets swapped, so that there are as many of each as in a balanced one."""
    import numpy as np

    count, length = rows.shape
    each = np.arange(count)
    i, j = words.uniform(np.full((2, count), length // 2))
    pairs = rows.reshape(count, length // 2, 2)
    first, second = pairs[each, i], pairs[each, j]
    pairs[each, i], pairs[each, j] = second, first
    return rows[_unbalanced(rows)]


def _crossable_words(label: int, length: int, words: Words) -> list[str]:
    """Balanced words in which two pairs can be crossed; as negatives, with the pairs crossed.

    One in PLAIN negatives has some bits flipped instead, or two brackets swapped.
    """
    import numpy as np

    closes, square = _balanced(length, AT_ONCE, words)
    each = zip(closes.tolist(), square.tolist(), strict=True)
    ways = [_crossings(one, types) for one, types in each]
    able = [i for i, some in enumerate(ways) if some]
    rows = _rows(closes, square)
    if label:
        return texts(rows[able] + ord("0"))
    plain = [i for i in able if not words.below(PLAIN)]
    for i in able:
        first, second = ways[i][words.below(len(ways[i]))]
        rows[i, [2 * first, 2 * second]] = rows[i, [2 * second, 2 * first]]
    crossed = rows[[i for i in able if i not in plain]]
    rows = _rows(closes, square)
    kinds = (_bits_flipped(rows[plain[0::2]], words), _swapped(rows[plain[1::2]], words))
    return texts(np.concatenate([crossed, *kinds]) + ord("0"))


def _crossings(closes: list[bool], square: list[bool]) -> list[tuple[int, int]]:
    """The closers of two pairs that can be crossed, for each way to cross two pairs of the word.

    One pair lies within the other, is of the other type, and has brackets within itself. To cross
    them is to swap the types of their closers. The word is then not balanced, but a simpler check
    still passes: each type by itself is balanced, so are all brackets regardless of type, and no
    opener stands directly before a closer of the other type. Inner pairs with two levels within
    are preferred: then even repeated deletion of matched neighbours meets the mismatch late.
    """
    stack: list[int] = []
    inside, levels = dict[int, list[int]](), dict[int, int]()
    closer = dict[int, int]()
    for i, closing in enumerate(closes):
        if not closing:
            inside[i], levels[i] = [a for a in stack if square[a] != square[i]], 0
            stack.append(i)
            continue
        opener = stack.pop()
        closer[opener] = i
        if stack:
            levels[stack[-1]] = max(levels[stack[-1]], levels[opener] + 1)
    for deep in (2, 1):
        pairs = [(closer[a], closer[b]) for b in closer if levels[b] >= deep for a in inside[b]]
        if pairs:
            return pairs
    return []


_NESTING = 8
"""Degrees of nesting that words are made of: at 0 all pairs stand side by side, at 8 each is within
the one before."""


def _edge_cases(length: int, words: Words) -> Iterator[str]:
    """Balanced words from flat to deep, and each of them with one thing changed.

    Balanced in count, and not in order: all brackets reversed, the last one put first, two swapped.
    Balanced without the types: one of them changed. Unbalanced: a bracket turned around.
    """
    brackets = length // 2
    while True:
        for nesting in range(_NESTING + 1):
            word = _nested(brackets, nesting, words)
            i, j = (words.below(brackets) for _ in range(2))
            swapped = list(word)
            swapped[i], swapped[j] = word[j], word[i]
            yield "".join(word)
            yield "".join(word[::-1])
            yield "".join([word[-1], *word[:-1]])
            yield "".join(swapped)
            yield flipped("".join(word), 2 * i)
            yield flipped("".join(word), 2 * j + 1)


def _nested(brackets: int, nesting: int, words: Words) -> list[str]:
    """A balanced word of so many brackets."""
    word: list[str] = []
    stack: list[str] = []
    while len(word) < brackets:
        has_room = len(word) + len(stack) < brackets
        if has_room and (not stack or words.below(_NESTING) < nesting):
            opener = ("00", "10")[words.bits(1)]
            word.append(opener)
            stack.append(_CLOSER_OF[opener])
        else:
            word.append(stack.pop())
    return word


def _count(label: int, length: int) -> int:
    pairs = length // 4
    balanced: int = comb(2 * pairs, pairs) // (pairs + 1) * 2**pairs
    return balanced if label else 2**length - balanced


DYCK2 = Rule(
    fn="fn_h",
    name="dyck2",
    family="language",
    kind=kinds.BINARY,
    rule="1 if the word is balanced: 00 (, 01 ), 10 [, 11 ]",
    lengths=(100, 80, 60, 40, 20),
    label=_dyck2,
    draw=_draw,
    hardens=True,
    least=4,
    divisor=4,
    domain=_count,
    at_once=True,
    edge_cases=_edge_cases,
)
