"""The zygote: one long-lived process that has imported what candidates like to import, and forks a child for each.

It starts children, watches their CPU and wall time, kills them at a limit, and says how they ended. It never sees
a program, an input or a prediction: those go through pipes of which it only hands on the ends. It leaves when the
control socket closes, however the harness died, and its children with it.
"""

import gc
import json
import math
import os
import resource
import select
import signal
import socket
import sys
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from importlib import import_module
from typing import NoReturn

from bench.jail import child, libraries, linux, namespaces, processes, refusals, restrict, surroundings
from bench.jail.restrict import Restrictions
from bench.jail.wire import ORDER, STATUS

PRELOADED = (
    "array", "bisect", "bz2", "cmath", "collections", "copy", "ctypes", "datetime", "decimal", "enum", "fractions",
    "functools", "hashlib", "heapq", "itertools", "json", "lzma", "math", "operator", "random", "re", "statistics",
    "string", "struct", "typing", "zlib", "numpy", "numpy.random",
)  # fmt: skip
"""Imported before the first fork. numpy may be missing."""

TICK = 0.02
"""Seconds between two looks at the clocks of the children."""


@dataclass(slots=True)
class _Watch:
    """One child that runs."""

    status: int
    started: float
    cpu_limit: float
    wall_limit: float
    killed: bool = False


def main(config_json: str) -> None:
    """Set up as CONFIG says, report the level of isolation, and serve until the harness is gone."""
    config = json.loads(config_json)
    os.chdir("/")
    found = libraries.find(config["site_packages"])
    sys.meta_path.append(found)
    refusals.expect(found.absent)
    missing = dict.fromkeys(config["without"], "left out")
    if sys.platform != "linux":
        missing |= dict.fromkeys(restrict.LINUX_PARTS, "needs Linux")

    def confined(part: str, enter: Callable[[], None]) -> None:
        if part not in missing:
            try:
                enter()
            except OSError as error:
                missing[part] = str(error)

    confined("namespaces", namespaces.enter)
    if "namespaces" in missing:
        missing.setdefault("private root", "needs namespaces")
    memory = _Memory()
    if config["preload"]:
        _preload()
    confined("private root", lambda: namespaces.private_root(found.readable.places))
    restrictions = restrict.detect(found.readable, missing)
    control = socket.socket(fileno=os.dup(config["control"]))  # at the lowest number, so that children close it
    os.close(config["control"])
    control.sendall(restrict.level(missing).encode() + b"\n")
    surroundings.prepare()
    gc.collect()
    gc.freeze()  # the children's collections leave the shared pages alone
    memory.measure_base()
    _Zygote(control, restrictions, memory).serve()


def _preload() -> None:
    libraries.load_c_runtime()
    for name in PRELOADED:
        try:
            import_module(name)
        except ImportError:  # numpy is optional, and so are modules of the C libraries that Python was built without
            continue


class _Memory:
    """What every child starts with."""

    def __init__(self) -> None:
        self.base_kib = 0
        try:
            self._fd = os.open("/proc/self/statm", os.O_RDONLY | os.O_CLOEXEC)
        except OSError:
            self._fd = -1

    def address_space(self) -> int:
        """Bytes of the zygote's address space; 0 where only Linux would know."""
        return 0 if self._fd < 0 else int(os.pread(self._fd, 32, 0).split()[0]) * resource.getpagesize()

    def measure_base(self) -> None:
        """Find the peak of a child that does nothing: `base_kib`, to be taken off every other child's."""
        pid = os.fork()
        if pid == 0:
            os._exit(0)
        self.base_kib = _peak_kib(os.wait4(pid, 0)[2])


def _peak_kib(usage: resource.struct_rusage) -> int:
    return usage.ru_maxrss if sys.platform == "linux" else usage.ru_maxrss // 1024  # getrusage(2): bytes on macOS


def _cpu_seconds(pid: int) -> float:
    """CPU time of a running child by its own clock, clock_getcpuclockid(3); 0.0 where only Linux would know."""
    return time.clock_gettime((~pid << 3) | 2) if sys.platform == "linux" else 0.0


