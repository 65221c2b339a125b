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
from collections.abc import Callable, Mapping, Sequence
from contextlib import redirect_stdout
from functools import cache
from importlib import import_module
from pathlib import Path

import pytest

_ROOT = Path(__file__).parents[2]

IMPORTED_LATE = (
    "bench.ledger.estimate",
    "bench.ledger.ledgered",
    "bench.ledger.preflight",
    "bench.proposers.api.chat",
    "bench.proposers.api.connection",
    "bench.proposers.api.responses",
    "bench.proposers.enumerator.embedded",
    "bench.show.page.template",
    "genai_prices",
    "httpcore2",
    "numpy.random",
    "openai.resources.chat",
    "openai.resources.responses",
)
"""What a run imports only where it is used."""

AT_MOST_SECONDS = 240


def run(
    command: Sequence[str], env: Mapping[str, str], output: Path, begun: Callable[[int], None]
) -> int:
    """Run `python -m COMMAND` in the checkout and this environment; gives its exit status.

    What it writes is in the files `out` and `err` of the folder `output`. `begun` is called with
    its process id.
    """
    asked, told = _process().stdin, _process().stdout
    assert asked is not None and told is not None
    asked.write(f"{json.dumps([list(command), dict(env), str(output)])}\n")
    asked.flush()
    begun(int(told.readline()))
    return int(told.readline())


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
    """Import everything; then fork a run for each line, one after the other."""
    _import_all()
    for line in sys.stdin:
        command, env, output = json.loads(line)
        if (child := os.fork()) == 0:
            _become(command, env, Path(output))
            runpy.run_module(command[0], run_name="__main__", alter_sys=True)
            return
        _tell(child)
        _, status = os.waitpid(child, 0)
        _tell(os.waitstatus_to_exitcode(status))


def _tell(number: int) -> None:
    sys.stdout.write(f"{number}\n")
    sys.stdout.flush()


def _import_all() -> None:
    # By pytest itself, as it rewrites the assertions of some modules when it imports them.
    with Path(os.devnull).open("w") as nowhere, redirect_stdout(nowhere):
        pytest.main(["bench", "--collect-only", "-pno:cacheprovider", "-pno:hypothesispytest"])
    for name in IMPORTED_LATE:
        import_module(name)
    gc.freeze()  # a run's garbage collections then leave alone what is here


def _become(command: Sequence[str], env: Mapping[str, str], output: Path) -> None:
    """Be as if started with this command in this environment, and end in time."""
    signal.alarm(AT_MOST_SECONDS)
    os.environ.clear()
    os.environ.update(env)
    sys.argv[:] = command
    for number, path in enumerate((Path(os.devnull), output / "out", output / "err")):
        stream = os.open(path, os.O_RDWR | os.O_CREAT | os.O_TRUNC)
        os.dup2(stream, number)
        os.close(stream)


if __name__ == "__main__":
    main()
