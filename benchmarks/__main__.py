"""`python -m benchmarks [NAME...]`: all benchmarks in some minutes, as one table and as JSON.

Each script of this folder measures more, and more closely, when it is run alone.
"""

import argparse
import os
import platform
import subprocess
import sys
import time
from collections.abc import Sequence
from importlib import import_module
from pathlib import Path

from bench.record.wording import counted
from benchmarks.ratios import Ratio, write

NAMES = ("run", "jail", "tools", "datasets", "falsify", "asking", "flight", "scale")
"""The scripts: `jail` is benchmarks/bench_jail.py, whose `ratios()` is called."""
OUT = Path("reports/benchmarks.json")


def main(arguments: Sequence[str] | None = None) -> int:
    """Print the table and write the file; 1 where a benchmark could not be measured."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("names", nargs="*", metavar="NAME", help=f"of {', '.join(NAMES)}; all")
    parser.add_argument("--out", type=Path, default=OUT, help="the JSON file (%(default)s)")
    given = parser.parse_args(arguments)
    if unknown := [name for name in given.names if name not in NAMES]:
        parser.error(f"there is no benchmark {unknown[0]!r}; give some of {', '.join(NAMES)}")
    start, load = time.monotonic(), os.getloadavg()[0]
    measured: dict[str, list[Ratio]] = {}
    failed = []
    print(f"{'benchmark':<10} {'a multiple of a baseline: less is better':<58} {'ratio':>8}  noise")
    for name in given.names or NAMES:
        try:
            measured[name] = list(import_module(f"benchmarks.bench_{name}").ratios())
        except (SystemExit, OSError, subprocess.SubprocessError) as error:
            failed.append(name)
            print(f"{name:<10} not measured: {error}", flush=True)
        for one in measured.get(name, ()):
            print(f"{name:<10} {one.name:<58} {one.value:8.2f}  ±{one.noise:.0%}", flush=True)
    about = {"python": platform.python_version(), "cores": os.cpu_count(), "load": load}
    write(given.out, measured, about)
    took = f"{time.monotonic() - start:.0f} s, at a load of {load:.1f} on {os.cpu_count()} cores"
    print(f"{counted(sum(map(len, measured.values())), 'ratio')} in {took}; written to {given.out}")
    return int(bool(failed))


if __name__ == "__main__":
    sys.exit(main())
