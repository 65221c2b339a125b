"""Runs of the benchmark, each in a process of its own: the `bench` fixture."""

import json
import os
import shlex
import subprocess
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from tests.support.warm import AT_MOST_SECONDS, Run

ROOT = Path(__file__).parents[2]

FOREIGN = (
    *("OPENAI", "PYTEST", "PYTHONWARNINGS", "PYTHONDONTWRITEBYTECODE", "LLMPV"),
    *("CI", "BUILD_NUMBER", "GITHUB", "NO_COLOR", "FORCE_COLOR", "PY_COLORS"),
)
"""What of our environment no run gets: keys, servers, settings of the suite, and what changes how
pytest writes (on CI it cuts no line).

A run keeps its compiled modules, as a user's does: to compile them takes half a second each time.
"""

# Hypothesis comes with the suite and not with the benchmark, and costs each process a second.
FIXED = ("-pno:cacheprovider", "-pno:hypothesispytest", "--test-size", "200")


TIMES = ("run_id", "started_at", "duration_ms", "eval_ms", "response_id", "request_id")
"""What of an attempt's line differs each time."""


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
        self, *arguments: str, key: str | None = "sk-test-key", **env: str
    ) -> "subprocess.CompletedProcess[str]":
        """A whole run."""
        command, environment = self._command(arguments), _environment(key, env)
        # What Python itself reads of its environment it reads as it starts, but for its path.
        is_of_python = any(name.startswith("PYTHON") for name in env.keys() - {"PYTHONPATH"})
        return (_cold if is_of_python else _forked)(command, environment)

    def start(
        self,
        *arguments: str,
        key: str = "sk-test-key",
        output: Path = Path(os.devnull),
        **env: str,
    ) -> Run:
        """A run that has begun. Both its streams go to `output`, which may be a terminal."""
        return Run(self._command(arguments), _environment(key, env), [output, output])

    def attempts(self) -> list[dict[str, Any]]:
        """The lines of the last run."""
        text = (self.reports / "results_attempts.jsonl").read_text()
        return [json.loads(line) for line in text.splitlines()]

    def attempts_but_times(self) -> list[dict[str, Any]]:
        """The lines of the last run, without what differs each time."""
        return [
            {name: value for name, value in attempt.items() if name not in TIMES}
            for attempt in self.attempts()
        ]

    def manifest(self) -> dict[str, Any]:
        """What the last run tells of itself."""
        told: dict[str, Any] = json.loads((self.reports / "run.json").read_text())
        return told

    def _command(self, arguments: tuple[str, ...]) -> list[str]:
        places = ("--dataset-dir", str(self.datasets), "--reports-dir", str(self.reports))
        # To collect this file and not its folder takes a tenth of a small run.
        return ["pytest", "bench/test_synthesis.py", *FIXED, *places, *arguments]


def command(*words: str) -> str:
    """What one of the project's commands (`bench.compare ...`) says, where it succeeds."""
    done = python(*words)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def python(*command: str, folder: Path = ROOT, **env: str) -> "subprocess.CompletedProcess[str]":
    """`python -m COMMAND` in a folder, with this in its environment."""
    return _forked(command, _environment(None, env), folder)


def _forked(
    command: Sequence[str], env: Mapping[str, str], cwd: Path = ROOT
) -> "subprocess.CompletedProcess[str]":
    """A process that need not import anything, see warm.py."""
    with TemporaryDirectory() as folder:
        out, err = output = [Path(folder, name) for name in ("out", "err")]
        status = Run(command, env, output, cwd).wait()
        return subprocess.CompletedProcess(command, status, out.read_text(), err.read_text())


def _cold(command: Sequence[str], env: Mapping[str, str]) -> "subprocess.CompletedProcess[str]":
    """A process as a user starts it."""
    return subprocess.run(
        [sys.executable, "-m", *command],
        cwd=ROOT,
        env=env,
        capture_output=True,
        text=True,
        timeout=AT_MOST_SECONDS,
        check=False,
    )


def _environment(key: str | None, more: Mapping[str, str]) -> dict[str, str]:
    ours = {name: value for name, value in os.environ.items() if not name.startswith(FOREIGN)}
    ours["COLUMNS"] = "100"  # lines break there, whatever the terminal of whoever runs the suite
    return ours | ({"OPENAI_API_KEY": key} if key else {}) | dict(more)
