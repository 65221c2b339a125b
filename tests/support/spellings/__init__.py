"""Fifty spellings each of four rules: ten functions, and five ways to give one as a program."""

import inspect
from collections.abc import Iterator
from types import ModuleType

from tests.support.spellings import brackets, palindromes, parity, primes

RULES: dict[str, ModuleType] = {
    "parity_all": parity,
    "palindrome": palindromes,
    "dyck2": brackets,
    "prime_decimal": primes,
}

_AS_INT = """
def f(x):
    return int(bool(NAME(x)))
"""
_AS_LAMBDA = """
f = lambda x: 1 if NAME(x) else 0
"""
_AS_METHOD = """
class Rule:
    def holds(self, x):
        return [0, 1][bool(NAME(x))]

f = Rule().holds
"""
_CACHED = """
from functools import lru_cache

@lru_cache(maxsize=None)
def f(x):
    return +bool(NAME(x))
"""
_AS_CLOSURE = """
def made(rule):
    def f(x):
        return int(not not rule(x))
    return f

f = made(NAME)
"""
_WAYS = (_AS_INT, _AS_LAMBDA, _AS_METHOD, _CACHED, _AS_CLOSURE)


def spellings(target: str) -> Iterator[str]:
    """Programs that are all the rule of this target."""
    for name, function in inspect.getmembers(RULES[target], inspect.isfunction):
        for way in _WAYS:
            yield inspect.getsource(function) + way.replace("NAME", name)
