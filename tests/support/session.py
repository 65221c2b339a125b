"""Runs of the benchmark in processes of their own, as a user starts them: the `bench` fixture."""

import json
import os
import shlex
import signal
import subprocess
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[2]

PYTEST = ("-m", "pytest")
ONE_AFTER_THE_OTHER = """
import contextlib, io, json, sys, pytest
*fixed, cases = sys.argv[1:]
for more in json.loads(cases):
    out, err = io.StringIO(), io.StringIO()
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
        status = int(pytest.main([*fixed, *more]))
    print(json.dumps([status, out.getvalue(), err.getvalue()]))
"""
FOREIGN = ("OPENAI", "PYTEST", "PYTHONWARNINGS", "PYTHONDONTWRITEBYTECODE", "LLMPV")
"""What of our environment no run gets: keys, servers, and settings of the suite.

A run keeps its compiled modules, as a user's does: to compile them takes half a second each time.
"""

# Hypothesis comes with the suite and not with the benchmark, and costs each process a second.
FIXED = ("-pno:cacheprovider", "-pno:hypothesispytest", "--test-size", "200")


def words(line: str) -> tuple[str, ...]:
    """The words of a command line, as a shell would take it apart: arguments of a run."""
    return tuple(shlex.split(line))


@dataclass(frozen=True)
class Bench:
    """Starts runs: reports in one folder, datasets in another that tests may share."""

    folder: Path
    datasets: Path

    @property
    def reports(self) -> Path:
        """Where the runs write."""
        return self.folder / "reports"

    def __call__(
        self,
        *arguments: str,
        key: str | None = "sk-test-key",
        by: tuple[str, ...] = PYTEST,
        **env: str,
    ) -> "subprocess.CompletedProcess[str]":
        """A whole run. `by` is what Python is given before the arguments of pytest."""
        return subprocess.run(
            self._command(by, arguments),
            cwd=ROOT,
            env=_environment(key, env),
            capture_output=True,
            text=True,
            timeout=240,
            check=False,
        )

    def in_one_process(
        self, cases: Sequence[Sequence[str]], key: str | None = "sk-test-key"
    ) -> "list[subprocess.CompletedProcess[str]]":
        """Runs that end before they begin, one after the other, so that one interpreter does."""
        done = self(json.dumps(cases), key=key, by=("-c", ONE_AFTER_THE_OTHER))
        told = [json.loads(line) for line in done.stdout.splitlines()]
        return [subprocess.CompletedProcess(done.args, *of_case) for of_case in told]

    def start(
        self, *arguments: str, output: int | Path = subprocess.DEVNULL, **env: str
    ) -> "subprocess.Popen[bytes]":
        """A run that has begun, in a process group of its own. Both its streams go to `output`."""
        command, environment = self._command(PYTEST, arguments), _environment("sk-test-key", env)
        if isinstance(output, Path):
            with output.open("wb") as file:
                return self._popen(command, environment, file.fileno())
        return self._popen(command, environment, output)

    def attempts(self) -> list[dict[str, Any]]:
        """The lines of the last run."""
        text = (self.reports / "results_attempts.jsonl").read_text()
        return [json.loads(line) for line in text.splitlines()]

    def manifest(self) -> dict[str, Any]:
        """What the last run tells of itself."""
        told: dict[str, Any] = json.loads((self.reports / "run.json").read_text())
        return told

    def _command(self, by: tuple[str, ...], arguments: tuple[str, ...]) -> list[str]:
        places = ("--dataset-dir", str(self.datasets), "--reports-dir", str(self.reports))
        return [sys.executable, *by, "bench", *FIXED, *places, *arguments]

    @staticmethod
    def _popen(
        command: list[str], environment: Mapping[str, str], output: int
    ) -> "subprocess.Popen[bytes]":
        return subprocess.Popen(
            command,
            cwd=ROOT,
            env=environment,
            stdout=output,
            stderr=output,
            start_new_session=True,
            preexec_fn=_hear_interrupts,
        )


def _hear_interrupts() -> None:
    """A suite in a shell's background ignores Ctrl-C, and so would all that it starts."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)


def _environment(key: str | None, more: Mapping[str, str]) -> dict[str, str]:
    ours = {name: value for name, value in os.environ.items() if not name.startswith(FOREIGN)}
    ours["COLUMNS"] = "100"  # lines break there, whatever the terminal of whoever runs the suite
    return ours | ({"OPENAI_API_KEY": key} if key else {}) | dict(more)
