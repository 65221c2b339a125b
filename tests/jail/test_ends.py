"""How evaluations end: limits, deaths, and that nothing remains."""

import os
import resource
import signal
import subprocess
import sys
import time
from collections.abc import Collection, Iterable
from pathlib import Path

import anyio
import pytest

from bench.jail import Jail, JailBroken, Limits, Verdict
from bench.jail.outside.preloaded import preloaded_for
from bench.jail.walls.processes import children_of
from tests.jail.caller import INPUTS, LIMITS, PARITY, Caller, Jails, calling

LINUX = pytest.mark.skipif(sys.platform != "linux", reason="reads /proc")
LEVELS = [(), ("namespaces", "Landlock", "seccomp")]
AT_BOTH_LEVELS = pytest.mark.parametrize("without", LEVELS, ids=["best", "process"])
SPIN = "def f(x):\n    while True: pass"
PARITY_PROGRAM = "def f(x): return x.count('1') % 2"


def counts_waiting(verdict: Verdict) -> bool:
    """Whether the zygote tells waiting for a processor from other waiting; not so at `process`."""
    return sys.platform == "linux" and verdict.isolation.level != "process"


def descendants(pid: int) -> set[int]:
    """Pids of all processes that a process has started, and those have started, and so on."""
    children = children_of(pid)
    return children.union(*(descendants(child) for child in children))


def eventually(condition: object, seconds: float = 60) -> None:
    """Wait until the condition, a function, holds."""
    assert callable(condition)
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "never came true"
        time.sleep(0.01)


@pytest.fixture(scope="module", params=LEVELS, ids=["best", "process"])
def evaluate(request: pytest.FixtureRequest, jails: Jails) -> Caller:
    return jails(request.param)


@pytest.mark.parametrize(
    "source",
    [
        SPIN,
        "def f(x): return 10 ** 10**8 % 2",
        "import re\ndef f(x): return bool(re.fullmatch('(a+)+b', 'a' * 40))",
        "import signal\nfor s in (2, 15, 24): signal.signal(s, signal.SIG_IGN)\nwhile True: pass",
    ],
)
def test_the_limit_counts_cpu_time(evaluate: Caller, source: str) -> None:
    verdict = evaluate(source, limits=Limits(cpu_seconds=0.05, memory_mib=256))
    assert verdict.error == "timeout"
    if counts_waiting(verdict):
        assert verdict.detail == "more than 0.05 s of CPU time"
        assert 50 < verdict.cpu_ms < 1000


@LINUX
def test_nothing_remains_of_a_child(evaluate: Caller) -> None:
    evaluate(PARITY_PROGRAM)
    before = descendants(os.getpid())
    evaluate(
        "import ctypes, os\nif ctypes.CDLL(None).fork() == 0:\n    os.setsid()\nwhile True: pass",
        limits=Limits(cpu_seconds=0.1, memory_mib=256),
    )
    evaluate("import os\nos._exit(1)")
    evaluate(SPIN, limits=Limits(cpu_seconds=0.1, memory_mib=256))
    eventually(lambda: descendants(os.getpid()) <= before)


@LINUX
def test_a_dead_zygote_is_replaced_whoever_finds_it_dead(evaluate: Caller) -> None:
    async def kill(program: str, finders: int) -> None:
        zygote = await evaluate.jail.running(preloaded_for(program))
        for pid in descendants(zygote.process.pid) | {zygote.process.pid}:
            os.kill(pid, signal.SIGKILL)
        async with anyio.create_task_group() as tasks:
            for _ in range(finders):
                tasks.start_soon(evaluate.jail.discard, zygote)

    numpy = f"import numpy\n{PARITY_PROGRAM}"
    for program, finders in ((PARITY_PROGRAM, 0), (numpy, 0), (PARITY_PROGRAM, 20), (numpy, 20)):
        evaluate.portal.call(kill, program, finders)
        assert evaluate(program).predictions == PARITY


