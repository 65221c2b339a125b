"""`python -m bench.report DIR`: build the page of a run anew."""

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

from bench.record.say import complain, say
from bench.run.readback import ResultsError, load
from bench.show.compare import CompareError, compare, sides_of_runs
from bench.show.page import write


def main(arguments: Sequence[str] | None = None, prog: str = "python -m bench.report") -> int:
    """Write the page and print where it is."""
    if "--serve" in (words := list(sys.argv[1:] if arguments is None else arguments)):
        from bench.show import served

        words.remove("--serve")
        return served.main(words, f"{prog} --serve")
    parser = _parser(prog)
    given = parser.parse_args(arguments)
    if given.point and given.against:
        parser.error("--point and --against cannot be given together")
    try:
        compared = None
        if given.against:
            runs = [load(path) for path in (*given.against, given.run)]
            sides = sides_of_runs(runs)
            compared = (sides, compare(sides, paired=not given.unpaired))
        results = load(given.run)
        if given.point:
            results = results.only(given.point)
        page = write(results, given.out, compared)
    except (ResultsError, CompareError) as error:
        complain(f"{parser.prog}: {error}")
        return 2
    except OSError as error:
        complain(f"{parser.prog}: {given.out or given.run}: {error.strerror or error}")
        return 2
    say(f"{page}\n")
    return 0


def _parser(prog: str) -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog=prog, description="Build the page of a run anew.")
    parser.add_argument("run", type=Path, help="a run's folder, or its JSONL file")
    parser.add_argument("--out", type=Path, help="the page (index.html beside the results)")
    parser.add_argument(
        "--point",
        action="append",
        default=[],
        metavar="ID",
        help="a page of the point with this test id alone, point.html; may be given again",
    )
    parser.add_argument(
        "--against",
        type=Path,
        action="append",
        default=[],
        metavar="RUN",
        help="add a section that compares this run with another, the reference; may be given again",
    )
    parser.add_argument(
        "--serve",
        action="store_true",
        help="show the runs of a folder in a browser instead: --serve --help says more",
    )
    parser.add_argument(
        "--unpaired", action="store_true", help="compare runs on different datasets"
    )
    return parser


if __name__ == "__main__":
    sys.exit(main())
