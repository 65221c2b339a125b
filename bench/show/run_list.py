"""`python -m bench.runs`: the list of the runs in a reports folder, a line for each."""

import argparse
import json
from collections.abc import Sequence
from dataclasses import dataclass
from operator import attrgetter
from pathlib import Path

from bench.record.csvtext import csv_line
from bench.record.leftovers import is_held
from bench.record.say import complain, say
from bench.record.undecided import Cause
from bench.record.widths import wrapped
from bench.record.wording import cost_with_unpriced, counted, mean_with_unscored, spelled
from bench.run.file_names import JSONL, MANIFEST
from bench.run.manifest import Manifest, read
from bench.run.readback import ResultsError, load
from bench.run.totals import Totals, totals, written_totals
from bench.show.text_tables import WIDE, aligned, markdown_table, terminal_width

COLUMNS = (
    "run",
    "started",
    "commit",
    "changed",
    "points",
    "decided",
    "solvable",
    "solved",
    "recovered",
    "test_acc",
    "cost_usd",
    "state",
)


@dataclass(frozen=True, slots=True)
class State:
    """How a run ended, in a word, and the details; as text the two with a colon between."""

    word: str
    """`whole`, `red` (it ended with an exit status other than 0), `running`, `killed`, `dry run`,
    `outage`, `budget`, `interrupted` or `unreadable`.
    """
    details: str = ""

    def __str__(self) -> str:
        return f"{self.word}: {self.details}" if self.details else self.word


@dataclass(frozen=True, slots=True, kw_only=True)
class ListedRun:
    """One run, by its manifest and its attempts; None where they do not say."""

    run: str
    started: str
    commit: str
    """The first eight digits, and `+` where there were changes that were not committed."""
    changed: str
    """The options that were not at their defaults."""
    points: int
    """Those that the run was asked for, whether or not they ended."""
    decided: int
    solvable: int
    """The decided ones but for those that were asked for labels alone."""
    solved: int
    recovered: int | None
    """None where no program was tried as the rule."""
    test_acc: float | None
    """Mean over the decided points, 0 for those without a scored program: `unscored` of them."""
    unscored: int
    cost_usd: float | None
    """Of the attempts whose cost is known: all but `unpriced` of them."""
    unpriced: int
    state: State


def find(reports: Path) -> list[ListedRun]:
    """The runs of a reports folder, the oldest first. A broken one is among them, as broken."""
    return sorted(
        (listed_run(path.parent) for path in (reports / "runs").glob(f"*/{MANIFEST}")),
        key=lambda r: r.run,
    )


def listed_run(folder: Path) -> ListedRun:
    """The run in a folder. One that cannot be read says why in its state."""
    try:
        manifest = read(json.loads((folder / MANIFEST).read_bytes()))
    except (OSError, ValueError, TypeError, RecursionError):
        return _broken(folder, f"{MANIFEST} is no JSON object")
    try:
        of_all, left_out = _totals(folder, manifest)
    except ResultsError as error:
        return _broken(folder, str(error).removeprefix(f"{folder}/"))
    # Points that ended without an attempt (errors, skips) are in the manifest's counts alone.
    counts = [manifest.counts.get(name) for name in _OUTCOMES]
    ended = sum(count for count in counts if isinstance(count, int))
    total = max(ended, of_all.points, manifest.selected)
    changed = [f"{name}={spelled(value)}" for name, value in manifest.defaults_changed.items()]
    return ListedRun(
        run=folder.name,
        started=manifest.started_at or "",
        commit=_commit(manifest),
        changed=" ".join(changed),
        points=total,
        decided=of_all.decided,
        solvable=of_all.solvable,
        solved=of_all.solved,
        recovered=of_all.recovered if of_all.recovered + of_all.refuted else None,
        test_acc=of_all.test_acc,
        unscored=of_all.unscored,
        cost_usd=of_all.cost_usd,
        unpriced=of_all.unpriced,
        state=_with_left_out(_state(manifest, total, folder), left_out),
    )


def _totals(folder: Path, manifest: Manifest) -> tuple[Totals, int]:
    """The totals of a run, and how many lines of its results could not be read.

    Where the results are as they were at the run's end, it has written its totals down: to count
    them anew takes 20 ms a megabyte. Raises ResultsError.
    """
    file = folder / JSONL
    if not file.exists():
        return totals(()), 0
    written = written_totals(manifest.totals)
    if manifest.ended_at and written and file.stat().st_size == manifest.results_bytes:
        return written, 0
    results = load(folder)
    return totals(results.points), len(results.given_up)


def _with_left_out(state: State, lines: int) -> State:
    """The state, and how many lines of the results could not be read."""
    if not lines:
        return state
    left_out = f"{counted(lines, 'line')} of the results left out"
    return State(state.word, f"{state.details}; {left_out}" if state.details else left_out)


