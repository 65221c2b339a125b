"""`python -m bench.paper RUN...`: the tables of a paper, of the points of these runs."""

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

from bench.options.arguments import argument
from bench.options.values import whole
from bench.record.say import complain, say
from bench.run.readback import ResultsError, load
from bench.show.paper import PaperError, formats, join, paper
from bench.show.paper.paper_tables import EXAMPLES, LENGTH
from bench.show.text_tables import terminal_width

_FORMATS = {
    "text": lambda found: formats.as_text(found, terminal_width()),
    "markdown": formats.as_markdown,
    "csv": formats.as_csv,
    "latex": formats.as_latex,
}


def main(arguments: Sequence[str] | None = None, prog: str = "python -m bench.paper") -> int:
    """Print the tables. The exit status is 2 where there is none."""
    parser = argparse.ArgumentParser(
        prog=prog, description="Methods by task, beside the published numbers."
    )
    add = parser.add_argument
    count = argument(whole(1, 10**9))
    add("runs", nargs="+", type=Path, metavar="RUN", help="a run's folder, or its JSONL file")
    add(
        "--length",
        type=count,
        default=LENGTH,
        metavar="N",
        help=f"of the inputs ({LENGTH})",
    )
    add(
        "--train-size",
        type=count,
        metavar="N",
        help=f"how many examples ({EXAMPLES}, or the most that there are)",
    )
    add("--format", choices=_FORMATS, default="text", dest="as_")
    given = parser.parse_args(arguments)
    try:
        runs = [load(path) for path in given.runs]
        found = paper(join(runs), given.length, given.train_size)
    except (ResultsError, PaperError) as error:
        complain(f"{parser.prog}: {error}")
        return 2
    for run in runs:
        for line in run.warnings:
            complain(f"{parser.prog}: {line}")
    say(_FORMATS[given.as_](found))
    return 0


if __name__ == "__main__":
    sys.exit(main())
