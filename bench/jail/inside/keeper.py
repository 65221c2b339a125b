"""Keeps the zygote's children: forks, watches, kills at a limit, and says how each ended.

An interpreter has its limits for each call. A hostile one would like to compute between its calls,
when nothing is counted, or to look idle while it computes. So the keeper believes nothing that the
child shows: the harness marks where a call begins and ends, and between two calls the child is
stopped (SIGSTOP), with all threads that the code has left running. A stopped process takes no
processor, cannot continue itself, and no other child may signal it. What it uses from its result up
to the stop belongs to the call, whose limits hold up to then; what comes after the stop is counted
from there on, so that no moment lies between two calls. It also makes a session repeatable: how
long a model thinks between two calls changes nothing in the child.
"""

import _signal
import _socket
import os
import resource
import select
import sys
import time
from collections.abc import Callable, Container
from os import urandom
from typing import NoReturn

from bench.jail.inside import child
from bench.jail.inside.birth import Walls, become_child, empty_pipe, steps, walls
from bench.jail.inside.orders import next_order
from bench.jail.inside.watch import LONGEST_TICK, Watch
from bench.jail.walls import linux, processes
from bench.jail.walls.restrict import Restrictions, Shares
from bench.jail.walls.rlimits import TASKS
from bench.jail.walls.sight import Proc, cpu_seconds, peak_kib
from bench.jail.wire import (
    BEAT,
    CALL_BEGINS,
    CALLED,
    ENDED,
    KILLS,
    NOT_FORKED,
    STATUS,
    USE,
    message,
)

TICK = 0.02
"""Seconds between two looks at the children, on average."""

_UNTOLD_PAUSE = 0.002
"""Seconds between two looks for children that have ended, where the system does not tell it."""

_BEAT_SECONDS = 1.0