class _Zygote:
    def __init__(self, control: socket.socket, restrictions: Restrictions, memory: _Memory) -> None:
        self._control = control
        self._restrictions = restrictions
        self._memory = memory
        self._watches: dict[int, _Watch] = {}
        self._poll = select.poll()
        self._bell, ringer = os.pipe()
        os.set_blocking(self._bell, False)
        os.set_blocking(ringer, False)
        signal.signal(signal.SIGCHLD, lambda *_: None)
        signal.set_wakeup_fd(ringer, warn_on_full_buffer=False)
        if not restrictions.system_calls and sys.platform == "linux":
            linux.prctl(linux.PR_SET_CHILD_SUBREAPER, 1)
        self._poll.register(control, select.POLLIN)
        self._poll.register(self._bell, select.POLLIN)

    def serve(self) -> None:
        """Fork, watch and reap, until the control socket closes."""
        while True:
            ready = {fd for fd, _ in self._poll.poll(TICK * 1000 if self._watches else None)}
            if self._bell in ready:
                os.read(self._bell, 4096)
            if self._control.fileno() in ready and not self._take_order():
                break
            for pid, watch in self._watches.items():
                if watch.status in ready or self._is_over(pid, watch):  # nobody waits for it, or a limit is reached
                    watch.killed = True
                    self._kill(pid)
            self._reap()
        for pid in self._watches:
            self._kill(pid)
        while self._watches:
            self._reap(block=True)

    def _take_order(self) -> bool:
        """Fork a child for the next order; False where there is no harness left to give one."""
        try:
            data, fds, _, _ = socket.recv_fds(self._control, ORDER.size, 3)
        except ConnectionError:
            return False
        if len(data) != ORDER.size or len(fds) != 3:
            return False
        request, reply, status = fds
        cpu_limit, wall_limit, memory_mib = ORDER.unpack(data)
        parent = os.getpid()
        started = time.monotonic()
        try:
            pid = os.fork()
        except OSError as error:
            os.write(status, f"fork: {error}".encode())
            pid = -1
        if pid == 0:
            self._become_child(parent, fds, cpu_limit, self._memory.address_space() + memory_mib * 2**20)
        os.close(request)
        os.close(reply)
        if pid < 0:
            os.close(status)
        else:
            self._watches[pid] = _Watch(status, started, cpu_limit, wall_limit)
            self._poll.register(status, 0)  # tells when its reader is gone
        return True

    def _become_child(self, parent: int, fds: list[int], cpu_limit: float, address_space: int) -> NoReturn:
        """In the child: give up everything, keep two pipes, run the candidate. Never returns."""
        request, reply, status = fds
        try:
            signal.set_wakeup_fd(-1)
            signal.signal(signal.SIGCHLD, signal.SIG_DFL)
            restrict.apply(
                self._restrictions,
                parent=parent,
                cpu_seconds=math.ceil(cpu_limit) + 2,
                address_space=address_space,
            )
            os.dup2(request, child.REQUEST_FD)
            os.dup2(reply, child.REPLY_FD)
            os.closerange(1, child.REPLY_FD)
            os.closerange(child.REPLY_FD + 1, status)
            os.closerange(status + 1, restrict.ALL_FILES)
            restrict.seal(self._restrictions)
        except BaseException as error:  # noqa: BLE001 - the candidate must not run with less
            os.write(status, f"{type(error).__name__}: {error}".encode())
            os._exit(1)
        try:
            os.close(status)
            child.main()
        finally:
            os._exit(1)

    def _is_over(self, pid: int, watch: _Watch) -> bool:
        return time.monotonic() - watch.started > watch.wall_limit or _cpu_seconds(pid) > watch.cpu_limit

    def _kill(self, pid: int) -> None:
        for kill in (os.kill, os.killpg):
            try:
                kill(pid, signal.SIGKILL)
            except (ProcessLookupError, PermissionError):  # no group yet; or (macOS) nothing but zombies in it
                continue

    def _kill_orphans(self) -> None:
        """Kill what candidates left behind, where they can start processes: it has become ours, as their reaper."""
        for pid in processes.children_of(os.getpid()) - self._watches.keys():
            self._kill(pid)

    def _reap(self, *, block: bool = False) -> None:
        while True:
            try:
                pid, ended, usage = os.wait4(-1, 0 if block and self._watches else os.WNOHANG)
            except ChildProcessError:
                return
            if pid == 0:
                return
            watch = self._watches.pop(pid, None)
            if not self._restrictions.system_calls:
                self._kill_orphans()
            if watch is None:
                continue
            self._poll.unregister(watch.status)
            peak = max(0, _peak_kib(usage) - self._memory.base_kib)
            wall = time.monotonic() - watch.started
            cpu = usage.ru_utime + usage.ru_stime
            message = STATUS.pack(ended, watch.killed, cpu, wall, peak)
            with suppress(BrokenPipeError):  # nobody waits for it
                os.write(watch.status, message)
            os.close(watch.status)
