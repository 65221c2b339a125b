"""What a call of a model's Python tool costs, and an attempt that makes many of them.

`python benchmarks/bench_tools.py` prints ratios and milliseconds. A call is held against the same
code in a plain `exec` loop, in one namespace of this process and not isolated in any way; an
attempt against as many requests without a tool, to the same server: a process of its own on
loopback, that answers at once.
"""

import os
import statistics
import sys
import tempfile
import time
from collections.abc import Awaitable, Callable
from itertools import count
from pathlib import Path

import anyio
import openai
import structlog

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from bench.jail import Interpreter, Jail, Limits
from bench.options.resolve import assemble
from bench.proposers import registry_of
from bench.proposers.proposer import Request
from bench.proposers.request import first_request
from bench.question.dataset import obtain
from bench.question.grid import GridPoint, points
from bench.question.spec import spec_of
from bench.search.case import Case
from bench.search.conversation import converse
from bench.search.session import make_proposer
from benchmarks.loopback import serve_until_killed, served_by
from benchmarks.ratios import Ratio, ratio
from tests.support.replies import Asked, Reply, calling, outputs

LIMITS = Limits(cpu_seconds=30, memory_mib=1024)
OUTPUT_CHARS = 8_000
CALLS = 20
ATTEMPTS = 15
WAITING = 20
"""How many other interpreters wait meanwhile, as their models think."""
CONVERSATIONS, BAR = 50, 2.0
MODEL = "gpt-5-mini"

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


def cases(folder: Path, base_url: str, jail: Jail) -> tuple[Case, Case]:
    """One search without tools and one with the Python tool, before one ledger."""
    settings = assemble(
        functions=("fn_a",),
        lengths=(50,),
        model=(MODEL,),
        tools=("none", "python"),
        base_url=base_url,
        ledger=folder / "ledger.sqlite",
        max_tool_calls=CALLS,
        test_size=10,
    )
    without, with_tool = points(settings.grid, settings.question, settings.data)[0]
    spec = spec_of(without.target, 50, 1, settings.data)
    dataset = obtain(spec, folder, folder)
    registration = registry_of(settings).paid_proposers[MODEL]

    def case(point: GridPoint) -> Case:
        proposer = make_proposer(registration, settings, "run")
        return Case(point, dataset, proposer, jail, settings, "run")

    return case(without), case(with_tool)


def ways(
    without: Case, with_tool: Case, client: openai.AsyncOpenAI
) -> dict[str, Callable[[], Awaitable[None]]]:
    """What asks as often as one attempt does: plain requests, and the attempt."""
    numbers = count(1)  # nothing is asked twice

    def fresh(case: Case) -> Request:
        return first_request(case.point, case.prompt().text, case.settings, next(numbers))

    async def bare_client() -> None:
        body = dict(without.proposer.body(fresh(without)))
        for _ in range(CALLS + 1):
            await client.responses.create(extra_body=body)

    async def no_tool() -> None:
        for _ in range(CALLS + 1):
            await without.proposer.propose(fresh(without))

    async def attempt() -> None:
        turns = await converse(with_tool, fresh(with_tool))
        if len(turns) != CALLS + 1 or not all(result.was_run for result in turns[-2].results):
            raise SystemExit(f"an attempt had {len(turns)} turns")

    return {"bare client": bare_client, "without a tool": no_tool, "with the tool": attempt}


async def attempts(jail: Jail, base_url: str, times: int) -> dict[str, list[float]]:
    """Milliseconds of an attempt, and of as many requests in other ways, which take turns."""
    with tempfile.TemporaryDirectory() as folder:
        both = cases(Path(folder), base_url, jail)
        async with openai.AsyncOpenAI(base_url=base_url, api_key="none") as client:
            asking = ways(*both, client)
            taken: dict[str, list[float]] = {name: [] for name in asking}
            for _ in range(times):
                for name, way in asking.items():
                    start = time.perf_counter()
                    await way()
                    taken[name].append((time.perf_counter() - start) * 1e3)
        for case in both:
            await case.proposer.aclose()
    return taken


