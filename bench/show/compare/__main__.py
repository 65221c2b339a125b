"""`python -m bench.compare A B [...]` and `python -m bench.compare A --by model`."""

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

from bench.record.key import AXIS_NAMES
from bench.record.say import complain, say
from bench.run.results import ResultsError, load
from bench.show.compare import CompareError, compare, rendering, sides_of_axis, sides_of_runs
from bench.show.tables import terminal_width

_FORMATS = {"text": rendering.as_text, "markdown": rendering.as_markdown, "json": rendering.as_json}


def main(arguments: Sequence[str] | None = None) -> int:
    """Print the comparison.

    The exit status is 0 whatever the verdict, and 2 where nothing can be compared.
    """
    parser = _parser()
    given = parser.parse_args(arguments)
    if given.by and len(given.runs) > 1:
        parser.error("--by compares inside one run; give one RUN")
    if not given.by and len(given.runs) < 2:
        parser.error("give two runs or more, or one and --by AXIS")
    try:
        runs = [load(path) for path in given.runs]
        sides = sides_of_axis(runs[0], AXIS_NAMES[given.by]) if given.by else sides_of_runs(runs)
        comparisons = compare(sides, level=given.level, paired=not given.unpaired)
    except (ResultsError, CompareError) as error:
        complain(f"{parser.prog}: {error}")
        return 2
    for run in runs:
        for line in run.warnings:
            complain(f"{parser.prog}: {line}")
    if given.as_ == "text":
        say(rendering.as_text(sides, comparisons, terminal_width()))
    else:
        say(_FORMATS[given.as_](sides, comparisons))
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m bench.compare",
        description="Compare runs, point by point; the first is the reference.",
    )
    parser.add_argument(
        "runs", nargs="+", type=Path, metavar="RUN", help="a run's folder, or its JSONL file"
    )
    parser.add_argument(
        "--by", choices=AXIS_NAMES, metavar="AXIS", help=f"inside one run: {', '.join(AXIS_NAMES)}"
    )
    parser.add_argument(
        "--unpaired", action="store_true", help="compare runs on different datasets"
    )
    parser.add_argument(
        "--level", type=_level, default=0.95, help="of intervals and of the verdict (0.95)"
    )
    parser.add_argument("--format", choices=_FORMATS, default="text", dest="as_")
    return parser


def _level(text: str) -> float:
    try:
        value = float(text)
    except ValueError:
        value = 0.0
    if not 0.5 <= value < 1:
        raise argparse.ArgumentTypeError(
            f"{text!r} is not allowed; give a number from 0.5 up and below 1"
        )
    return value


if __name__ == "__main__":
    sys.exit(main())
