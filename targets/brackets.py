"""Dyck-2: balanced words over two types of brackets, two bits a bracket."""

from math import comb

from targets.base import Target, Words, each, shuffle

BRACKETS = {"00": "(", "01": ")", "10": "[", "11": "]"}
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


def _balanced(length: int, words: Words) -> list[str]:
    """A word, uniform over all that are balanced: a shape by the cycle lemma, then a type for each pair.

    Of the rotations of n openers and n + 1 closers exactly one stays above -1 until its last closer (Dvoretzky and
    Motzkin 1947); that closer dropped, it is balanced, and each balanced shape comes from equally many arrangements.
    """
    pairs = length // 4
    steps = [True] * pairs + [False] * (pairs + 1)
    shuffle(steps, words)
    depth, lowest, start = 0, 0, 0
    for i, opens in enumerate(steps):
        depth += 1 if opens else -1
        if depth < lowest:
            lowest, start = depth, i + 1
    word, stack = [], list[str]()
    for opens in (steps[start:] + steps[:start])[:-1]:
        if opens:
            word.append("10" if words.bits(1) else "00")
            stack.append(_CLOSER_OF[word[-1]])
        else:
            word.append(stack.pop())
    return word


def _sample(label: int, length: int, words: Words, hard: bool) -> str:
    """Paper: 1 to 5 bits of a balanced word flipped. Hard: two brackets changed places, so that no count is wrong."""
    while True:
        word = _balanced(length, words)
        if hard and not label:
            i, j = words.below(len(word)), words.below(len(word))
            word[i], word[j] = word[j], word[i]
        x = "".join(word)
        if not hard and not label:
            for _ in range(1 + words.below(5)):
                i = words.below(length)
                x = x[:i] + ("0" if x[i] == "1" else "1") + x[i + 1 :]
        if label or not _dyck2(x):
            return x


def _count(label: int, length: int) -> int:
    pairs = length // 4
    balanced: int = comb(2 * pairs, pairs) // (pairs + 1) * 2**pairs
    return balanced if label else 2**length - balanced


DYCK2 = Target(
    "fn_h", "dyck2", "language", "binary", "1 if the word is balanced: 00 (, 01 ), 10 [, 11 ]", (100, 80, 60, 40, 20),
    _dyck2, each(_sample), hardens=True, least=4, divisor=4, domain=_count,
)  # fmt: skip