def print_attempts(taken: dict[str, list[float]]) -> None:
    """Print what attempts take, against as many plain requests."""
    print(f"{CALLS + 1} requests, best of {CONVERSATIONS} times (median in brackets)")
    for name, ms in taken.items():
        print(f"  {name:24} {min(ms):7.2f} ({statistics.median(ms):.2f}) ms")
    for name in ("bare client", "without a tool"):
        each = zip(taken["with the tool"], taken[name], strict=True)
        least = min(taken["with the tool"]) / min(taken[name])
        usual = statistics.median(one / other for one, other in each)
        print(f"  with the tool, against {name:16} {least:5.2f} ({usual:.2f}) x")
    print(f"  the bar is {BAR:g} x the requests without a tool")


async def calls(jail: Jail, times: int) -> dict[str, list[float]]:
    """Seconds of calls. The ways to run them take turns, so that a busy machine slows both."""
    others = [interpreter_of(jail) for _ in range(WAITING)]
    for other in others:
        await called(other, EMPTY)
    measured: dict[str, list[float]] = {"first": [], "empty": [], "plain": [], "working": []}
    for _ in range(times):
        await one_attempt(jail, measured)
    for other in others:
        await other.aclose()
    return measured


def print_calls(measured: dict[str, list[float]]) -> None:
    """Print what calls cost."""
    best = {name: min(seconds) for name, seconds in measured.items()}
    median = {name: statistics.median(seconds) for name, seconds in measured.items()}
    print(f"calls of the Python tool, while {WAITING} other interpreters wait")
    print(f"best of {ATTEMPTS} attempts with {CALLS} calls each (median in brackets)")
    for name, of in (("start, and a first call", "first"), ("an empty call", "empty")):
        print(f"  {name:24} {best[of] * 1e3:7.2f} ({median[of] * 1e3:.2f}) ms")
    least, usual = (each["working"] / each["plain"] for each in (best, median))
    above, usually = (each["working"] - each["plain"] for each in (best, median))
    print(f"  a call with {best['plain'] * 1e3:.1f} ms of work, against plain exec")
    print(f"    ratio                  {least:7.2f} ({usual:.2f}) x")
    print(f"    difference             {above * 1e3:7.2f} ({usually * 1e3:.2f}) ms")


Found = tuple[dict[str, list[float]], dict[str, list[float]]]


async def measured(calls_times: int, attempts_times: int) -> Found:
    """What calls and attempts take, so many times each."""
    structlog.configure(logger_factory=structlog.ReturnLoggerFactory())
    os.environ.setdefault("OPENAI_API_KEY", "none")
    with served_by(__file__) as base_url:
        jail = Jail()
        of_calls = await calls(jail, calls_times)
        of_attempts = await attempts(jail, base_url, attempts_times)
        await jail.aclose()
    return of_calls, of_attempts


def ratios() -> list[Ratio]:
    """What a call of the tool costs, and an attempt with many of them."""
    of_calls, of_attempts = anyio.run(measured, 5, 10)
    with_tool, without = of_attempts["with the tool"], of_attempts["without a tool"]
    return [
        ratio("a call with some work, tool / plain exec", of_calls["working"], of_calls["plain"]),
        ratio(f"an attempt with {CALLS} calls / as many requests without", with_tool, without),
    ]


async def main() -> None:
    """Print both tables."""
    of_calls, of_attempts = await measured(ATTEMPTS, CONVERSATIONS)
    print_calls(of_calls)
    print_attempts(of_attempts)


def called_again(asked: Asked) -> Reply:
    """A call of the tool, as long as one is allowed."""
    if asked.body.get("tool_choice", "none") == "none":
        return Reply()
    return calling(f"kept = sum(label for _, label in examples) + {len(outputs(asked))}\nkept")


if __name__ == "__main__":
    if sys.argv[1:] == ["serve"]:
        serve_until_killed(called_again)
    else:
        anyio.run(main)
