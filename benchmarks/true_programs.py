"""For each registered rule a program that is it, as a model would write one."""

import inspect

from bench.proposers.enumerator.runtime import is_prime
from targets.base import Rule
from targets.families.fixed_bits import PUBLIC_POLYNOMIAL, coordinates, monomials

_IS_PRIME = f"{inspect.getsource(is_prime)}\n\n"

_DYCK2 = """
def f(x):
    stack = []
    for i in range(0, len(x), 2):
        if x[i + 1] == "0":
            stack.append(x[i])
        elif not stack or stack.pop() != x[i]:
            return 0
    return int(not stack)
"""

_AUTOMATON = """
def f(x):
    cells = "0" + x + "0"
    return sum(cells[i:i + 3] in ("100", "011", "010", "001") for i in range(len(x))) % 2
"""

_COLLATZ = """
def f(x):
    n, odd = int(x, 2), 0
    while n > 1:
        n = 3 * n + 1 if n & 1 else n >> 1
        odd ^= 1
    return odd
"""

_SHA256 = """
import hashlib

def f(x):
    return int.from_bytes(hashlib.sha256(x.encode()).digest(), "big").bit_count() % 2
"""

_GRAPH = """
def f(x):
    edges = [(x[i + 1:i + 3], x[i + 4:i + 6]) for i in range(0, len(x), 6)]
    parent = {}

    def root(node):
        while parent.setdefault(node, node) != node:
            node = parent[node]
        return node

    cycles = 0
    for u, v in edges:
        a, b = root(u), root(v)
        cycles += a == b
        parent[a] = b
    return int(cycles > max(1, len(edges) // 6))
"""

_TWO_NUMBERS = """
def f(x):
    a, b = int(x[:len(x) // 2]), int(x[len(x) // 2:])
"""

_FIXED = {
    "parity_all": "def f(x):\n    return x.count('1') % 2\n",
    "parity_first_half": "def f(x):\n    return x[:len(x) // 2].count('1') % 2\n",
    "patternmatch1": "def f(x):\n    return int('10101010' in x)\n",
    "patternmatch2": "def f(x):\n    return int('00111111' in x)\n",
    "palindrome": "def f(x):\n    return int(x == x[::-1])\n",
    "dyck2": _DYCK2,
    "automata_parity": _AUTOMATON,
    "sha256_parity": _SHA256,
    "collatz_steps_parity": _COLLATZ,
    "graph_has_cycle": _GRAPH,
    "prime_decimal": f"{_IS_PRIME}def f(x):\n    return int(is_prime(int(x)))\n",
    "prime_decimal_tf_check": f"{_IS_PRIME}def f(x):\n    return int(is_prime(int(x)))\n",
    "prime_plus_47": f"{_IS_PRIME}def f(x):\n    return int(is_prime(int(x) - 47))\n",
    "prime_minus_5": f"{_IS_PRIME}def f(x):\n    return int(is_prime(int(x) - 5))\n",
    "two_primes": f"{_IS_PRIME}{_TWO_NUMBERS}    return int(is_prime(a) and is_prime(b))\n",
    "gcd_range": f"from math import gcd\n{_TWO_NUMBERS}    return int(20 <= gcd(a, b) <= 51)\n",
}


def true_program(rule: Rule, length: int) -> str:
    """A program that is the rule at this length. Raises LookupError for one that is not known."""
    if rule.name in _FIXED:
        return _FIXED[rule.name]
    if rule.name.startswith("parity_rand_"):
        where = coordinates(int(rule.name.rpartition("_")[2]), rule.name, length)
        return f"def f(x):\n    return sum(x[i] == '1' for i in {where}) % 2\n"
    if rule.name == "poly_f2_deg3":
        terms = monomials(3, 3, PUBLIC_POLYNOMIAL, length)
        return f"def f(x):\n    return sum(all(x[i] == '1' for i in t) for t in {terms}) % 2\n"
    raise LookupError(f"{rule.name} has no true program in benchmarks/true_programs.py")
