"""The jail's price: against a bare loop in this process, and against a fresh interpreter for each evaluation.

`python benchmarks/bench_jail.py` prints ratios. The bare loop is the same function over the same
inputs, with no isolation at all; the fresh interpreter is started, given program and inputs, and
read from, also without isolation.
"""

import random
import statistics
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import anyio

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from bench.jail import Jail, Limits

SOURCE = "def f(x):\n    return sum(int(c) for c in x) % 2\n"
LIMITS = Limits(cpu_seconds=10, memory_mib=1024)
ROUNDS = 15
SECONDS = 3.0
WORKERS = 2

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
    """Predictions by an interpreter started for them."""
    text = "\n".join([str(len(lines)), *lines, SOURCE])
    done = subprocess.run(
        [sys.executable, "-c", FRESH], input=text, capture_output=True, text=True, check=True
    )
    return bytes(map(int, done.stdout))


def timed(run: Callable[[], bytes]) -> tuple[float, bytes]:
    """Seconds, and the result."""
    start = time.perf_counter()
    result = run()
    return time.perf_counter() - start, result


async def single() -> None:
    """One evaluation after another, the ways to run them in turn, so that a busy machine slows all alike."""
    names: dict[str, Callable[[str], int]] = {}
    exec(SOURCE, names)  # noqa: S102 - our own
    f = names["f"]
    validation, test = inputs(100), inputs(10_000)
    jail = Jail()

    async def jailed(lines: list[str]) -> tuple[float, bytes]:
        start = time.perf_counter()
        verdict = await jail.evaluate(SOURCE, lines, "text", LIMITS)
        seconds = time.perf_counter() - start
        if verdict.predictions is None:
            raise SystemExit(f"the jail gave no predictions: {verdict}")
        return seconds, verdict.predictions

    first, _ = await jailed(validation)
    bare, inside, outside, fixed = [], [], [], []
    for _ in range(ROUNDS):
        splits = (validation, test)
        loops = [timed(lambda lines=lines: bytes(map(f, lines))) for lines in splits]  # type: ignore[misc]
        jails = [await jailed(lines) for lines in splits]
        freshes = [timed(lambda lines=lines: fresh(lines)) for lines in splits]  # type: ignore[misc]
        if (
            not loops[0][1] + loops[1][1]
            == jails[0][1] + jails[1][1]
            == freshes[0][1] + freshes[1][1]
        ):
            raise SystemExit("the predictions differ")
        bare.append(sum(seconds for seconds, _ in loops))
        inside.append(sum(seconds for seconds, _ in jails))
        outside.append(sum(seconds for seconds, _ in freshes))
        fixed.append(jails[0][0] - loops[0][0])
    isolation = (await jail.evaluate(SOURCE, validation, "text", LIMITS)).isolation
    await jail.aclose()
    base = min(bare)
    print(f"isolation: {isolation}")
    print(f"parity of 50 bits, 100 and 10,000 inputs, best of {ROUNDS} rounds (median in brackets)")
    for name, seconds in (("bare loop", bare), ("jail", inside), ("fresh interpreter", outside)):
        median = statistics.median(b / a for a, b in zip(bare, seconds, strict=True))
        print(
            f"  {name:18} {min(seconds) * 1e3:8.1f} ms  {min(seconds) / base:6.2f} ({median:.2f}) x the bare loop"
        )
    print(
        f"  fixed cost of an evaluation: {min(fixed) * 1e3:.1f} ({statistics.median(fixed) * 1e3:.1f}) ms"
    )
    print(f"  first evaluation, with the zygote's start: {first * 1e3:.0f} ms")


async def worker() -> None:
    """Candidates of one worker for SECONDS, printed."""
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
    """Candidates a second of WORKERS processes together."""
    command = [sys.executable, __file__, argument]
    workers = [subprocess.Popen(command, stdout=subprocess.PIPE, text=True) for _ in range(WORKERS)]
    return sum(float(worker.communicate()[0]) for worker in workers)


def fresh_worker() -> None:
    """The same with a fresh interpreter for each candidate."""
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
        times = jailed_rate / fresh_rate
        print(f"candidates a second on {WORKERS} workers, 100 inputs each")
        print(
            f"  jail {jailed_rate:.0f}, fresh interpreter {fresh_rate:.0f}: {times:.0f} times as many"
        )
