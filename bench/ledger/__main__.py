"""`python -m bench.ledger`: what was paid for, and by which run.

It also shows one answer, exports, imports and merges answers, and checks the file.
"""

import argparse
import os
import sys
from collections.abc import Sequence
from pathlib import Path

from bench.ledger import listing, move
from bench.ledger.store import Ledger, LedgerError
from bench.record.say import complain, say

_ABOUT = """What was paid for, and by which run. It also shows one answer, exports, imports and
merges answers, and checks the file."""


def main(arguments: Sequence[str] | None = None, prog: str = "python -m bench.ledger") -> int:
    """0 where all is well, 1 where the check finds a problem, 2 where the ledger cannot be used."""
    given = _parser(prog).parse_args(arguments)
    try:
        ledger = Ledger(given.ledger, must_exist=given.what not in ("import", "merge"))
        try:
            return _do(ledger, given)
        finally:
            ledger.close()
    except BrokenPipeError:  # whoever reads has enough
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    except LedgerError as error:
        complain(str(error))
    except OSError as error:
        complain(f"{error.filename}: {error.strerror}" if error.filename else str(error))
    return 2


def _do(ledger: Ledger, given: argparse.Namespace) -> int:
    if given.what == "runs":
        for line in listing.runs(ledger):
            say(line + "\n")
    elif given.what == "show":
        say(listing.answer(ledger, given.key) + "\n")
    elif given.what == "export":
        sys.stdout.writelines(move.export(ledger))
    elif given.what == "check":
        found = list(listing.problems(ledger))
        for line in found or [listing.sound(ledger)]:
            say(line + "\n")
        return 1 if found else 0
    else:
        for file in given.files:
            new, known = _take(ledger, given.what, file)
            say(f"{file}: {new} new, {known} were there\n")
    return 0


def _take(ledger: Ledger, what: str, file: Path) -> tuple[int, int]:
    if what == "merge":
        return move.merge(ledger, file)
    with file.open("rb") as lines:
        return move.take(ledger, lines, str(file))


def _parser(prog: str) -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog=prog, description=_ABOUT)
    parser.add_argument(
        "--ledger", type=Path, default=Path("reports/ledger.sqlite"), help="the file; %(default)s"
    )
    whats = parser.add_subparsers(dest="what", required=True, metavar="WHAT")
    whats.add_parser("runs", help="each run, and what it cost")
    whats.add_parser("show", help="an answer with its request").add_argument(
        "key", help="its key, or response id"
    )
    whats.add_parser("export", help="every answer as JSONL, to standard output")
    for what, of in (("import", "exported JSONL"), ("merge", "ledgers of other machines")):
        whats.add_parser(what, help=f"add {of}").add_argument("files", nargs="+", type=Path)
    whats.add_parser("check", help="whether the file is sound")
    return parser


if __name__ == "__main__":
    sys.exit(main())