@LINUX
@AT_BOTH_LEVELS
def test_a_zygote_that_dies_under_a_candidate_twice(without: tuple[str, ...]) -> None:
    async def kill_each_zygote(jail: Jail) -> None:
        killed = None
        while True:
            zygote = next(iter(jail._zygotes.values()), None)
            if zygote is not None and zygote is not killed:
                await anyio.sleep(0.3)
                os.kill(zygote.process.pid, signal.SIGKILL)
                killed = zygote
            await anyio.sleep(0.02)

    async def main() -> tuple[str | None, str | None]:
        jail = Jail(without=without)
        async with anyio.create_task_group() as tasks:
            tasks.start_soon(kill_each_zygote, jail)
            verdict = await jail.evaluate(
                SPIN, INPUTS, "text", Limits(cpu_seconds=20, memory_mib=256)
            )
            tasks.cancel_scope.cancel()
        await jail.aclose()
        return verdict.error, verdict.detail

    assert anyio.run(main) == ("crashed", "the jail's zygote died under this candidate, twice")


@LINUX
def test_a_cancelled_evaluation_leaves_no_child(evaluate: Caller) -> None:
    evaluate(PARITY_PROGRAM)
    before = descendants(os.getpid())

    async def give_up() -> None:
        with anyio.move_on_after(0.3) as scope:
            await evaluate.jail.evaluate(
                SPIN, INPUTS, "text", Limits(cpu_seconds=60, memory_mib=256)
            )
        assert scope.cancelled_caught

    evaluate.portal.call(give_up)
    eventually(lambda: descendants(os.getpid()) <= before)
    assert evaluate(PARITY_PROGRAM).predictions == PARITY


HARNESS = """
import sys, anyio
from bench.jail import Jail, JailBroken, Limits, Verdict
async def main():
    jail = Jail(without=sys.argv[1:])
    await jail.evaluate("def f(x): return 1", ["0"], "text", Limits(cpu_seconds=5, memory_mib=256))
    print("ready", flush=True)
    await jail.evaluate("while True: pass", ["0"], "text", Limits(cpu_seconds=60, memory_mib=256))
anyio.run(main)
"""


@LINUX
@AT_BOTH_LEVELS
def test_a_killed_harness_leaves_no_process(without: tuple[str, ...]) -> None:
    with subprocess.Popen(
        [sys.executable, "-c", HARNESS, *without], stdout=subprocess.PIPE, text=True
    ) as harness:
        assert harness.stdout is not None
        assert harness.stdout.readline() == "ready\n"
        # Zygote and child; and the process that stays outside the pid namespace
        least = 2 if without else 3
        eventually(lambda: len(descendants(harness.pid)) >= least)
        left = descendants(harness.pid)
        harness.kill()
    eventually(lambda: not any(Path(f"/proc/{pid}").exists() for pid in left))


def test_evaluations_in_flight_do_not_mix(evaluate: Caller) -> None:
    programs = [f"def f(x): return {i % 2}" for i in range(12)]

    async def all_at_once() -> dict[int, bytes | None]:
        found: dict[int, bytes | None] = {}

        async def one(i: int) -> None:
            verdict = await evaluate.jail.evaluate(
                programs[i], INPUTS, "text", Limits(cpu_seconds=5, memory_mib=256)
            )
            found[i] = verdict.predictions

        async with anyio.create_task_group() as tasks:
            for i in range(len(programs)):
                tasks.start_soon(one, i)
        return found

    assert evaluate.portal.call(all_at_once) == {
        i: bytes([i % 2] * len(INPUTS)) for i in range(len(programs))
    }


