"""What a call of a model's Python tool costs, against the same code in a plain `exec` loop.

`python benchmarks/bench_tools.py` prints ratios and milliseconds. The plain loop runs the same
pieces of code one after the other in one namespace of this process, and is not isolated in any way.
"""

import statistics
import sys
import time
from pathlib import Path

import anyio

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from bench.jail import Interpreter, Jail, Limits

LIMITS = Limits(cpu_seconds=30, memory_mib=1024)
OUTPUT_CHARS = 8_000
CALLS = 20
ATTEMPTS = 15
WAITING = 20
"""How many other interpreters wait meanwhile, as their models think."""

EXAMPLES = [(format(i * 2654435761 % 2**50, "050b"), i % 2) for i in range(100)]
EMPTY = "pass"
WORKING = "kept = [sum(int(c) for c in x) % 2 for x, _ in examples * 8]\nsum(kept)"


def plain(code: str, names: dict[str, object]) -> float:
    """Seconds of a call in this process."""
    start = time.perf_counter()
    exec(compile(code, "<call>", "exec"), names)  # noqa: S102 - our own
    return time.perf_counter() - start


async def called(interpreter: Interpreter, code: str) -> float:
    """Seconds of a call of the tool."""
    start = time.perf_counter()
    result = await interpreter.run(code)
    if result.error is not None:
        raise SystemExit(f"a call failed: {result}")
    return time.perf_counter() - start


def interpreter_of(jail: Jail) -> Interpreter:
    """A new one, that has not been started."""
    return jail.interpreter(EXAMPLES, "text", LIMITS, OUTPUT_CHARS)


async def one_attempt(jail: Jail, measured: dict[str, list[float]]) -> None:
    """Add the seconds of each call of an attempt, and of the same code in this process."""
    interpreter = interpreter_of(jail)
    names: dict[str, object] = {"examples": EXAMPLES}
    measured["first"].append(await called(interpreter, EMPTY))
    for _ in range(CALLS):
        measured["empty"].append(await called(interpreter, EMPTY))
        measured["plain"].append(plain(WORKING, names))
        measured["working"].append(await called(interpreter, WORKING))
    await interpreter.aclose()


async def main() -> None:
    """Print what calls cost. The ways to run them take turns, so that a busy machine slows both."""
    jail = Jail()
    others = [interpreter_of(jail) for _ in range(WAITING)]
    for other in others:
        await called(other, EMPTY)
    measured: dict[str, list[float]] = {"first": [], "empty": [], "plain": [], "working": []}
    for _ in range(ATTEMPTS):
        await one_attempt(jail, measured)
    await jail.aclose()
    best = {name: min(seconds) for name, seconds in measured.items()}
    median = {name: statistics.median(seconds) for name, seconds in measured.items()}
    print(f"calls of the Python tool, while {WAITING} other interpreters wait")
    print(f"best of {ATTEMPTS} attempts with {CALLS} calls each (median in brackets)")
    for name, of in (("start, and a first call", "first"), ("an empty call", "empty")):
        print(f"  {name:24} {best[of] * 1e3:7.2f} ({median[of] * 1e3:.2f}) ms")
    ratio, usual = (each["working"] / each["plain"] for each in (best, median))
    above, usually = (each["working"] - each["plain"] for each in (best, median))
    print(f"  a call with {best['plain'] * 1e3:.1f} ms of work, against plain exec")
    print(f"    ratio                  {ratio:7.2f} ({usual:.2f}) x")
    print(f"    difference             {above * 1e3:7.2f} ({usually * 1e3:.2f}) ms")


if __name__ == "__main__":
    anyio.run(main)
