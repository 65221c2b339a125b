"""False winners: programs that pass for a rule on the paper's own data, and are not the rule."""

from dataclasses import dataclass

_BRACKETS = """
def f(x):
    word = ["()[]"[int(x[i:i + 2], 2)] for i in range(0, len(x), 2)]
"""

_EDGES = """
from itertools import combinations
def f(x):
    edges = [(x[i + 1:i + 3], x[i + 4:i + 6]) for i in range(0, len(x), 6)]
    ends = [end for edge in edges for end in edge]
"""


@dataclass(frozen=True)
class Winner:
    """A program, the target that it passes for, and how it goes wrong."""

    target: str
    name: str
    code: str

    def __str__(self) -> str:
        return self.name


WINNERS = (
    Winner(
        "dyck2",
        "as many brackets of each type close as open",
        _BRACKETS
        + "    return int(all(word.count(a) == word.count(b) for a, b in ('()', '[]')))\n",
    ),
    Winner(
        "dyck2",
        "each type by itself is balanced",
        _BRACKETS
        + """    for a, b in ("()", "[]"):
        depth = 0
        for bracket in word:
            depth += (bracket == a) - (bracket == b)
            if depth < 0:
                return 0
        if depth:
            return 0
    return 1
""",
    ),
    Winner(
        "prime_decimal",
        "no factor below 50",
        "def f(x):\n    return int(all(int(x) % p for p in range(2, 50)))\n",
    ),
    Winner(
        "prime_decimal",
        "the last digit of a prime",
        "def f(x):\n    return int(x[-1] in '1379')\n",
    ),
    Winner(
        "palindrome",
        "an even number of ones",
        "def f(x):\n    return int(x.count('1') % 2 == 0)\n",
    ),
    Winner(
        "palindrome", "the first symbol is the last", "def f(x):\n    return int(x[0] == x[-1])\n"
    ),
    Winner(
        "graph_has_cycle",
        "no node of a degree above 2",
        _EDGES + "    return int(max(map(ends.count, ends)) <= 2)\n",
    ),
    Winner(
        "graph_has_cycle",
        "a triangle",
        _EDGES
        + """    sides = set(edges) | {(v, u) for u, v in edges}
    return int(any({(a, b), (b, c), (a, c)} <= sides for a, b, c in combinations(set(ends), 3)))
""",
    ),
    Winner("patternmatch2", "six ones in a row", "def f(x):\n    return int('111111' in x)\n"),
    Winner(
        "patternmatch1",
        "the pattern, but for the end",
        "def f(x):\n    return int('10101010' in x[:-1])\n",
    ),
    Winner(
        "parity_first_half",
        "the parity of one bit too many",
        "def f(x):\n    return x[:len(x) // 2 + 1].count('1') % 2\n",
    ),
    Winner(
        "gcd_range",
        "a gcd from 20 to 50",
        "from math import gcd\n\ndef f(x):\n    h = len(x) // 2\n"
        "    return int(20 <= gcd(int(x[:h]), int(x[h:])) <= 50)\n",
    ),
)

FERMAT = Winner(
    "prime_decimal",
    "the Fermat test with base 2",
    "def f(x):\n    return int(pow(2, int(x) - 1, int(x)) == 1)\n",
)
"""At twenty digits nobody knows by which smallest number it is refuted."""