_OUTCOMES = ("passed", "failed", "error", "skipped", "xfailed", "xpassed")


def _state(manifest: Manifest, points: int, folder: Path) -> State:
    """How the run ended, and what kept points from being decided."""
    if not manifest.ended_at:
        return State("running" if is_held(folder) else "killed")
    if manifest.options.get("dry_run"):
        return State("dry run")
    if manifest.exit_status == _INTERRUPTED:
        lost = sum(one.points for one in manifest.undecided)
        return State("interrupted", f"{lost} of {counted(points, 'point')} not decided")
    for cause in (Cause.OUTAGE, Cause.BUDGET):  # the more important one first
        some = [one for one in manifest.undecided if one.cause is cause]
        if some:
            lost = sum(one.points for one in some)
            most = max(some, key=lambda one: one.points)
            details = f"{lost} of {counted(points, 'point')}: {most.reason}"
            return State(cause.name.lower(), details)
    return State("red" if manifest.exit_status else "whole")


_INTERRUPTED = 2
"""pytest's exit status after Ctrl-C."""


def _broken(folder: Path, why: str) -> ListedRun:
    return ListedRun(
        run=folder.name,
        started="",
        commit="",
        changed="",
        points=0,
        decided=0,
        solvable=0,
        solved=0,
        recovered=None,
        test_acc=None,
        unscored=0,
        cost_usd=None,
        unpriced=0,
        state=State("unreadable", why),
    )


def _commit(manifest: Manifest) -> str:
    commit = str(manifest.versions.get("git_commit") or "")[:8]
    return f"{commit}+" if commit and manifest.versions.get("git_dirty") else commit


NUMBERS = ("points", "solved", "recovered", "mean test", "cost")
HEAD = ("run", "started", "commit", *NUMBERS, "state")
_SPARE = tuple(map(HEAD.index, ("commit", "started", "mean test", "cost", "points", "recovered")))
"""What a narrow terminal does without, in this order."""


def as_text(runs: Sequence[ListedRun], width: int = WIDE) -> str:
    """A table that fits the width; below a run its changed options and the details of its state."""
    head, rule, *body = aligned([HEAD, *map(_row, runs)], width, spare=_SPARE)
    lines = [head, rule]
    for run, line in zip(runs, body, strict=True):
        lines.append(line)
        for below in (run.changed, run.state.details):
            lines += wrapped(below, width, first="    ", then="    ")
    return "\n".join(lines) + "\n"


def _row(run: ListedRun) -> tuple[str, ...]:
    started = run.started[:16].replace("T", " ")
    return (run.run, started, run.commit, *numbers(run), run.state.word)


def as_markdown(runs: Sequence[ListedRun]) -> str:
    """A table of GitHub's Markdown."""
    head = ("run", "started", "commit", "changed", *NUMBERS, "state")
    rows = [(r.run, r.started, r.commit, r.changed, *numbers(r), str(r.state)) for r in runs]
    return "\n".join(markdown_table([head, *rows])) + "\n"


def as_csv(runs: Sequence[ListedRun]) -> str:
    """The columns of `COLUMNS`, with numbers in full."""
    cells = attrgetter(*COLUMNS[:-1])
    rows = [(*cells(run), str(run.state)) for run in runs]
    return "".join(map(csv_line, [COLUMNS, *rows]))


def numbers(run: ListedRun) -> tuple[str, ...]:
    """The cells of the columns of `NUMBERS`."""
    solved = f"{run.solved} of {run.solvable}" if run.solvable < run.points else str(run.solved)
    test = mean_with_unscored(run.test_acc, run.unscored)
    recovered = "-" if run.recovered is None else str(run.recovered)
    points = (str(run.points), solved if run.solvable else "-", recovered)
    return (*points, test, cost_with_unpriced(run.cost_usd, run.unpriced))


_FORMATS = {"text": as_text, "markdown": as_markdown, "csv": as_csv}


def main(arguments: Sequence[str] | None = None, prog: str = "python -m bench.runs") -> int:
    """Print the runs."""
    parser = argparse.ArgumentParser(prog=prog, description="List the runs of a reports folder.")
    parser.add_argument(
        "reports", nargs="?", type=Path, default=Path("reports"), help="the folder (reports)"
    )
    parser.add_argument("--format", choices=_FORMATS, default="text", dest="as_")
    given = parser.parse_args(arguments)
    runs = find(given.reports)
    if not runs:
        complain(f"{parser.prog}: {given.reports / 'runs'} holds no runs; `make bench` makes one")
        return 2
    say(as_text(runs, terminal_width()) if given.as_ == "text" else _FORMATS[given.as_](runs))
    return 0