class Keeper:
    """Forks a child of this process for each order at the control socket, and looks after it."""

    def __init__(
        self,
        control: _socket.socket,
        restrictions: Restrictions,
        proc: Proc,
        base_kib: int,
        interpret: Callable[[], NoReturn],
    ) -> None:
        self._control = control
        self._restrictions = restrictions
        self._proc = proc
        self._base_kib = base_kib
        self._interpret = interpret
        self._space = proc.address_space()
        self._walls: dict[tuple[int, int | None, bool], Walls] = {}
        """By the memory, the user id and the kind of a child."""
        self._watches: dict[int, Watch] = {}
        """By the child's pid."""
        self._running: set[int] = set()
        """The pids of those that are not stopped."""
        self._has_orphans = False  # what candidates left, killed and not reaped yet
        self._poll = select.poll()
        self._poll.register(control, select.POLLIN)
        self._longest_pause = LONGEST_TICK
        if not restrictions.system_calls and sys.platform == "linux":
            # Candidates may start processes. This one gets those that they leave, and kills them.
            linux.prctl(linux.PR_SET_CHILD_SUBREAPER, 1)

    def serve(self) -> None:
        """Fork, watch and reap, until the control socket closes."""
        control = self._control.fileno()
        next_look = 0.0
        while True:
            is_idle = not self._running and not self._has_orphans
            pause = None if is_idle else self._pause(next_look)
            ready = dict(self._poll.poll(pause))
            if ready.pop(control, None) and not self._take_order():
                break
            now = time.monotonic()
            if ready:
                self._hear(ready, now)
            looks = now >= next_look and not is_idle  # most children end before the first look
            if looks:
                self._look(now)
            if looks or is_idle:  # at random, so that no candidate can know when
                next_look = now + TICK * (0.5 + urandom(1)[0] / 256)
            if ready or not is_idle:
                self._reap()
        for pid in self._watches:
            self._kill(pid)
        while self._watches:
            self._reap(block=True)

    def _pause(self, next_look: float) -> float:
        """How many milliseconds to wait for something to happen."""
        return max(0.0, min(next_look - time.monotonic(), self._longest_pause)) * 1000

    def _hear(self, ready: Container[int], now: float) -> None:
        """Heed the marks that are ready, and kill those whose end nobody waits for any more."""
        for pid, watch in self._watches.items():
            marks = watch.ends.marks
            if marks is not None and marks in ready:
                self._heed(os.read(marks, 2), pid, watch, now)
            if watch.ends.status in ready:
                watch.killed = "abandoned"
                self._kill(pid)

    def _look(self, now: float) -> None:
        """Kill those that are over a limit."""
        for pid in self._running:
            watch = self._watches[pid]
            if reason := self._over(pid, watch, now):
                watch.killed = reason
                self._kill(pid)

    def _take_order(self) -> bool:
        """Fork a child for the next order; False where there is no harness left to give one."""
        order = next_order(self._control)
        if order is None:
            return False
        ends = order.ends
        os.set_blocking(ends.status, False)
        user = self._free_user()
        main = child.main if ends.marks is None else self._interpret
        shared = self._walls_for(order.memory_mib, user, ends.marks is None)
        now = time.monotonic()
        nothing: int | None = None
        try:
            nothing = empty_pipe()
            ready = steps(shared, ends, nothing)
            pid = os.fork()
        except OSError as error:
            ends.tell(message(NOT_FORKED, str(error).encode()))
            if nothing is not None:
                os.close(nothing)
            ends.close()
            return True
        if pid == 0:
            # The frames that lead here tell a program of no other one, nor of its limit, by which
            # it would know its split.
            self._watches.clear()
            self._running.clear()
            status = ends.status
            del order, ends
            become_child(ready, status, main)
        os.close(nothing)
        os.close(ends.reply)  # or the harness would never see its end
        self._watch(pid, Watch(order, user, now))
        return True

    def _watch(self, pid: int, watch: Watch) -> None:
        """Look after a child from now on."""
        self._watches[pid] = watch
        self._running.add(pid)
        try:
            watch.pidfd = os.pidfd_open(pid)
            self._poll.register(watch.pidfd, select.POLLIN)  # tells when the child has ended
        except (OSError, AttributeError):  # not on Linux, or on one before 5.3, or too many files
            self._longest_pause = _UNTOLD_PAUSE
        self._poll.register(watch.ends.status, 0)  # tells when its reader is gone
        if watch.ends.marks is not None:
            os.close(watch.ends.request)  # only a candidate's is looked at
            os.set_blocking(watch.ends.marks, False)
            self._poll.register(watch.ends.marks, select.POLLIN)

    def _walls_for(self, memory_mib: int, user: int | None, is_candidate: bool) -> Walls:
        """What a child with so much memory does first. Most are like one before."""
        kind = memory_mib, user, is_candidate
        if kind not in self._walls:
            # A child begins with all that is mapped here, and its memory comes on top.
            space = self._space + memory_mib * 2**20
            shares = Shares(user=user, is_candidate=is_candidate, address_space=space)
            self._walls[kind] = walls(self._restrictions, shares)
        return self._walls[kind]

    def _heed(self, marks: bytes, pid: int, watch: Watch, now: float) -> None:
        """Let an interpreter go on as a call begins; stop it, and tell the use, as a call ends."""
        for mark in marks:
            if mark == CALL_BEGINS[0]:
                watch.started = watch.looked = watch.beaten = now
                watch.counted = watch.waited = 0.0
                self._running.add(pid)
                self._signal(pid, _signal.SIGCONT)
                continue
            self._signal(pid, _signal.SIGSTOP)
            self._running.discard(pid)
            cpu = cpu_seconds(pid) - watch.cpu_before
            watch.cpu_before += cpu
            watch.name = watch.name or self._proc.name_of(pid)
            peak = max(0, self._proc.peak_kib(watch.name) - self._base_kib) if watch.name else 0
            watch.ends.tell(message(CALLED, USE.pack(cpu, now - watch.started, peak)))
            if not self._restrictions.system_calls:
                # Those are not stopped with the interpreter, and would compute between its calls.
                for stray in processes.descendants_of(pid):
                    self._kill(stray)
                self._kill_orphans()

    def _free_user(self) -> int | None:
        """A user id that no other child has now; the last one if all are taken."""
        users = self._restrictions.counting.users
        if users is None:
            return None
        taken = {watch.user for watch in self._watches.values()}
        return next((user for user in users if user not in taken), users[-1])

    def _over(self, pid: int, watch: Watch, now: float) -> str | None:
        """Why a child has to end now, one of KILLS; None if it may go on.

        Also tells the harness each second that the child still runs.
        """
        if now - watch.beaten > _BEAT_SECONDS:
            watch.beaten = now
            watch.ends.tell(message(BEAT))
        if cpu_seconds(pid) - watch.cpu_before > watch.order.cpu_limit:
            return "cpu"
        tick = watch.tick(now)
        watch.name = watch.name or self._proc.name_of(pid)
        sight = self._proc.look(watch.name) if watch.name else None
        if sight is not None and sight.threads > TASKS:
            return "threads"
        if sight is None or not self._restrictions.system_calls:
            # It cannot be seen, or may have started processes, which cannot be seen.
            return "wall" if watch.counted > watch.order.wall_limit else None
        if not sight.at_work:
            watch.waited += tick
        return "waiting" if watch.waited > watch.order.waiting_limit else None

    def _kill(self, pid: int) -> None:
        self._signal(pid, _signal.SIGKILL)

    def _signal(self, pid: int, number: int) -> None:
        """Send a signal to a child, and to all in its process group."""
        for kill in (os.kill, os.killpg):
            try:
                kill(pid, number)
            except (ProcessLookupError, PermissionError):
                continue  # no group yet, or (on macOS) a group of zombies only

    def _kill_orphans(self) -> None:
        """Kill the processes that candidates left behind: this one became their parent."""
        orphans = processes.children_of(os.getpid()) - self._watches.keys()
        for pid in orphans:
            self._kill(pid)
        self._has_orphans = bool(orphans)

    def _reap(self, *, block: bool = False) -> None:
        while self._watches or self._has_orphans:
            try:
                pid, ended, usage = os.wait4(-1, 0 if block else os.WNOHANG)
            except ChildProcessError:
                self._has_orphans = False
                return
            if pid == 0:
                return
            if os.WIFSTOPPED(ended):  # told only of one that asked to be traced, see ptrace(2)
                self._kill(pid)
                continue
            watch = self._watches.pop(pid, None)
            self._running.discard(pid)
            if not self._restrictions.system_calls:
                self._kill_orphans()
            if watch is not None:
                self._bury(watch, ended, usage)

    def _bury(self, watch: Watch, ended: int, usage: resource.struct_rusage) -> None:
        """Tell the harness how a child ended, and close its pipes."""
        peak = max(0, peak_kib(usage) - self._base_kib)
        wall = time.monotonic() - watch.started
        cpu = usage.ru_utime + usage.ru_stime - watch.cpu_before
        status = STATUS.pack(ended, KILLS.index(watch.killed), cpu, wall, peak)
        watch.ends.tell(message(ENDED, status))
        if watch.ends.marks is None:
            os.close(watch.ends.request)
        for fd in (watch.ends.status, watch.ends.marks, watch.pidfd):
            if fd is not None:
                self._poll.unregister(fd)
                os.close(fd)
