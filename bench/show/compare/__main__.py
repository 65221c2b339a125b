"""`python -m bench.compare A B [...]`, `python -m bench.compare A --by model`, and `--plan`."""

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

from bench.options.arguments import argument
from bench.options.values import share, whole
from bench.record.key import AXIS_NAMES
from bench.record.say import complain, say
from bench.run.readback import Results, ResultsError, load
from bench.show.compare import (
    CompareError,
    as_data,
    compare,
    plan,
    rendering,
    sides_of_axis,
    sides_of_runs,
)
from bench.show.text_tables import terminal_width

_FORMATS = {"text": rendering.as_text, "markdown": rendering.as_markdown, "json": as_data.as_json}
_PLAN_FORMATS = {"text": plan.as_text, "markdown": plan.as_markdown, "json": plan.as_json}
_MOST = 1_000
"""Targets, lengths or trials that a plan is simulated for."""
_PUBLISHED = {"targets": 12, "lengths": 5, "trials": 1}
"""The shape of the published grid, which a plan without a run is for."""


def main(arguments: Sequence[str] | None = None, prog: str = "python -m bench.compare") -> int:
    """Print the comparison, or the plan of one.

    The exit status is 0 whatever the verdict, and 2 where nothing can be compared.
    """
    parser = _parser(prog)
    given = parser.parse_args(arguments)
    if wrong := _wrong(given):
        parser.error(wrong)
    try:
        runs = [load(path) for path in given.runs]
        text = _plan(given, runs) if given.plan else _comparison(given, runs)
    except (ResultsError, CompareError) as error:
        complain(f"{parser.prog}: {error}")
        return 2
    for run in runs:
        for line in run.warnings:
            complain(f"{parser.prog}: {line}")
    say(text)
    return 0


def _comparison(given: argparse.Namespace, runs: Sequence[Results]) -> str:
    sides = sides_of_axis(runs[0], AXIS_NAMES[given.by]) if given.by else sides_of_runs(runs)
    comparisons = compare(sides, level=given.level, paired=not given.unpaired)
    if given.as_ == "text":
        return rendering.as_text(sides, comparisons, terminal_width())
    return _FORMATS[given.as_](sides, comparisons)


def _plan(given: argparse.Namespace, runs: Sequence[Results]) -> str:
    if runs:
        shape = plan.shape_of(runs[0])
        if not shape.lengths:
            raise CompareError(f"{runs[0].path}: the run has no points to plan by")
    else:
        targets, lengths, trials = (getattr(given, name) or n for name, n in _PUBLISHED.items())
        shape = plan.Shape((lengths,) * targets, trials)
    found = plan.plan(shape, given.level)
    if given.as_ == "text":
        return plan.as_text(found, terminal_width())
    return _PLAN_FORMATS[given.as_](found)


def _wrong(given: argparse.Namespace) -> str | None:
    """What is wrong with the arguments together."""
    shaped = [f"--{name}" for name in _PUBLISHED if getattr(given, name) is not None]
    if given.plan:
        if len(given.runs) > 1 or given.by:
            return "--plan takes one RUN at most, and no --by"
        return (
            f"--plan takes its shape from RUN; leave out {shaped[0]}"
            if given.runs and shaped
            else None
        )
    if shaped:
        return f"{shaped[0]} is for --plan"
    if given.by and len(given.runs) > 1:
        return "--by compares inside one run; give one RUN"
    if not given.by and len(given.runs) < 2:
        return "give two runs or more, or one and --by AXIS"
    return None


def _parser(prog: str) -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog=prog,
        description="Compare runs, point by point; the first is the reference.",
    )
    add = parser.add_argument
    add("runs", nargs="*", type=Path, metavar="RUN", help="a run's folder, or its JSONL file")
    names = ", ".join(AXIS_NAMES)
    level, count = argument(share(0.5)), argument(whole(1, _MOST))
    add("--by", type=_axis, choices=AXIS_NAMES, metavar="AXIS", help=f"inside one run: {names}")
    add("--unpaired", action="store_true", help="compare runs on different datasets")
    add("--level", type=level, default=0.95, help="of intervals and of the verdict (0.95)")
    add("--format", choices=_FORMATS, default="text", dest="as_")
    add("--plan", action="store_true", help="how large a gap a run like RUN can find, or one of")
    for name, default in _PUBLISHED.items():
        add(f"--{name}", type=count, metavar="N", help=f"so many {name} ({default})")
    return parser


def _axis(text: str) -> str:
    """The axis by its name on a command line, or in the results."""
    return text.replace("_", "-").removesuffix("-name")


if __name__ == "__main__":
    sys.exit(main())
