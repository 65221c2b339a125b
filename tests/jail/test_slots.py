"""Turns at the processors: as many as there are, for all processes, and no reason to fail."""

import errno
import os
import subprocess
import sys
from pathlib import Path

import anyio
import pytest

from bench.jail.outside import slots

ROOT = Path(__file__).parents[2]

WORKER = r"""
import os, anyio
from bench.jail.outside import slots
slots.processors = lambda: range(2)
async def main():
    for _ in range(4):
        async with slots.turn():
            os.write(1, b"in\n")
            await anyio.sleep(0.02)
            os.write(1, b"out\n")
anyio.run(main)
"""


@pytest.fixture(autouse=True)
def runtime(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(tmp_path))
    monkeypatch.setattr(slots, "processors", lambda: range(2))
    return tmp_path


async def together(count: int) -> int:
    """How many of `count` tasks had a turn at once, at most."""
    now = most = 0

    async def one() -> None:
        nonlocal now, most
        async with slots.turn():
            now += 1
            most = max(most, now)
            await anyio.sleep(0.01)
            now -= 1

    async with anyio.create_task_group() as tasks:
        for _ in range(count):
            tasks.start_soon(one)
    return most


def test_no_more_turns_than_processors() -> None:
    assert anyio.run(together, 6) == 2


def test_processes_share_the_turns() -> None:
    command = [sys.executable, "-c", WORKER]
    reading, writing = os.pipe()
    workers = [subprocess.Popen(command, cwd=ROOT, stdout=writing) for _ in range(4)]
    os.close(writing)
    with os.fdopen(reading) as pipe:
        lines = pipe.read().split()
    assert [worker.wait() for worker in workers] == [0] * 4
    now = most = 0
    for line in lines:
        now += 1 if line == "in" else -1
        most = max(most, now)
    assert len(lines) == 32
    assert most <= 2


def test_who_dies_gives_its_turn_back() -> None:
    dying = WORKER.replace("anyio.sleep(0.02)", "anyio.sleep(3600)")
    holders = [
        subprocess.Popen([sys.executable, "-c", dying], cwd=ROOT, stdout=subprocess.PIPE, text=True)
        for _ in range(2)
    ]
    for holder in holders:
        assert holder.stdout is not None
        assert holder.stdout.readline() == "in\n"
    assert slots._take(slots._folder()) is None
    for holder in holders:
        holder.kill()
        holder.communicate()
    assert anyio.run(together, 2) == 2


def test_who_has_waited_long_goes_without(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(slots, "_PATIENCE_SECONDS", 0.05)
    held = [slots._take(slots._folder()) for _ in range(2)]
    assert anyio.run(together, 1) == 1
    for fd in held:
        assert fd is not None
        os.close(fd)


def test_where_nothing_can_be_written_there_is_no_turn(runtime: Path) -> None:
    (runtime / f"llm-pv-bench-{os.geteuid()}").write_text("in the way")
    assert anyio.run(together, 3) == 3


@pytest.mark.parametrize("number", [errno.ENOLCK, errno.ENOSYS, errno.EIO])
def test_where_nothing_can_be_locked_nobody_waits_for_a_turn(
    monkeypatch: pytest.MonkeyPatch, number: int
) -> None:
    """As on a parallel file system that is mounted without locks."""

    def refuse(_fd: int, _how: int) -> None:
        raise OSError(number, os.strerror(number))

    monkeypatch.setattr("fcntl.flock", refuse)
    with pytest.raises(OSError, match=os.strerror(number)):
        slots._take(slots._folder())
    assert anyio.run(together, 3) == 3


def test_a_folder_behind_a_link_is_not_used(
    runtime: Path, tmp_path_factory: pytest.TempPathFactory
) -> None:
    elsewhere = tmp_path_factory.mktemp("elsewhere")
    (runtime / f"llm-pv-bench-{os.geteuid()}").symlink_to(elsewhere)
    assert anyio.run(together, 3) == 3
    assert not list(elsewhere.iterdir())


def test_the_folder_is_the_users_alone() -> None:
    before = os.umask(0)
    try:
        held = slots._take(slots._folder())
    finally:
        os.umask(before)
    assert held is not None
    os.close(held)
    folder = Path(slots._folder())
    assert folder.stat().st_mode & 0o777 == 0o700
    assert {path.stat().st_mode & 0o777 for path in folder.iterdir()} == {0o600}
