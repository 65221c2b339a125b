"""What the jail costs, against a bare loop and against a fresh interpreter for each evaluation.

`python benchmarks/bench_jail.py` prints ratios. The bare loop calls the same function on the same
inputs in this process. The fresh interpreter is started, given program and inputs, and read from.
Neither is isolated in any way.
"""

import random
import resource
import statistics
import subprocess
import sys
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path

import anyio

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from bench.jail import Jail, Limits
from benchmarks.ratios import Ratio, ratio

SOURCE = "def f(x):\n    return sum(int(c) for c in x) % 2\n"
LIMITS = Limits(cpu_seconds=10, memory_mib=1024)
ROUNDS = 15
SECONDS = 3.0
EVALUATIONS = 200
WORKERS = 2

Timed = tuple[float, bytes]
"""Seconds and predictions."""

FRESH = """
import sys
import numpy
names = {}
lines = sys.stdin.read().split("\\n")
count = int(lines[0])
exec("\\n".join(lines[count + 1:]), names)
sys.stdout.write("".join(str(names["f"](x)) for x in lines[1:count + 1]))
"""


def inputs(count: int) -> list[str]:
    """Strings of 50 bits."""
    numbers = random.Random(1)
    return [format(numbers.getrandbits(50), "050b") for _ in range(count)]


def fresh(lines: list[str]) -> bytes:
    """The predictions of an interpreter that is started for these inputs."""
    text = "\n".join([str(len(lines)), *lines, SOURCE])
    done = subprocess.run(
        [sys.executable, "-c", FRESH], input=text, capture_output=True, text=True, check=True
    )
    return bytes(map(int, done.stdout))


def loop(f: Callable[[str], int], lines: list[str]) -> bytes:
    """The predictions of a function that is called in this process."""
    return bytes(map(f, lines))


def timed(run: Callable[[], bytes]) -> Timed:
    """How long it takes, and the predictions."""
    start = time.perf_counter()
    result = run()
    return time.perf_counter() - start, result


def summed(splits: list[Timed]) -> Timed:
    """The seconds and predictions of all splits together."""
    seconds, predictions = zip(*splits, strict=True)
    return sum(seconds), b"".join(predictions)


async def jailed(jail: Jail, lines: list[str]) -> Timed:
    """The same in a jail."""
    start = time.perf_counter()
    verdict = await jail.evaluate(SOURCE, lines, "text", LIMITS)
    seconds = time.perf_counter() - start
    if verdict.predictions is None:
        raise SystemExit(f"the jail gave no predictions: {verdict}")
    return seconds, verdict.predictions


async def one_round(jail: Jail) -> tuple[float, float, float, float]:
    """Seconds of a bare loop, the jail and fresh interpreters, and the jail's fixed cost.

    The fixed cost is what the jail takes for the few validation inputs above the bare loop.
    """
    names: dict[str, Callable[[str], int]] = {}
    exec(SOURCE, names)  # noqa: S102 - our own
    splits = (inputs(100), inputs(10_000))
    loops = [timed(partial(loop, names["f"], lines)) for lines in splits]
    jails = [await jailed(jail, lines) for lines in splits]
    freshes = [timed(partial(fresh, lines)) for lines in splits]
    bare, inside, outside = map(summed, (loops, jails, freshes))
    if not bare[1] == inside[1] == outside[1]:
        raise SystemExit("the predictions differ")
    return bare[0], inside[0], outside[0], jails[0][0] - loops[0][0]


def ratios() -> list[Ratio]:
    """What an evaluation in the jail costs."""

    async def rounds() -> list[tuple[float, float, float, float]]:
        jail = Jail()
        await jailed(jail, inputs(100))
        measured = [await one_round(jail) for _ in range(ROUNDS)]
        await jail.aclose()
        return measured

    bare, inside, outside, _ = map(list, zip(*anyio.run(rounds), strict=True))
    return [
        ratio("an evaluation, jail / bare loop", inside, bare),
        ratio("an evaluation, jail / fresh interpreter", inside, outside),
    ]


def cpu_seconds() -> float:
    """What this process has used, and those of its children that have ended."""
    both = map(resource.getrusage, (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    return sum(usage.ru_utime + usage.ru_stime for usage in both)


async def cpu_cost() -> float:
    """CPU seconds of an evaluation of few inputs, over harness, zygote and child."""

    async def used(count: int) -> float:
        before, jail = cpu_seconds(), Jail()
        for _ in range(count):
            await jailed(jail, inputs(100))
        await jail.aclose()
        return cpu_seconds() - before

    start = await used(1)
    return (await used(1 + EVALUATIONS) - start) / EVALUATIONS


async def single() -> None:
    """Print what one evaluation costs.

    The ways to run it take turns, so that a busy machine slows them alike.
    """
    jail = Jail()
    first, _ = await jailed(jail, inputs(100))
    measured = [await one_round(jail) for _ in range(ROUNDS)]
    isolation = (await jail.evaluate(SOURCE, inputs(100), "text", LIMITS)).isolation
    await jail.aclose()
    bare, inside, outside, fixed = zip(*measured, strict=True)
    print(f"isolation: {isolation}")
    print(f"parity of 50 bits, 100 and 10,000 inputs, best of {ROUNDS} rounds (median in brackets)")
    for name, seconds in (("bare loop", bare), ("jail", inside), ("fresh interpreter", outside)):
        best = min(seconds)
        median = statistics.median(b / a for a, b in zip(bare, seconds, strict=True))
        ratio = f"{best / min(bare):6.2f} ({median:.2f}) x the bare loop"
        print(f"  {name:18} {best * 1e3:8.1f} ms  {ratio}")
    least, median = min(fixed) * 1e3, statistics.median(fixed) * 1e3
    print(f"  fixed cost of an evaluation: {least:.1f} ({median:.1f}) ms")
    print(f"  processor time of one, over all processes: {await cpu_cost() * 1e3:.1f} ms")
    print(f"  first evaluation, with the zygote's start: {first * 1e3:.0f} ms")


async def worker() -> None:
    """Evaluate candidates for SECONDS, and print how many that were a second."""
    validation = inputs(100)
    jail = Jail()
    await jail.evaluate(SOURCE, validation, "text", LIMITS)
    count, start = 0, time.perf_counter()
    while time.perf_counter() - start < SECONDS:
        await jail.evaluate(SOURCE, validation, "text", LIMITS)
        count += 1
    print(count / (time.perf_counter() - start))
    await jail.aclose()


def throughput(argument: str) -> float:
    """Candidates a second, summed over WORKERS processes."""
    command = [sys.executable, __file__, argument]
    workers = [subprocess.Popen(command, stdout=subprocess.PIPE, text=True) for _ in range(WORKERS)]
    return sum(float(worker.communicate()[0]) for worker in workers)


def fresh_worker() -> None:
    """The same as `worker`, with a fresh interpreter for each candidate."""
    validation = inputs(100)
    count, start = 0, time.perf_counter()
    while time.perf_counter() - start < SECONDS:
        fresh(validation)
        count += 1
    print(count / (time.perf_counter() - start))


if __name__ == "__main__":
    if sys.argv[1:] == ["worker"]:
        anyio.run(worker)
    elif sys.argv[1:] == ["fresh"]:
        fresh_worker()
    else:
        anyio.run(single)
        jailed_rate, fresh_rate = throughput("worker"), throughput("fresh")
        rates = f"jail {jailed_rate:.0f}, fresh interpreter {fresh_rate:.0f}"
        print(f"candidates a second on {WORKERS} workers, 100 inputs each")
        print(f"  {rates}: {jailed_rate / fresh_rate:.0f} times as many")
