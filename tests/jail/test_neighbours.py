"""A verdict depends on the program alone: not on what others start, nor on a busy machine."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress

import anyio
import pytest

from bench.jail import Jail, Limits, Verdict
from bench.jail.outside import slots
from bench.jail.outside.exchange import converse, forked
from bench.jail.outside.preloaded import preloaded_for
from bench.jail.wire import request
from tests.jail.caller import INPUTS, PARITY, Caller, Jails, calling
from tests.jail.test_ends import AT_BOTH_LEVELS, descendants

LINUX = pytest.mark.skipif(sys.platform != "linux", reason="only Linux tells")
PROCESS = ("namespaces", "Landlock", "seccomp")

TWO_THREADS = """
import threading
def f(x):
    found = []
    workers = [threading.Thread(target=lambda: found.append(x.count("1") % 2)) for _ in range(2)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    return found[0]
"""

HOLDS_THREADS = """
import threading
threading.stack_size(1 << 16)
held = threading.Event()
for _ in range(250):
    threading.Thread(target=held.wait, daemon=True).start()
def f(x):
    held.wait()
"""


@pytest.fixture(
    scope="module", params=[(), ("namespaces",), PROCESS], ids=["best", "partial", "process"]
)
def evaluate(request: pytest.FixtureRequest, jails: Jails) -> Caller:
    return jails(request.param)


@LINUX
def test_idle_threads_of_others_take_none_from_a_program(
    evaluate: Caller, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(slots, "processors", lambda: range(4))
    monkeypatch.setattr(evaluate.jail, "_first", anyio.CapacityLimiter(4))

    async def beside(jail: Jail) -> tuple[Verdict, list[Verdict]]:
        holding: list[Verdict] = []

        async def hold() -> None:
            held = Limits(cpu_seconds=0.25, memory_mib=1024)
            holding.append(await jail.evaluate(HOLDS_THREADS, INPUTS, "text", held))

        async with anyio.create_task_group() as tasks:
            for _ in range(3):
                tasks.start_soon(hold)
            while len(holding) < 3:
                verdict = await jail.evaluate(
                    TWO_THREADS, INPUTS, "text", Limits(cpu_seconds=5, memory_mib=256)
                )
                if verdict.predictions != PARITY:
                    break
        return verdict, holding

    verdict, holding = evaluate.portal.call(beside, evaluate.jail)
    assert (verdict.error, verdict.predictions) == (None, PARITY)
    assert [each.error for each in holding] == ["timeout"] * 3, (
        "they have the threads that they want"
    )


@LINUX
def test_a_program_has_a_limit_of_threads(evaluate: Caller) -> None:
    verdict = evaluate(
        HOLDS_THREADS.replace("250", "300"), limits=Limits(cpu_seconds=0.25, memory_mib=1024)
    )
    outcomes = [
        ("load_error", "RuntimeError: can't start new thread"),
        ("crashed", "more than 256 threads"),
    ]
    assert (verdict.error, verdict.detail) in outcomes


@contextmanager
def busy(loops: int) -> Iterator[None]:
    """As many processes that keep the processors busy."""
    started = [subprocess.Popen(["sh", "-c", "while :; do :; done"]) for _ in range(loops)]
    try:
        yield
    finally:
        for loop in started:
            loop.kill()
            loop.wait()


@LINUX
def test_a_busy_machine_changes_no_verdict() -> None:
    """A program that needs 60 % of its CPU time, on processors that give it a tenth."""
    source = (
        "import time\n"
        "def f(x):\n    while time.process_time() < 0.06: pass\n    return x.count('1') % 2"
    )
    with calling() as evaluate:
        if evaluate("def f(x): return 0").isolation.level == "process":
            pytest.skip("a candidate that may start processes is held to the time that passes")
        with busy(10 * len(os.sched_getaffinity(0))):
            verdict = evaluate(source, limits=Limits(cpu_seconds=0.1, memory_mib=256))
    assert (verdict.error, verdict.predictions) == (None, PARITY)


@AT_BOTH_LEVELS
@pytest.mark.parametrize("sent_before", [b"", b"0\n", b"0\n1"])
def test_a_program_does_not_answer_for_a_harness_that_is_slow(
    without: tuple[str, ...], sent_before: bytes
) -> None:
    """It waits for its input, longer than it may wait for anything else, as where Ctrl-Z stops us.

    The zygote is not stopped then: it has a session of its own.
    """
    limits = Limits(cpu_seconds=0.1, memory_mib=256)

    whole = request("def f(x): return 1", "text", b"0\n1\n")
    before = whole.index(b"0\n1\n") + len(sent_before)

    async def late() -> tuple[str | None, bytes]:
        jail = Jail(without=without)
        with forked(await jail.running(), limits) as pipes:
            os.write(pipes.request.fileno(), whole[:before])
            await anyio.sleep(2 * limits.wall_seconds)
            end, reply = await converse(pipes, whole[before:], 100)
        await jail.aclose()
        return end.killed, reply[-2:]

    assert anyio.run(late) == (None, b"\1\1")


@pytest.mark.parametrize(
    "wait",
    [
        "held = threading.Lock()\nheld.acquire()\nwait = held.acquire",
        "def wait(): select.select([], [], [], 3600)",
        "reading, writing = os.pipe()\ndef wait(): os.read(reading, 1)",
        "def wait(): os.kill(os.getpid(), signal.SIGSTOP)",
        "never = threading.Event()\ndef wait():\n    while not never.wait(0.01): pass",
        "other = threading.Thread(target=threading.Event().wait)\nother.start()\nwait = other.join",
    ],
    ids=["lock", "select", "pipe", "stop", "poll", "join"],
)
def test_waiting_ends_soon(evaluate: Caller, wait: str) -> None:
    """Before a program's CPU time is over, however much that is."""
    verdict = evaluate(
        f"import os, select, signal, threading\n{wait}\ndef f(x):\n    wait()\n    return 0",
        limits=Limits(cpu_seconds=0.1, memory_mib=256),
    )
    assert verdict.error == "timeout"
    assert verdict.detail in (
        "waited for more than 0.4 s of wall time, with no thread at work",
        "more than 0.5 s of wall time",
    )


def test_how_long_a_program_may_wait() -> None:
    for cpu_seconds, waiting_seconds in ((0.1, 0.4), (1, 4), (10, 5), (300, 5)):
        limits = Limits(cpu_seconds=cpu_seconds, memory_mib=256)
        assert limits.waiting_seconds == pytest.approx(waiting_seconds)
        assert limits.cpu_seconds + limits.waiting_seconds <= limits.wall_seconds == 5 * cpu_seconds


@LINUX
@AT_BOTH_LEVELS
def test_time_in_which_zygote_and_candidate_were_stopped_does_not_count(
    without: tuple[str, ...],
) -> None:
    """As a container that pauses stops them."""
    limits = Limits(cpu_seconds=0.3, memory_mib=256)
    busy = "def f(x): return sum(range(3_000_000)) % 2"

    async def main() -> Verdict:
        jail = Jail(without=without)
        zygote = (await jail.running(preloaded_for(busy))).process.pid
        found: list[Verdict] = []

        async def judge() -> None:
            found.append(await jail.evaluate(busy, ["0"], "text", limits))

        before = descendants(zygote)
        async with anyio.create_task_group() as tasks:
            tasks.start_soon(judge)
            while descendants(zygote) <= before and not found:
                await anyio.sleep(0.001)
            family = descendants(zygote) | {zygote}
            signalled(family, signal.SIGSTOP)
            await anyio.sleep(1.5 * limits.wall_seconds)
            signalled(family, signal.SIGCONT)
        await jail.aclose()
        return found[0]

    verdict = anyio.run(main)
    assert (verdict.error, verdict.predictions) == (None, b"\0")


def signalled(pids: Iterable[int], number: int) -> None:
    """Send a signal to those that are still there."""
    for pid in pids:
        with suppress(ProcessLookupError):
            os.kill(pid, number)
