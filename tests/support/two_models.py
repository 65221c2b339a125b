"""Two models that are none: agents that try a few programs on the examples, for the page's picture.

`-p tests.support.two_models --model counts,patterns` asks both. They differ in what they try.
"""

import json
from collections.abc import Callable, Iterator, Sequence
from itertools import combinations

Examples = Sequence[tuple[str, int]]
Model = Callable[[Examples, str], str]

_SMALL_PRIMES = (2, 3, 5, 7, 11, 13)


def counts(examples: Examples, prompt: str) -> str:
    """Parities of all bits and of halves, palindromes, numbers without small divisors."""
    halves = ("x", "x[:len(x) // 2]", "x[len(x) // 2:]")
    bodies = [f"{part}.count('1') % 2" for part in halves]
    bodies += ["int(x == x[::-1])", f"int(all(int(x) % p for p in {_SMALL_PRIMES}))"]
    return _best(bodies, examples)


def patterns(examples: Examples, prompt: str) -> str:
    """Parities of three bits, patterns of up to ten bits, palindromes, the test of Fermat."""
    bodies = ["x.count('1') % 2", "int(x == x[::-1])", "int(pow(2, int(x) - 1, int(x)) == 1)"]
    bodies += [f"int({part!r} in x)" for part in _parts(examples)]
    if len(examples[0][0]) <= 25:
        places = combinations(range(len(examples[0][0])), 3)
        bodies += [f"(x[{i}] + x[{j}] + x[{k}]).count('1') % 2" for i, j, k in places]
    return _best(bodies, examples)


def _parts(examples: Examples) -> Iterator[str]:
    """The parts of an input that has the label 1."""
    x = next(x for x, label in examples if label)
    for size in range(3, 11):
        yield from dict.fromkeys(x[i : i + size] for i in range(len(x) - size))


def _best(bodies: Sequence[str], examples: Examples) -> str:
    """The answer with the first program that is right on the most examples."""

    def right(body: str) -> int:
        f = eval(f"lambda x: {body}")
        try:
            return sum(f(x) == label for x, label in examples)
        except (ValueError, IndexError):
            return 0  # a test of numbers on what is none

    body = max(bodies, key=right)
    return json.dumps({"code": f"def f(x):\n    return {body}\n"})


def pytest_llmpv_proposer(model: str) -> Model | None:
    """Both, by their names."""
    return {"counts": counts, "patterns": patterns}.get(model)