@LINUX
def test_no_label_is_in_a_childs_memory() -> None:
    """All memory of zygote and child while a candidate runs: it has the inputs, and no labels."""
    split = {f"input-{os.urandom(8).hex()}": f"label-{os.urandom(8).hex()}" for _ in range(4)}

    with calling() as evaluate:
        evaluate(PARITY_PROGRAM, list(split))
        zygote = next(iter(evaluate.jail._zygotes.values())).process.pid
        zygotes = {zygote} | descendants(zygote)

        async def search() -> tuple[set[str], set[str]]:
            inputs: set[str] = set()
            async with anyio.create_task_group() as tasks:
                tasks.start_soon(
                    evaluate.jail.evaluate,
                    SPIN,
                    list(split),
                    "text",
                    Limits(cpu_seconds=60, memory_mib=256),
                )
                while not (children := descendants(zygote) - zygotes):
                    await anyio.sleep(0.01)
                with anyio.move_on_after(60):
                    while inputs < set(split):
                        await anyio.sleep(0.1)
                        inputs = found_in(children, split)
                labels = found_in(children | zygotes, split.values())
                tasks.cancel_scope.cancel()
            return inputs, labels

        inputs, labels = evaluate.portal.call(search)
    assert inputs == set(split), "the search itself must find what is there"
    assert labels == set()


def found_in(processes: Iterable[int], texts: Collection[str]) -> set[str]:
    """Those of the texts that stand in the memory of some process."""
    found = set()
    for pid in processes:
        memory = whole_memory(pid)
        found |= {text for text in texts if text.encode() in memory}
    return found


def whole_memory(pid: int) -> bytes:
    """Every readable page of a process."""
    parts = []
    try:
        with Path(f"/proc/{pid}/mem").open("rb", buffering=0) as memory:
            for line in Path(f"/proc/{pid}/maps").read_text().splitlines():
                place, permissions, *rest = line.split()
                if (
                    permissions.startswith("r")
                    and "[vvar" not in rest[-1]
                    and "[vsyscall]" not in rest[-1]
                ):
                    start, end = (int(address, 16) for address in place.split("-"))
                    memory.seek(start)
                    while start < end and (part := memory.read(min(end - start, 1 << 24))):
                        parts.append(part)
                        start += len(part)
    except PermissionError:
        pytest.skip("this user may not read the memory of a process in another user namespace")
    return b"".join(parts)


def descriptors() -> list[int]:
    """The open ones of this process, and that by which they are listed."""
    return [int(path.name) for path in Path("/proc/self/fd").iterdir()]


@LINUX
def test_a_harness_out_of_descriptors_says_so_and_leaks_none() -> None:
    async def run() -> None:
        jail = Jail()
        limits = Limits(cpu_seconds=5, memory_mib=512)
        await jail.evaluate(PARITY_PROGRAM, ["0"], "text", limits)
        before, most = descriptors(), resource.getrlimit(resource.RLIMIT_NOFILE)
        free = max(before) + 1
        # The gaps below
        held = [os.open("/dev/null", os.O_RDONLY) for _ in range(free - len(before))]
        resource.setrlimit(resource.RLIMIT_NOFILE, (free + 3, most[1]))
        try:
            with pytest.raises(JailBroken, match="no pipe for a process: Too many open files"):
                await jail.evaluate(PARITY_PROGRAM, ["0"], "text", limits)
        finally:
            resource.setrlimit(resource.RLIMIT_NOFILE, most)
            for fd in held:
                os.close(fd)
        assert len(descriptors()) == len(before)
        await jail.aclose()

    anyio.run(run)


def test_a_jail_that_was_started_already_serves_and_leaves_nothing(evaluate: Caller) -> None:
    before = descendants(os.getpid())
    jail = Jail()
    level = jail.start()
    there = descendants(os.getpid()) - before
    verdict = evaluate.portal.call(jail.evaluate, PARITY_PROGRAM, INPUTS, "text", LIMITS)
    assert (verdict.predictions, verdict.isolation) == (PARITY, level)
    assert descendants(os.getpid()) - before <= there  # no further zygote
    jail.stop()
    jail.stop()
    evaluate.portal.call(jail.aclose)
    eventually(lambda: descendants(os.getpid()) <= before)
