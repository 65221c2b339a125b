"""The controller's record of one run: the manifest, and the files that grow while it goes on."""

import errno
import os
import secrets
import shutil
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import asdict, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from bench.options.secret import secrets_of
from bench.options.settings import Settings, SettingsError
from bench.record.attempt import Attempt
from bench.record.codec import to_json
from bench.record.key import PointKey
from bench.record.leftovers import clear, hold
from bench.record.transcript import FOLDER, file_name
from bench.record.undecided import Undecided
from bench.record.utc import now
from bench.record.whole import WholeLines, write_parts, write_whole
from bench.run.file_names import CSV, JSONL, LINKED, LOG, MANIFEST, PAGE, REPORT
from bench.run.held import HeldAttempts
from bench.run.lines import csv_head, csv_rows, json_line, point_to
from bench.run.manifest import Manifest, to_text
from bench.run.points import Point
from bench.run.readback import Results
from bench.run.totals import totals

_FULL = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)


def _further(option: str, path: Path | None, head: str = "") -> list[WholeLines]:
    """The file that an option names, if it does. Raises SettingsError where it is not writable."""
    try:
        return [WholeLines(path, head)] if path else []
    except OSError as error:
        why = error.strerror or error
        raise SettingsError(f"{option}: cannot write {path}: {why}; give another file") from None


def new_id() -> str:
    """A run's id: UTC time and four random characters."""
    return f"{datetime.now(UTC):%Y%m%dT%H%M%SZ}-{secrets.token_hex(2)}"


