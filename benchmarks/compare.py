"""`python -m benchmarks.compare A.json B.json`: what costs more in B than in A."""

import argparse
import sys
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from benchmarks.ratios import NoRatios, Ratio, read

LEAST = 0.05
"""A smaller change is none, however quiet the rounds were."""
Ratios = Mapping[tuple[str, str], Ratio]


def main(arguments: Sequence[str] | None = None) -> int:
    """Print a line for each ratio; 1 where one got slower by more than the noise, 2 for no file."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.compare", description=__doc__)
    parser.add_argument("before", type=Path, metavar="A.json")
    parser.add_argument("after", type=Path, metavar="B.json")
    given = parser.parse_args(arguments)
    try:
        before, after = read(given.before), read(given.after)
    except NoRatios as error:
        print(f"{parser.prog}: {error}", file=sys.stderr)
        return 2
    is_slower = False
    for key, verdict in verdicts(before, after):
        is_slower |= verdict.startswith("slower")
        print(f"{key[0]:<10} {key[1]:<58} {verdict}")
    return int(is_slower)


def verdicts(before: Ratios, after: Ratios) -> Iterator[tuple[tuple[str, str], str]]:
    """What to say of each ratio that either of the two has."""
    for key in dict.fromkeys([*before, *after]):
        if key not in before or key not in after:
            yield key, "only in A" if key in before else "only in B"
            continue
        old, new = before[key], after[key]
        said = f"{old.value:.2f} -> {new.value:.2f} ({new.value / old.value - 1:+.0%})"
        noise = max(LEAST, old.noise + new.noise)
        if new.value > old.value * (1 + noise):
            yield key, f"slower: {said}, noise {noise:.0%}"
        elif old.value > new.value * (1 + noise):
            yield key, f"faster: {said}, noise {noise:.0%}"
        else:
            yield key, f"as before: {said}, noise {noise:.0%}"


if __name__ == "__main__":
    sys.exit(main())
