"""What an attempt costs above the bare client call, with several workers writing to one ledger.

`python benchmarks/bench_asking.py` prints milliseconds an attempt and ratios. The server is a
process of its own on loopback, and answers at once. Each worker is a process too, and takes turns
between three ways to ask: through the bare client, through the ledger (which reserves and settles a
budget), and by a whole search (prompt, contract, selection). Evaluations are left out of the
search: bench_jail.py measures those.
"""

import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Awaitable, Callable
from dataclasses import replace
from itertools import chain, count
from pathlib import Path
from typing import Any

import anyio
import openai
import structlog

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from bench.jail import Isolation, Jail, Verdict
from bench.options.resolve import assemble
from bench.proposers import registry_of
from bench.proposers.proposer import Request
from bench.question.dataset import obtain
from bench.question.grid import points
from bench.question.spec import spec_of
from bench.search.case import Case
from bench.search.loop import search
from bench.search.session import make_proposer
from benchmarks.loopback import serve_until_killed, served_by
from benchmarks.ratios import Ratio, ratio
from tests.support.server import ANSWERING

WORKERS = 4
ROUNDS = 40
ATTEMPTS = 5
BAR_MS = 5.0
WAYS = ("bare client", "ledger", "ledger and search")


class NoJail(Jail):
    """Gives every candidate wrong predictions, so that a search uses all of its attempts."""

    async def evaluate(self, source: str, inputs: Any, *rest: Any) -> Verdict:  # noqa: ARG002
        """No process, no time."""
        return Verdict(
            predictions=bytes(len(inputs)),
            error=None,
            detail=None,
            cpu_ms=0.0,
            wall_ms=0.0,
            peak_kib=0,
            isolation=Isolation("process", "nothing runs"),
        )


def _case(folder: Path, base_url: str, number: int) -> Case:
    """One search, with a proposer behind the ledger and no jail."""
    settings = assemble(
        functions=("fn_a",),
        lengths=(50,),
        model=("gpt-5-mini",),
        base_url=base_url,
        ledger=folder / "ledger.sqlite",
        max_cost=1e6,
        replay="off",
        attempts=ATTEMPTS,
        test_size=10,
        seed=number,
    )
    (point,), _ = points(settings.grid, settings.question, settings.data)
    spec = spec_of(point.target, 50, 1, settings.data)
    dataset = obtain(spec, folder / str(number), folder)
    kept = make_proposer(registry_of(settings).paid_proposers["gpt-5-mini"], settings, "run")
    return Case(point, dataset, kept, NoJail(), settings, "run")


async def worker(folder: Path, base_url: str, number: int, rounds: int) -> None:
    """Print, as JSON, the milliseconds an attempt took in each round, for each way to ask."""
    structlog.configure(logger_factory=structlog.ReturnLoggerFactory())
    case = _case(folder, base_url, number)
    client = openai.AsyncOpenAI(base_url=base_url)
    ways = _ways(case, client)
    times: list[list[float]] = [[] for _ in ways]
    trial = count(1)  # a trial of its own each time: a run asks nothing twice
    for _ in range(rounds + 1):
        for spent, way in zip(times, ways, strict=True):
            start = time.perf_counter()
            await way(next(trial))
            spent.append((time.perf_counter() - start) * 1e3 / ATTEMPTS)
    await client.close()
    await case.proposer.aclose()
    print(json.dumps([spent[1:] for spent in times]))  # the first round opens connections


def _ways(case: Case, client: openai.AsyncOpenAI) -> tuple[Callable[[int], Awaitable[None]], ...]:
    """What asks for all attempts of a trial, in the order of WAYS."""
    kept = case.proposer
    request = Request(
        point=case.point.id,
        model="gpt-5-mini",
        reasoning_effort="high",
        prompt=case.prompt().text,
        trial=1,
        attempt=1,
    )

    async def bare_client(trial: int) -> None:
        for attempt in range(1, ATTEMPTS + 1):
            asked = replace(request, trial=trial, attempt=attempt)
            await client.responses.create(extra_body=dict(kept.body(asked)))

    async def ledger(trial: int) -> None:
        for attempt in range(1, ATTEMPTS + 1):
            await kept.propose(replace(request, trial=trial, attempt=attempt))

    async def ledger_and_search(trial: int) -> None:
        point = replace(case.point, trial=trial)
        await search(replace(case, point=point), lambda _: None)

    return bare_client, ledger, ledger_and_search


def measured(rounds: int) -> list[list[float]]:
    """Milliseconds an attempt, of every worker's rounds, for each way to ask."""
    with tempfile.TemporaryDirectory() as folder, served_by(__file__) as base_url:
        command = [sys.executable, __file__, folder, base_url]
        environment = os.environ | {"OPENAI_API_KEY": "none"}
        workers = [
            subprocess.Popen(
                [*command, str(number), str(rounds)],
                stdout=subprocess.PIPE,
                text=True,
                env=environment,
            )
            for number in range(WORKERS)
        ]
        printed = [process.communicate()[0] for process in workers]
    if any(process.returncode for process in workers):
        raise SystemExit("a worker failed")
    of_workers = [json.loads(text) for text in printed]
    return [list(chain.from_iterable(times)) for times in zip(*of_workers, strict=True)]


def ratios() -> list[Ratio]:
    """What an attempt costs above the bare client."""
    bare, *others = measured(10)
    return [
        ratio(f"an attempt, {name} / bare client", ms, bare)
        for name, ms in zip(WAYS[1:], others, strict=True)
    ]


def main() -> None:
    """Start server and workers, and print their table."""
    every = measured(ROUNDS)
    attempts = len(every[0]) * ATTEMPTS
    print(f"{WORKERS} workers on {os.cpu_count()} cores, one ledger, {attempts} attempts each way")
    base = statistics.median(every[0])
    for name, ms in zip(WAYS, every, strict=True):
        median = statistics.median(ms)
        over = statistics.median(a - b for a, b in zip(ms, every[0], strict=True))
        ratio = f"{median / base:5.2f} x the bare client"
        print(f"  {name:18} {median:6.2f} ms an attempt  {ratio}  {over:+6.2f} ms")
    print(f"  the bar is {BAR_MS:+.2f} ms")


if __name__ == "__main__":
    if sys.argv[1:] == ["serve"]:
        serve_until_killed(ANSWERING)
    elif len(sys.argv) == 5:
        anyio.run(worker, Path(sys.argv[1]), sys.argv[2], int(sys.argv[3]), int(sys.argv[4]))
    else:
        main()