class RunFiles:
    """The files of a run. The controller of pytest-xdist alone has them."""

    def __init__(self, manifest: Manifest, settings: Settings) -> None:
        """`manifest` is that of the run that begins: see `begun`."""
        self.manifest = manifest
        self.id = manifest.run_id
        self.folder = settings.results.reports_dir / "runs" / self.id
        self.retries = 0
        self.held = HeldAttempts(self.folder / JSONL)
        self._unwritten: dict[Path, str] = {}
        self._datasets: dict[tuple[str, int, int], str] = {}
        self._secrets = secrets_of(settings.asking, settings.question.model)
        # The places outside the run's folder come first: if one cannot be written, no run begins.
        self._jsonl = _further("--out-jsonl", settings.results.out_jsonl)
        self._csv = _further("--out-csv", settings.results.out_csv, csv_head())
        clear(settings.results.reports_dir, LINKED)
        self.folder.mkdir(parents=True)
        self._lock = hold(self.folder)
        write_whole(self.folder / MANIFEST, self._secrets.blotted(to_text(self.manifest)))
        self._jsonl.append(WholeLines(self.folder / JSONL))
        self._csv.append(WholeLines(self.folder / CSV, csv_head()))
        self._log = WholeLines(self.folder / LOG)
        self._links = settings.results.reports_dir
        # Link also what is not there yet: else, after a kill, some links would lead to this run
        # and others to the run before it.
        self._is_linked = point_to(self._links, self.folder, LINKED)

    def log(self, events: Sequence[Mapping[str, Any]], worker: str) -> None:
        """Append a worker's events to runner.log."""
        if events:
            self.retries += sum(event.get("event") == "request_retried" for event in events)
            lines = "".join(
                json_line({**event, "run_id": self.id, "worker": worker}) for event in events
            )
            self._append(self._log, lines)

    def transcribe(self, point: str, transcripts: Mapping[str, str]) -> None:
        """Write the transcripts of a point's attempts, given by the attempts' numbers."""
        for attempt, text in transcripts.items():
            self._write(self.folder / FOLDER / file_name(point, int(attempt)), [text])

    def record(self, key: PointKey, attempts: Sequence[Attempt]) -> tuple[Attempt, ...]:
        """Write down the attempts of a grid point that ended, and give them as they were written.

        Where the point ran before in this run, they take the place of its attempts of then.
        """
        is_again = key in self.held
        if is_again:
            self.held.restore()
        recorded = _instead_of(self.held.of(key), attempts)
        if not recorded:
            return ()
        self.held.put(key, recorded)
        for a in recorded:
            self._datasets[a.target, a.length, a.trial] = a.dataset_sha256
        lines = [to_json(attempt) for attempt in (self.held.attempts if is_again else recorded)]
        for file in self._jsonl:
            self._append(file, "".join(map(json_line, lines)), anew=is_again)
        for file in self._csv:
            self._append(file, csv_rows(lines), anew=is_again)
        if not self._unwritten:
            self.held.lighten()
        return recorded

    def write_report(self, parts: Iterable[str], place: Path | None = None) -> None:
        """Write report.json part after part, or the same at another place."""
        self._write(place or self.folder / REPORT, parts)

    def problems(self) -> list[str]:
        """What could not be written, a line each."""
        for file in (*self._jsonl, *self._csv, self._log):
            self._append(file, "")
        return [
            f"cannot write {path}: {why}, and run again" for path, why in self._unwritten.items()
        ]

    def results(self) -> Results:
        """What `load` reads in the run's folder, or would read there where the disk is full."""
        held = self.held
        return Results(self.folder, held.attempts, asdict(self.manifest), lacking=held.lacking)

    def finish(
        self,
        exit_status: int,
        points: Iterable[Point],
        counts: Mapping[str, int] | None = None,
        undecided: Iterable[Undecided] = (),
        in_all_shards: int = 0,
    ) -> None:
        """Complete the manifest. `points` are those of `results`.

        `counts` says how many tests passed, failed and so on; `undecided` has an entry for each
        point without an outcome. For `in_all_shards` see the manifest.
        """
        ways = Counter(undecided).items()
        datasets = [
            {"target": target, "length": length, "trial": trial, "sha256": digest}
            for (target, length, trial), digest in sorted(self._datasets.items())
        ]
        self.manifest = replace(
            self.manifest,
            ended_at=now(),
            exit_status=exit_status,
            undecided=tuple(replace(one, points=count) for one, count in ways),
            datasets=tuple(datasets),
            counts=dict(counts or {}),
            totals=asdict(totals(points)),
            results_bytes=self._results_bytes(),
            in_all_shards=in_all_shards,
        )
        self._write(self.folder / MANIFEST, [to_text(self.manifest)])

    def _results_bytes(self) -> int:
        try:
            return (self.folder / JSONL).stat().st_size
        except OSError:  # somebody has removed it
            return 0

    def places(self) -> list[str]:
        """The run's folder and its page, as short as they can be said from here."""
        here = Path.cwd()
        places = [self.folder, self.folder / PAGE]
        return [
            str(p.relative_to(here) if p.is_relative_to(here) else p) for p in places if p.exists()
        ]

    def close(self) -> None:
        """Close the files, and remove the links to what this run did not make, such as a page."""
        for file in (*self._jsonl, *self._csv, self._log):
            file.close()
        for name in LINKED:
            if not (self.folder / name).exists():
                (self._links / name).unlink(missing_ok=True)
            elif not self._is_linked:
                with suppress(OSError):  # on a full disk they are in the run's folder alone
                    shutil.copyfile(self.folder / name, self._links / name)
        if self._lock is not None:
            os.close(self._lock)

    def _append(self, file: WholeLines, lines: str, *, anew: bool = False) -> None:
        """Append to a file. A full disk does not end the run, as the answers are in the ledger.

        What could not be written is written as soon as there is room.
        """
        try:
            file.append(self._secrets.blotted(lines), anew=anew)
        except OSError as error:
            self._unwritten[file.path] = _what_to_do(error)
        else:
            self._unwritten.pop(file.path, None)

    def _write(self, path: Path, parts: Iterable[str]) -> None:
        try:
            write_parts(path, map(self._secrets.blotted, parts))
        except OSError as error:
            self._unwritten[path] = _what_to_do(error)


def _what_to_do(error: OSError) -> str:
    """Why a file could not be written, and what would help."""
    cure = "free some space" if error.errno in _FULL else "make it possible to write it"
    return f"{error.strerror or error}: {cure}"


def _instead_of(before: Sequence[Attempt], attempts: Sequence[Attempt]) -> tuple[Attempt, ...]:
    """The attempts of a point that ran again.

    The ledger replays what the first time paid for; such an attempt counts as paid by this run.
    """
    # The second time brought no answer: those of the first stay, and decide nothing.
    if not attempts:
        return tuple(replace(a, outcome=None) for a in before)
    paid = {a.attempt: a.answer.paid_usd for a in before if not a.replayed}
    return tuple(
        _paid(a, paid[a.attempt]) if a.attempt in paid else a for a in map(_without_turns, attempts)
    )


def _paid(attempt: Attempt, usd: float | None) -> Attempt:
    return replace(attempt, answer=replace(attempt.answer, replayed=False, paid_usd=usd))


def _without_turns(attempt: Attempt) -> Attempt:
    """The attempt without its conversation, which is in a file of its own."""
    return replace(attempt, conversation=()) if attempt.conversation else attempt
