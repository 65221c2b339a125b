"""The command `llm-pv`, and `python -m bench`: one door to its tools."""

import os
import sys
from collections.abc import Sequence
from importlib import import_module
from typing import NoReturn

from bench import __version__
from bench.record.say import complain, say

PROG = "llm-pv"
PYTEST = ("-P", "-m", "pytest", "-p", "bench.plugin", "--pyargs", "bench")
"""What Python is given for a run. With -P no file of the current folder hides a package."""

COMMANDS = {
    "compare": ("bench.compare", "compare runs, or the models of one run, point by point"),
    "paper": ("bench.paper", "draw the tables of a paper, beside the published numbers"),
    "report": ("bench.report", "build the page of a run anew"),
    "view": ("bench.show.served", "show the runs in a browser, refreshed while one goes on"),
    "runs": ("bench.runs", "list the runs of a reports folder"),
    "merge": ("bench.merge", "join the shards of a run into one"),
    "remote": ("bench.remote", "bring the benchmark to hosts, for runs on several machines"),
    "ledger": ("bench.ledger.__main__", "look into the ledger of answers, move and check it"),
    "targets": ("bench.targets", "ask about the targets"),
    "falsify": ("bench.falsify", "try the programs of an earlier run as their rules"),
}
"""By name: the module whose `main(arguments, prog)` does it, and what it does."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Do what the first argument names, with the others. Gives the exit status."""
    name, *others = (sys.argv[1:] if arguments is None else arguments) or ["--help"]
    if name in ("-h", "--help"):
        say(_help())
        return 0
    if name == "--version":
        say(f"{PROG} {__version__}\n")
        return 0
    if name == "run":
        _become_pytest(others)
    if name not in COMMANDS:
        complain(f"{PROG}: there is no command {name!r}; give one of run, {', '.join(COMMANDS)}")
        return 2
    command = import_module(COMMANDS[name][0])
    status: int = command.main(others, f"{PROG} {name}")
    return status


def _become_pytest(arguments: Sequence[str]) -> NoReturn:
    """Let pytest take this process's place: options, signals and exit status are its own."""
    sys.stdout.flush()
    os.execv(sys.executable, [sys.executable, *PYTEST, *arguments])


def _help() -> str:
    """The commands, a line each."""
    commands = {"run": "run the benchmark: pytest, with all its options and the benchmark's"}
    commands |= {name: about for name, (_, about) in COMMANDS.items()}
    lines = [f"  {name:<8}  {about}" for name, about in commands.items()]
    usage = f"usage: {PROG} COMMAND ...\n\nMeasures whether a model can induce programs."
    return "\n".join([usage, "", *lines, "", f"{PROG} COMMAND --help says more.", ""])


if __name__ == "__main__":
    sys.exit(main())
