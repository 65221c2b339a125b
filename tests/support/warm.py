"""A process that has imported what runs import, and forks one for each that a test asks for.

A run spends most of its processor time on imports, and the suite starts some two hundred. The
process is asked on its standard input, a line a run, and tells how each ended.
"""

import atexit
import gc
import json
import os
import runpy
import signal
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from contextlib import redirect_stdout
from functools import cache
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest

from tests.support.warm_workers import end, fork_workers

_ROOT = Path(__file__).parents[2]

IMPORTED_LATE = (
    "bench.contract.choice",
    "bench.contract.escaping",
    "bench.contract.labels",
    "bench.ledger.estimate",
    "bench.ledger.ledgered",
    "bench.ledger.preflight",
    "bench.plugin.ending",
    "bench.plugin.progress",
    "bench.proposers.api.chat",
    "bench.proposers.api.connection",
    "bench.proposers.api.responses",
    "bench.proposers.enumerator.embedded",
    "bench.proposers.foreign",
    "bench.search.prediction",
    "bench.search.session",
    "bench.show.page.template",
    "bench.show.paper",
    "encodings.idna",
    "encodings.utf_8_sig",
    "execnet.gateway",
    "genai_prices.data",
    "genai_prices.validation",
    "httpcore2",
    "numpy.random",
    "openai.resources.chat",
    "openai.resources.responses",
)
"""What a run imports only where it is used."""

AT_MOST_SECONDS = 240
FLAGS = os.O_RDWR | os.O_CREAT | os.O_NOCTTY


class Run:
    """A run that has begun, in a process group of its own."""

    def __init__(
        self,
        command: Sequence[str],
        env: Mapping[str, str],
        output: Sequence[Path],
        folder: Path = _ROOT,
    ) -> None:
        """Start `python -m COMMAND` in a folder and this environment.

        Its standard output and standard error go to the two files.
        """
        streams = list(map(str, output))
        self.pid: int = _asked("start", list(command), dict(env), streams, str(folder))
        self.returncode: int | None = None

    def poll(self) -> int | None:
        """The exit status; None while it goes on."""
        if self.returncode is None:
            self.returncode = _asked("poll", self.pid)
        return self.returncode

    def wait(self, timeout: float = AT_MOST_SECONDS) -> int:
        """The exit status, once there is one. Raises TimeoutError."""
        until = time.monotonic() + timeout
        while (status := self.poll()) is None:
            if time.monotonic() > until:
                raise TimeoutError(f"{self.pid} has not ended within {timeout} s")
            time.sleep(0.01)
        return status

    def send_signal(self, number: int) -> None:
        """Send it a signal, unless it has ended."""
        if self.poll() is None:
            os.kill(self.pid, number)

    def kill(self) -> None:
        """Kill it, unless it has ended."""
        self.send_signal(signal.SIGKILL)


def _asked(*question: Any) -> Any:
    """What the process says to a question."""
    asked, told = _process().stdin, _process().stdout
    assert asked is not None and told is not None
    asked.write(f"{json.dumps(question)}\n")
    asked.flush()
    return json.loads(told.readline())


@cache
def _process() -> "subprocess.Popen[str]":
    """The process, started with the first run."""
    ours = {name: value for name, value in os.environ.items() if not name.startswith("PYTEST")}
    process = subprocess.Popen(
        [sys.executable, "-m", __name__],
        cwd=_ROOT,
        env=ours | {"OPENBLAS_NUM_THREADS": "1"},  # a fork takes no other thread with it
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    atexit.register(process.communicate)
    return process


def main() -> None:
    """Import everything; then start runs, and tell of them, as the lines ask for it."""
    _import_all()
    for line in sys.stdin:
        question, *rest = json.loads(line)
        if question == "start":
            command, env, output, folder = rest
            streams = [os.open(name, FLAGS) for name in (os.devnull, *output)]
            if (child := os.fork()) == 0:
                os.chdir(folder)
                _become(command, env, streams)
                if "-n" in command or "--tx" in command:
                    fork_workers()
                _run(command[0])
                return
            for stream in streams:
                os.close(stream)
            _tell(child)
        else:
            (pid,) = rest
            ended, status = os.waitpid(pid, os.WNOHANG)
            _tell(os.waitstatus_to_exitcode(status) if ended else None)


def _tell(found: int | None) -> None:
    sys.stdout.write(f"{json.dumps(found)}\n")
    sys.stdout.flush()


def _import_all() -> None:
    # By pytest itself, as it rewrites the assertions of some modules when it imports them.
    with Path(os.devnull).open("w") as nowhere, redirect_stdout(nowhere):
        quick = ("-pno:cacheprovider", "-pno:hypothesispytest")
        pytest.main(["bench/test_synthesis.py", "--collect-only", *quick])
    for name in IMPORTED_LATE:
        import_module(name)
    gc.freeze()  # a run's garbage collections then leave alone what is here


def _run(module: str) -> None:
    """Do what `python -m MODULE` does. Where it ends with a status, it never returns."""
    try:
        runpy.run_module(module, run_name="__main__", alter_sys=True)
    except SystemExit as ended:
        if not isinstance(ended.code, int | None):
            raise  # Python writes what it is
        end(ended.code or 0)


def _become(command: Sequence[str], env: Mapping[str, str], streams: Sequence[int]) -> None:
    """Be as if started with this command in this environment, and end in time."""
    os.setsid()
    signal.alarm(AT_MOST_SECONDS)
    # A suite in a shell's background ignores Ctrl-C, and so does all that it starts.
    signal.signal(signal.SIGINT, signal.default_int_handler)
    os.environ.clear()
    os.environ.update(env)
    if "PYTHONPATH" in env:
        more = env["PYTHONPATH"].split(os.pathsep)
        sys.path[:0] = more
        # What pytest-xdist found there as it was imported is its workers' path.
        vars(import_module("xdist.plugin"))["_sys_path"][:0] = more
    sys.argv[:] = command
    for number, stream in enumerate(streams):
        os.dup2(stream, number)
        os.close(stream)


if __name__ == "__main__":
    main()
