"""A jail that cannot do its work says so: it blames no candidate, nor gives it less of a jail."""

import os
import re
import signal
import subprocess
import sys
import time
from pathlib import Path

import anyio
import pytest

from bench.jail import JailBroken, detect
from bench.jail.outside import exchange
from bench.jail.outside.exchange import ZygoteGone, end_in
from bench.jail.wire import BEAT, ENDED, KILLS, NOT_CONFINED, NOT_FORKED, STATUS, message

ROOT = Path(__file__).parents[2]
LINUX = pytest.mark.skipif(sys.platform != "linux", reason="needs Linux")

STATUS_OF_ONE = STATUS.pack(0, KILLS.index("waiting"), 0.25, 5.5, 1024)

REFUSING = """
import sys
import anyio
from bench.jail import Jail, JailBroken, Limits, detect
from bench.jail.walls import linux, seccomp

def refuse(call):
    numbers = {
        "prctl": (157, 167), "setsid": (112, 157), "prlimit64": (302, 261),
        "pidfd_open": (434, 434),
    }[call]
    machine = linux.machine()
    number = numbers[list(seccomp._AUDIT_ARCH).index(machine)]
    program = (
        seccomp._op(seccomp._LOAD, 0),
        seccomp._op(seccomp._IF_EQUAL, number, 0, 1),
        seccomp._op(seccomp._RETURN, seccomp._ERRNO | 1),
        seccomp._op(seccomp._RETURN, seccomp._ALLOW),
    )
    linux.take(seccomp._filter(machine, b"".join(program)))

async def predicted():
    jail = Jail(without=sys.argv[2:])
    limits = Limits(cpu_seconds=10, memory_mib=512)
    verdicts = [
        await jail.evaluate(program, ["0", "1"], "text", limits)
        for program in ("f = int", "def f(x): __import__('os')._exit(3)")
    ]
    await jail.aclose()
    return [verdict.predictions or verdict.detail for verdict in verdicts]

try:
    linux.prctl(linux.PR_SET_NO_NEW_PRIVS, 1)
    refuse(sys.argv[1])
    print(detect(sys.argv[2:]))
    print(anyio.run(predicted))
except JailBroken as error:
    print("broken:", error)
"""
"""Looks for a jail where one system call is refused, as the profile of a container may do."""


def said(*arguments: str) -> str:
    """What a process that ran REFUSING printed."""
    command = [sys.executable, "-c", REFUSING, *arguments]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True).stdout


@LINUX
@pytest.mark.parametrize("call", ["prctl", "setsid", "prlimit64"])
@pytest.mark.parametrize(
    "without", [(), ("namespaces", "Landlock", "seccomp")], ids=["best", "process"]
)
def test_a_call_that_every_child_needs_and_the_system_refuses(
    call: str, without: tuple[str, ...]
) -> None:
    line = said(call, *without)
    assert line.startswith("broken: the jail does not start with ")
    assert "Operation not permitted" in line or "not allowed to raise maximum limit" in line
    assert line.count("\n") == 1


@LINUX
def test_a_system_that_does_not_tell_of_a_childs_end() -> None:
    line = said("pidfd_open").splitlines()[-1]
    assert line == r"[b'\x00\x01', 'left with exit status 3, without a reply']"


def test_an_end_that_is_told() -> None:
    end = end_in(bytearray(message(BEAT) * 3 + message(ENDED, STATUS_OF_ONE)))
    assert (end.wait_status, end.killed, end.cpu_seconds, end.peak_kib) == (
        0,
        "waiting",
        0.25,
        1024,
    )


@pytest.mark.parametrize(
    "detail", ["", "fork", "[Errno 11] Resource temporarily unavailable " + "x" * 100]
)
def test_a_failed_fork_is_no_broken_wall(detail: str) -> None:
    with pytest.raises(JailBroken, match=f"^the jail cannot start a process: {re.escape(detail)}$"):
        end_in(bytearray(message(NOT_FORKED, detail.encode())))


@pytest.mark.parametrize("detail", ["", "OSError", "OSError: " + "x" * 100])
def test_a_broken_wall_is_no_failed_fork_and_no_candidates_end(detail: str) -> None:
    with pytest.raises(JailBroken, match=r"^the jail cannot isolate a process any more: "):
        end_in(bytearray(message(NOT_CONFINED, detail.encode()) + message(ENDED, STATUS_OF_ONE)))


FAILING = """
import os, sys
from bench.jail.inside import birth, child

def fail():
    raise OSError("no such wall")

for before, after in (((fail, ()),), ()), ((), ((fail, ()),)):
    reading, writing = os.pipe()
    other = os.open(os.devnull, os.O_RDWR)
    status = os.dup(writing)
    os.close(writing)
    ends = birth.Ends(other, other, status)
    steps = birth.steps(birth.Walls(before, after), ends, other)
    pid = os.fork()
    if pid == 0:
        birth.become_child(steps, status, child.main)
    os.close(status)
    print(os.read(reading, 100)[5:], os.read(reading, 100), os.waitpid(pid, 0)[1])
"""


def test_a_child_that_cannot_be_confined_says_so_once_and_runs_no_program() -> None:
    """Before its descriptors are in their places, and after."""
    command = [sys.executable, "-c", FAILING]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout == "b'OSError: no such wall' b'' 256\n" * 2


@pytest.mark.parametrize("data", [b"", message(BEAT), message(ENDED, STATUS_OF_ONE)[:-1]])
def test_a_zygote_that_dies_leaves_no_end(data: bytes) -> None:
    with pytest.raises(ZygoteGone):
        end_in(bytearray(data))


def test_a_zygote_that_says_nothing_for_long_counts_as_hung(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(exchange, "SILENCE_SECONDS", 0.05)
    reading, writing = os.pipe()
    os.set_blocking(reading, False)
    os.write(writing, message(BEAT))
    status = bytearray()
    anyio.run(exchange.collect_status, reading, status, (ENDED,))  # ends, though the pipe does not
    os.close(writing)
    os.close(reading)
    assert status == message(BEAT)


def test_a_zygote_that_was_stopped_with_this_process_is_waited_for(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(exchange, "SILENCE_SECONDS", 0.3)
    monkeypatch.setattr(exchange, "HELD_UP_SECONDS", 0.2)
    reading, writing = os.pipe()
    os.set_blocking(reading, False)
    status = bytearray()

    async def stopped_together() -> None:
        async with anyio.create_task_group() as tasks:
            tasks.start_soon(exchange.collect_status, reading, status, (ENDED,))
            await anyio.sleep(0)
            time.sleep(0.6)
            await anyio.sleep(0.1)
            os.write(writing, message(ENDED, STATUS_OF_ONE))

    anyio.run(stopped_together)
    os.close(writing)
    os.close(reading)
    assert end_in(status).cpu_seconds == 0.25


@LINUX
@pytest.mark.parametrize("umask", [0o027, 0o077, 0o777])
def test_the_harnesss_umask_lowers_no_level(umask: int) -> None:
    expected = detect()
    before = os.umask(umask)
    try:
        assert detect() == expected
    finally:
        os.umask(before)


def test_the_level_is_the_same_where_the_ends_of_children_are_ignored() -> None:
    expected = detect()
    before = signal.signal(signal.SIGCHLD, signal.SIG_IGN)
    try:
        assert detect() == expected
    finally:
        signal.signal(signal.SIGCHLD, before)
