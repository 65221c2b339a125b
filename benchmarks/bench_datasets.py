"""How fast datasets are drawn: against a plain loop over the label function, with rejection, in the same run.

    python benchmarks/bench_datasets.py [--quick]

The plain loop draws random inputs and keeps those whose label is wanted; where a class is too rare
for that (a random string is no palindrome), it plants one the plain way, and for primes it takes
random odd numbers until one is prime.
"""

import argparse
import logging
import random
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import gmpy2
import structlog

from bench.question.dataset import obtain
from bench.question.spec import DatasetSpec
from targets import TARGETS, Rule

LENGTH, SIZES = 100, (100, 100, 10_000)


def plain(rule: Rule, count: int) -> None:
    """`count` different inputs of each class, one after the other."""
    rng = random.Random(0)
    draw = _plain_draw(rule, rng)
    for label in (0, 1):
        found: set[str] = set()
        while len(found) < count:
            x = draw(label)
            if rule.label(x) == label:
                found.add(x)


def _plain_draw(rule: Rule, rng: random.Random) -> Callable[[int], str]:
    def bits(n: int = LENGTH) -> str:
        return "".join(rng.choice("01") for _ in range(n))

    def number(_label: int) -> str:
        return "".join(
            [
                rng.choice("123456789"),
                *(rng.choice("0123456789") for _ in range(LENGTH - 2)),
                rng.choice("1379"),
            ]
        )

    def mirrored(label: int) -> str:
        half = bits(LENGTH // 2)
        return half + half[::-1] if label else bits()

    def planted(label: int) -> str:
        pattern, at = rule.rule.split()[-1], rng.randrange(LENGTH - 7)
        x = bits()
        return x[:at] + pattern + x[at + 8 :] if label else x

    def word(label: int) -> str:
        made, stack = list[str](), list[str]()
        while len(made) + len(stack) < LENGTH // 2:
            if stack and rng.random() < 0.5:
                made.append(stack.pop())
            else:
                opener, closer = rng.choice([("00", "01"), ("10", "11")])
                made.append(opener)
                stack.append(closer)
        x = "".join([*made, *reversed(stack)])[:LENGTH]
        at = rng.randrange(LENGTH)
        return x if label else x[:at] + rng.choice("01") + x[at + 1 :]

    if rule.family == "prime":
        return number
    named = {
        "palindrome": mirrored,
        "patternmatch1": planted,
        "patternmatch2": planted,
        "dyck2": word,
    }
    return named.get(rule.name, lambda _label: bits())


def main() -> None:
    """Print a row for each published target, and the whole."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--quick", action="store_true", help="leave the two prime targets out")
    quick = parser.parse_args().quick
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.ERROR))
    gmpy2.is_prime(7)
    rules = [
        t
        for t in TARGETS
        if isinstance(t, Rule) and t.paper and not (quick and t.family == "prime")
    ]
    print(f"L={LENGTH}, splits {'/'.join(map(str, SIZES))}; seconds, the best of 3 (primes: of 1)")
    print(f"{'target':24}{'plain':>9}{'drawn':>9}{'ratio':>8}{'reused':>9}")
    totals = [0.0, 0.0]
    with tempfile.TemporaryDirectory() as folder:
        for rule in rules:
            drawn, reused, bare = [], [], []
            for k in range(1 if rule.family == "prime" else 3):
                spec = DatasetSpec(rule, LENGTH, *SIZES, seed=k, trial=1)
                drawn.append(_seconds(lambda spec=spec: obtain(spec, Path(folder))))  # type: ignore[misc]
                reused.append(_seconds(lambda spec=spec: obtain(spec, Path(folder))))  # type: ignore[misc]
                bare.append(_seconds(lambda rule=rule: plain(rule, sum(SIZES) // 2)))  # type: ignore[misc]
            a, b, c = min(bare), min(drawn), min(reused)
            totals = [totals[0] + a, totals[1] + b]
            print(f"{rule.stem:24}{a:9.3f}{b:9.3f}{a / b:7.1f}x{c:9.4f}", flush=True)
    print(f"{'all':24}{totals[0]:9.3f}{totals[1]:9.3f}{totals[0] / totals[1]:7.1f}x")


def _seconds(work: Callable[[], object]) -> float:
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


if __name__ == "__main__":
    main()
