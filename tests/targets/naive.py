"""A second, naive implementation of each rule, to hold the first against."""

import hashlib
import re
from collections.abc import Callable, Iterable

from targets.families.fixed_bits import PUBLIC_POLYNOMIAL, coordinates, monomials


def is_prime(n: int) -> bool:
    """Whether it is, by a library that the rules do not use; it is imported where it is asked."""
    import sympy

    return bool(sympy.isprime(n))


def odd(x: str) -> int:
    """1 if the number of ones is odd."""
    result = 0
    for c in x:
        result ^= int(c)
    return result


def _odd_at(where: Iterable[int], x: str) -> int:
    return odd("".join(x[i] for i in where))


def _brackets(x: str) -> int:
    word = "".join("()[]"[int(x[i : i + 2], 2)] for i in range(0, len(x), 2))
    while (shorter := word.replace("()", "").replace("[]", "")) != word:
        word = shorter
    return int(word == "")


def _automaton(x: str) -> int:
    new = {"111": 0, "110": 0, "101": 0, "100": 1, "011": 1, "010": 1, "001": 1, "000": 0}
    padded = f"0{x}0"
    return sum(new[padded[i : i + 3]] for i in range(len(x))) % 2


def _cycles(x: str) -> int:
    edges = [(x[i + 1 : i + 3], x[i + 4 : i + 6]) for i in range(0, len(x), 6)]
    parts: list[set[str]] = []
    for u, v in edges:
        joined = {u, v}.union(*(part for part in parts if part & {u, v}))
        parts = [part for part in parts if not part & {u, v}] + [joined]
    nodes = set().union(*parts)
    return int(len(edges) - len(nodes) + len(parts) > max(1, len(edges) // 6))


def _gcd(x: str) -> int:
    a, b = int(x[: len(x) // 2]), int(x[len(x) // 2 :])
    while b:
        a, b = b, a % b
    return int(20 <= a <= 51)


def _polynomial(x: str) -> int:
    value = 0
    for monomial in monomials(3, 3, PUBLIC_POLYNOMIAL, len(x)):
        product = 1
        for i in monomial:
            product *= int(x[i])
        value ^= product
    return value


def _collatz(x: str) -> int:
    n, even = int(x, 2), True
    while n > 1:
        n = 3 * n + 1 if n & 1 else n >> 1
        even = not even
    return int(not even)


NAIVE: dict[str, Callable[[str], int]] = {
    "parity_all": odd,
    "parity_first_half": lambda x: odd(x[: len(x) // 2]),
    "patternmatch1": lambda x: int(any(x[i : i + 8] == "10" * 4 for i in range(len(x)))),
    "patternmatch2": lambda x: int(re.search("00111111", x) is not None),
    "parity_rand_3": lambda x: odd("".join(x[i] for i in coordinates(3, "parity_rand_3", len(x)))),
    "parity_rand_10": lambda x: odd(
        "".join(x[i] for i in coordinates(10, "parity_rand_10", len(x)))
    ),
    "palindrome": lambda x: int(all(x[i] == x[-1 - i] for i in range(len(x)))),
    "dyck2": _brackets,
    "prime_decimal": lambda x: int(is_prime(int(x))),
    "prime_decimal_tf_check": lambda x: int(is_prime(int(x))),
    "automata_parity": _automaton,
    "sha256_parity": lambda x: odd(bin(int(hashlib.sha256(x.encode()).hexdigest(), 16))[2:]),
    "prime_plus_47": lambda x: int(is_prime(int(x) - 47)),
    "prime_minus_5": lambda x: int(is_prime(int(x) - 5)),
    "two_primes": lambda x: int(
        is_prime(int(x[: len(x) // 2])) and is_prime(int(x[len(x) // 2 :]))
    ),
    "gcd_range": _gcd,
    "graph_has_cycle": _cycles,
    "poly_f2_deg3": _polynomial,
    "collatz_steps_parity": _collatz,
}


def naive(target: str) -> Callable[[str], int]:
    """The second implementation of a target's label.

    Raises LookupError that says how to give it one.
    """
    if target not in NAIVE:
        raise LookupError(
            f"{target} has no second implementation to be held against: write its label once more, "
            "as plainly as can be, and add it to NAIVE in tests/targets/naive.py"
        )
    return NAIVE[target]
