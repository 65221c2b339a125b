"""The workers of a run that warm.py forked, forked as well: they need not import anything either.

A worker is to be as new as the run was when it began. So a process is forked before that, which
forks the workers later, as the run asks for them on a socket.
"""

import atexit
import os
import signal
import socket
import sys
import threading
from collections.abc import Sequence
from contextlib import suppress
from functools import partial
from typing import Any, NoReturn

from execnet import gateway_io
from execnet.gateway_base import ExecModel, Popen2IO


def fork_workers() -> None:
    """Let the run that this process becomes have such workers. In a worker it never returns."""
    ours, theirs = socket.socketpair()
    if os.fork() == 0:
        ours.close()
        _become_worker(*_asked_for(theirs))
    theirs.close()
    atexit.register(ours.close)  # which ends the process that forks them
    vars(gateway_io)["Popen2IOMaster"] = partial(_started, ours, gateway_io.Popen2IOMaster)


def _started(
    nursery: socket.socket,
    usual: type[gateway_io.Popen2IOMaster],
    command: Sequence[str],
    execmodel: ExecModel,
) -> Popen2IO:
    """A forked worker, unless it is to be elsewhere, or of another Python."""
    is_here = command[:2] == [sys.executable, "-u"]
    return _ForkedIO(nursery, execmodel) if is_here else usual(command, execmodel)


class _ForkedIO(Popen2IO):
    """What execnet knows of a worker's process."""

    def __init__(self, nursery: socket.socket, execmodel: ExecModel) -> None:
        read, its_output = os.pipe()
        its_input, write = os.pipe()
        self._ended, its_life = os.pipe()
        its_own = (its_input, its_output, its_life)
        socket.send_fds(nursery, [b"."], its_own)
        for file in its_own:
            os.close(file)
        self._pid = int.from_bytes(nursery.recv(8), "big")
        super().__init__(os.fdopen(write, "wb"), os.fdopen(read, "rb"), execmodel)

    def wait(self) -> None:
        """Wait for the end of the process: then nobody has the other end of the pipe."""
        os.read(self._ended, 1)

    def kill(self) -> None:
        """Kill the process, unless it has ended."""
        with suppress(ProcessLookupError):
            os.kill(self._pid, signal.SIGKILL)


def _asked_for(run: socket.socket) -> list[int]:
    """The files of a worker, in its process. Ends with the run in the one that forks them."""
    # A Ctrl-C goes to the whole group, and it is for the run to say what ends then.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    while True:
        asked, files, _, _ = socket.recv_fds(run, 1, 3)
        if not asked:
            os._exit(0)
        if (worker := os.fork()) == 0:
            signal.signal(signal.SIGINT, signal.default_int_handler)
            run.close()
            return files
        for file in files:
            os.close(file)
        run.send(worker.to_bytes(8, "big"))


def _become_worker(given: int, told: int, _life: int) -> None:
    """Do what `python -c` with execnet's line does, and end."""
    for number, file in enumerate((given, told)):
        os.dup2(file, number)
        os.close(file)
    # Where pytest captures already, these are its own.
    sys.stdin, sys.stdout, sys.stderr = sys.__stdin__, sys.__stdout__, sys.__stderr__
    sys.argv[:] = ["-c"]
    names: dict[str, Any] = {"__name__": "__main__", "sys": sys}
    exec(gateway_io.popen_bootstrapline, names)
    end(0)


def end(status: int) -> NoReturn:
    """End as Python does, but leave what is in memory to the system: to free it takes long.

    For it writes to nearly all the pages that a forked process shares until then.
    """
    vars(threading)["_shutdown"]()  # waits for the threads that are left
    atexit._run_exitfuncs()
    for stream in (sys.stdout, sys.stderr):
        stream.flush()
    os._exit(status)
