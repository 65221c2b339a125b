"""`python -m bench.merge DIR... -o DIR`: the shards of a run as one run, with one ledger."""

import argparse
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

from bench.ledger import move, spill
from bench.ledger.store import Ledger, LedgerError
from bench.record.leftovers import workshop
from bench.record.say import complain, say
from bench.record.wording import counted
from bench.run.in_process import quiet
from bench.run.joining import write_joined
from bench.run.readback import ResultsError
from bench.run.shards import Part, ShardsError, join, read_part
from bench.show import page

LEDGER = "ledger.sqlite"


def main(arguments: Sequence[str] | None = None, prog: str = "python -m bench.merge") -> int:
    """Write the joined run and print where it is; 2 where the runs cannot be joined."""
    parser = argparse.ArgumentParser(
        prog=prog,
        description="Join runs of different points, such as the shards of one, into one run.",
    )
    add = parser.add_argument
    add("runs", nargs="+", type=Path, metavar="DIR", help="a run's folder, or its reports folder")
    add("-o", "--out", type=Path, required=True, metavar="DIR", help="a folder to make")
    add("--partial", action="store_true", help="also where points are missing")
    given = parser.parse_args(arguments)
    try:
        if given.out.exists() or given.out.is_symlink():
            raise ShardsError(f"{given.out} exists; give a folder that does not, to -o")
        parts = [read_part(path) for path in given.runs]
        results, manifest = join(parts, partial=given.partial)
        with _made_whole(given.out) as folder:
            write_joined(folder, parts, results, manifest)
            with quiet():
                answers = _join_ledgers(folder / LEDGER, _ledgers(given.runs, parts))
            page.write(replace(results, path=folder))
    except (ShardsError, ResultsError, LedgerError) as error:
        complain(f"{parser.prog}: {error}")
        return 2
    except OSError as error:
        complain(f"{parser.prog}: {error.filename or given.out}: {error.strerror or error}")
        return 2
    runs, points = counted(len(parts), "run"), counted(len(results.points), "point")
    say(f"{given.out}: {runs} joined, {points}, {counted(answers, 'answer')} in the ledger\n")
    for one in manifest.undecided:
        say(f"{counted(one.points, 'point')} {one.outcome}: {one.reason}\n")
    for part in _without_ledger(given.runs, parts):
        complain(
            f"{part.folder}: its ledger is not beside it; add it by "
            f"`python -m bench.ledger --ledger {given.out / LEDGER} merge FILE`"
        )
    return 0


@contextmanager
def _made_whole(folder: Path) -> Iterator[Path]:
    """A folder that gets its name once all is in it, and of which nothing is left else."""
    folder.parent.mkdir(parents=True, exist_ok=True)
    with workshop(folder) as building:
        made = building / "new"
        made.mkdir()
        yield made
        made.rename(folder)


def _places(given: Path, part: Part) -> tuple[Path, ...]:
    """The folders in which the ledger of a part can be."""
    return (given, part.folder, part.folder.parent.parent)


def _ledgers(given: Iterable[Path], parts: Iterable[Part]) -> list[Path]:
    """The folders that hold ledgers, each once: shards of one machine share one."""
    folders = [
        place
        for path, part in zip(given, parts, strict=True)
        for place in _places(path, part)
        if (place / LEDGER).is_file()
    ]
    return list(dict.fromkeys(folder.resolve() for folder in folders))


def _without_ledger(given: Iterable[Path], parts: Iterable[Part]) -> Iterator[Part]:
    """The parts whose answers were paid for, with no ledger beside them."""
    for path, part in zip(given, parts, strict=True):
        is_asked = any(a.answer.response_id for a in part.results.attempts)
        if is_asked and not _ledgers([path], [part]):
            yield part


def _join_ledgers(target: Path, folders: Sequence[Path]) -> int:
    """Put the answers of all into one ledger, and give their number; no ledger, no file."""
    if not folders:
        return 0
    ledger = Ledger(target)
    try:
        for folder in folders:
            move.merge(ledger, folder / LEDGER)
            for file in sorted(spill.folder_in(folder).glob("*.jsonl")):
                spill.take_file(ledger, file)  # its own ledger had no room for it
        return int(ledger.rows("SELECT count(*) FROM answers")[0][0])
    finally:
        ledger.close()
