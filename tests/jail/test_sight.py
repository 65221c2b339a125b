"""What the zygote sees of a child: whether it waits, and its and others' threads."""

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from bench.jail.walls import linux, tasks
from bench.jail.walls.rlimits import TASKS
from bench.jail.walls.sight import Proc, Sight

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="reads /proc")

SPIN = "while True: pass"
SLEEP = "import time\ntime.sleep(3600)"
BESIDE = "import threading\nthreading.Thread(target=exec, args=({!r},)).start()\n"
STOP = "import os, signal\nos.kill(os.getpid(), signal.SIGSTOP)"


@contextmanager
def running(source: str) -> Iterator[str]:
    """The name in /proc of a process that says it is ready, and then runs this."""
    command = [sys.executable, "-c", f"print('ready', flush=True)\n{source}"]
    with subprocess.Popen(command, stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        process.stdout.readline()
        name = Proc().name_of(process.pid)
        assert name == str(process.pid)
        yield name
        process.kill()


@pytest.mark.parametrize(
    ("source", "seen"),
    [
        (SPIN, Sight(at_work=True, threads=1)),
        (SLEEP, Sight(at_work=False, threads=1)),
        (STOP, Sight(at_work=False, threads=1)),
        (BESIDE.format(SPIN) + SLEEP, Sight(at_work=True, threads=2)),
        (BESIDE.format(SLEEP) + SPIN, Sight(at_work=True, threads=2)),
        (BESIDE.format(SLEEP) + SLEEP, Sight(at_work=False, threads=2)),
    ],
    ids=["spins", "sleeps", "stops", "another spins", "another sleeps", "both sleep"],
)
def test_whether_a_process_waits(source: str, seen: Sight) -> None:
    proc = Proc()
    with running(source) as name:
        looks = 0
        while proc.look(name) != seen:
            looks += 1
            assert looks < 100_000, proc.look(name)
        assert proc.tasks_of(os.getuid()) >= seen.threads + 1


def test_who_is_gone_is_not_seen() -> None:
    with running(SLEEP) as name:
        pass
    assert Proc().look(name) is None
    assert Proc().name_of(int(name)) is None


def test_where_there_is_no_proc_nothing_is_seen(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_arguments: object, **_more: object) -> int:
        raise FileNotFoundError

    monkeypatch.setattr(os, "open", refuse)
    blind = Proc()
    monkeypatch.undo()
    assert (blind.address_space(), blind.tasks_of(os.getuid())) == (0, 0)
    assert blind.name_of(os.getpid()) is None
    assert blind.look("self") is None


def test_where_no_count_is_a_childs_own_there_is_room_for_all(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(tasks, "_holds", lambda count: False)
    monkeypatch.setattr(Proc, "tasks_of", lambda self, user: 1000)
    threads = tasks.counting(Proc(), as_nobody=False, can_fork=False)
    assert threads == tasks.Counting(None, False, 1000 + TASKS * (os.cpu_count() or 1))
    processes = tasks.counting(Proc(), as_nobody=True, can_fork=True)
    assert processes == tasks.Counting(range(linux.NOBODY, linux.NOBODY + 1), False, 1000 + TASKS)


@pytest.mark.skipif(os.getuid() != 0, reason="only root can change to other users")
def test_user_ids_of_a_zygote_are_nobodys() -> None:
    first, second = (tasks.counting(Proc(), as_nobody=True, can_fork=True) for _ in range(2))
    for count in (first, second):
        assert count.most == TASKS
        assert count.own_namespace or (count.users is not None and len(count.users) == 256)
    if first.users and second.users and len(first.users) > 1:
        assert set(first.users).isdisjoint(second.users)
