"""How fast datasets are drawn, measured against a plain loop over the label function.

    python benchmarks/bench_datasets.py [--quick]

The plain loop, timed in the same run, draws random inputs and keeps those whose label is wanted.
Where a class is too rare for that (a random string is hardly ever a palindrome), it makes such
inputs in the simplest way. For primes it draws random odd numbers until one is prime.
"""

import argparse
import logging
import random
import sys
import tempfile
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path

import gmpy2
import structlog

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from bench.question.dataset import obtain
from bench.question.spec import DatasetSpec
from benchmarks.ratios import Ratio, added, ratio
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
    """What draws one input of the label that it is given, or at least tries to."""
    if rule.family == "prime":
        return lambda _label: _number(rng)
    if rule.name in ("patternmatch1", "patternmatch2"):
        pattern = rule.rule.split()[-1]
        return lambda label: _planted(rng, pattern) if label else _bits(rng)
    if rule.name == "palindrome":
        return lambda label: _mirrored(rng) if label else _bits(rng)
    if rule.name == "dyck2":
        return lambda label: _word(rng) if label else _one_bit_changed(rng, _word(rng))
    return lambda _label: _bits(rng)


def _bits(rng: random.Random, n: int = LENGTH) -> str:
    return "".join(rng.choice("01") for _ in range(n))


def _number(rng: random.Random) -> str:
    middle = "".join(rng.choice("0123456789") for _ in range(LENGTH - 2))
    return rng.choice("123456789") + middle + rng.choice("1379")


def _mirrored(rng: random.Random) -> str:
    half = _bits(rng, LENGTH // 2)
    return half + half[::-1]


def _planted(rng: random.Random, pattern: str) -> str:
    at = rng.randrange(LENGTH - len(pattern) + 1)
    x = _bits(rng)
    return x[:at] + pattern + x[at + len(pattern) :]


def _word(rng: random.Random) -> str:
    """A balanced word of two types of brackets."""
    made, stack = list[str](), list[str]()
    while len(made) + len(stack) < LENGTH // 2:
        if stack and rng.random() < 0.5:
            made.append(stack.pop())
        else:
            opener, closer = rng.choice([("00", "01"), ("10", "11")])
            made.append(opener)
            stack.append(closer)
    return "".join([*made, *reversed(stack)])[:LENGTH]


def _one_bit_changed(rng: random.Random, x: str) -> str:
    at = rng.randrange(LENGTH)
    return x[:at] + rng.choice("01") + x[at + 1 :]


def main() -> None:
    """Print a row for each published target, and the total."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--quick", action="store_true", help="leave the prime targets out")
    quick = parser.parse_args().quick
    rules = _published(quick)
    print(f"L={LENGTH}, splits {'/'.join(map(str, SIZES))}; seconds, the best of 3 (primes: of 1)")
    print(f"{'target':24}{'plain':>9}{'drawn':>9}{'ratio':>8}{'reused':>9}")
    all_bare = all_drawn = 0.0
    for rule in rules:
        rounds = _measured(rule, 1 if rule.family == "prime" else 3)
        bare, drawn, reused = map(min, zip(*rounds, strict=True))
        all_bare, all_drawn = all_bare + bare, all_drawn + drawn
        print(f"{rule.stem:24}{bare:9.3f}{drawn:9.3f}{bare / drawn:7.1f}x{reused:9.4f}", flush=True)
    print(f"{'all':24}{all_bare:9.3f}{all_drawn:9.3f}{all_bare / all_drawn:7.1f}x")


def ratios() -> list[Ratio]:
    """What datasets cost, of the published targets but for primes."""
    of_rules = [_measured(rule, 3) for rule in _published(quick=True)]
    columns = [tuple(zip(*rounds, strict=True)) for rounds in of_rules]
    bare, drawn, reused = map(added, zip(*columns, strict=True))
    return [
        ratio("a dataset, drawn / plain loop over the label", drawn, bare),
        ratio("a dataset, reused / drawn", reused, drawn),
    ]


def _published(quick: bool) -> list[Rule]:
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.ERROR))
    gmpy2.is_prime(7)
    published = [t for t in TARGETS if isinstance(t, Rule) and t.paper]
    return [rule for rule in published if not (quick and rule.family == "prime")]


def _measured(rule: Rule, rounds: int) -> list[tuple[float, float, float]]:
    """Seconds of a plain loop, of a dataset that is drawn, and of one that is reused."""
    found = []
    with tempfile.TemporaryDirectory() as folder:
        for seed in range(rounds):
            spec = DatasetSpec(rule, LENGTH, *SIZES, seed=seed, trial=1)
            drawn = _seconds(partial(obtain, spec, Path(folder)))
            reused = _seconds(partial(obtain, spec, Path(folder)))
            found.append((_seconds(partial(plain, rule, sum(SIZES) // 2)), drawn, reused))
    return found


def _seconds(work: Callable[[], object]) -> float:
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


if __name__ == "__main__":
    main()
