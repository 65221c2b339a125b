"""What a run left behind, read back: typed attempts, grouped into grid points, or a DataFrame.

from bench.results import load
table = load("reports").dataframe("points")
table.pivot_table(index="target", columns="length", values="score")
"""

import importlib
import json
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import Path
from typing import Any, Literal

from bench.record.attempt import Attempt
from bench.record.codec import CSV_COLUMNS, MOST, NoAttempt, parse, to_csv, to_json
from bench.record.key import PointKey, test_ids, varying
from bench.record.tools import PYTHON
from bench.record.transcript import FOLDER, Transcript, file_name, from_text
from bench.run import manifest
from bench.run.file_names import JSONL, MANIFEST
from bench.run.held import restored
from bench.run.masses import MASS_COLUMNS, mass_rows
from bench.run.points import POINT_COLUMNS, Point, group, point_row


class ResultsError(ValueError):
    """One line: which file, which line of it, and what is wrong."""


@dataclass(frozen=True)
class Results:
    """The attempts of one run, or of several shards of it, and the manifest beside them."""

    path: Path
    attempts: tuple[Attempt, ...]
    run: Mapping[str, Any] = field(default_factory=dict)
    """The manifest as it stands in run.json; empty without one."""
    truncated: bool = False
    """Whether the last line was cut off, and left out."""
    given_up: tuple[str, ...] = ()
    """What is wrong with each line that could not be read, and is left out."""
    lacking: frozenset[PointKey] = frozenset()
    """The points whose attempts are here without their texts: see `with_texts`."""
    whole: "Results | None" = None
    """The run that these are some points of."""

    @property
    def folder(self) -> Path:
        """Where the results are, and what is found of them belongs.

        The names in a reports folder only lead to the last run's.
        """
        source = self.path / JSONL if self.path.is_dir() else self.path
        return source.resolve().parent

    @property
    def warnings(self) -> list[str]:
        """A sentence for each reason why the results are less than was written."""
        cut_off = ["The last line of the results was cut off, and is left out."]
        return [
            *(cut_off if self.truncated else []),
            *(f"A line of the results is left out: {wrong}" for wrong in self.given_up),
        ]

    def with_texts(self, of: Collection[PointKey] | None = None) -> "Results":
        """These results with the texts of some points, or of all of them.

        Those of a large run that just ended are in its file alone. Raises OSError.
        """
        if not self.lacking:
            return self
        wanted = self.lacking if of is None else self.lacking.intersection(of)
        whole = restored(self.attempts, self.path / JSONL, wanted)
        return replace(self, attempts=whole, lacking=self.lacking - wanted)

    @cached_property
    def manifest(self) -> manifest.Manifest:
        """The manifest as a record."""
        return manifest.read(self.run)

    @cached_property
    def points(self) -> tuple[Point, ...]:
        """The grid points, in the order they ended."""
        return group(self.attempts)

    @cached_property
    def axes(self) -> tuple[str, ...]:
        """The axes with more than one value in this run."""
        return self.whole.axes if self.whole else varying(p.key for p in self.points)

    @cached_property
    def ids(self) -> Mapping[PointKey, str]:
        """What the tests of the points are called."""
        if self.whole:
            return self.whole.ids
        return test_ids((p.key for p in self.points), self.manifest.axes)

    @cached_property
    def transcripts(self) -> Mapping[tuple[str, int], Transcript]:
        """The conversations, by the point's id and the attempt's number, as far as there are files.

        A file that holds none is left out.
        """
        found = {}
        for a in self.attempts:
            point = self.ids[a.point]
            file = self.path / FOLDER / file_name(point, a.attempt)
            if PYTHON in a.tools and file.is_file():
                transcript = from_text(file.read_bytes())
                if transcript is not None:
                    found[point, a.attempt] = transcript
        return found

    def only(self, ids: Sequence[str]) -> "Results":
        """The points with these test ids alone, called as in the whole run.

        Raises ResultsError where a test id is none of the run's.
        """
        keys = {name: key for key, name in self.ids.items()}
        for name in ids:
            if name not in keys:
                one = next(iter(keys), None)
                hint = f"; one of its test ids is {one}" if one else ""
                raise ResultsError(f"{self.path}: no point has the test id {name!r}{hint}")
        wanted = {keys[name] for name in ids}
        some = tuple(a for a in self.attempts if a.point in wanted)
        return replace(self, attempts=some, whole=self)

    @property
    def name(self) -> str:
        """What to call the run: its id, or the file's name."""
        ids = tuple(dict.fromkeys(a.run_id for a in self.attempts))
        return ids[0] if len(ids) == 1 else self.manifest.run_id or self.path.name

    def dataframe(self, of: Literal["attempts", "points", "mass"] = "attempts") -> Any:
        """A pandas DataFrame with a row for each attempt, point or mass; else a polars one.

        For the masses see `bench.run.masses.mass_rows`. Raises ResultsError where neither is
        installed.
        """
        if of == "attempts":
            columns, rows = CSV_COLUMNS, [to_csv(to_json(a)) for a in self.attempts]
        elif of == "mass":
            columns, rows = MASS_COLUMNS, mass_rows(self.points)
        else:
            columns, rows = POINT_COLUMNS, [point_row(p) for p in self.points]
        data: dict[str, list[Any]] = {}
        for column in columns:
            data[column] = [row[column] for row in rows]
        for library in ("pandas", "polars"):
            try:
                return importlib.import_module(library).DataFrame(data)
            except ImportError:
                continue
        raise ResultsError(
            "a DataFrame needs pandas or polars, and neither is installed: pip install pandas"
        )


def load(path: str | Path) -> Results:
    """Read a run's folder or a JSONL file, such as that of a run put together by `bench.merge`.

    A line that cannot be read is left out. The result says so: `truncated` for a last line that was
    cut off, `given_up` for others. Raises ResultsError where no line can be read, and where an
    attempt is there twice.
    """
    path = Path(path)
    source = path / JSONL if path.is_dir() else path
    attempts, wrong, truncated = list[Attempt](), list[str](), False
    for number, line in _lines(source):
        try:
            attempts.append(parse(line))
        except NoAttempt as error:
            # A last line without a line feed may be whole, or cut off.
            truncated = not line.endswith(b"\n")
            wrong += [] if truncated else [f"{source}: line {number}: {error}"]
    if wrong and not attempts:
        raise ResultsError(wrong[0])
    _refuse_doubles(attempts, source)
    run = _manifest(source.parent / MANIFEST, attempts)
    sizes = manifest.read(run).options.get("train_size", ())
    if len(sizes) == 1:
        attempts = [_with_train_size(a, sizes[0]) for a in attempts]
    return Results(path, tuple(attempts), run, truncated, tuple(wrong))


def _with_train_size(attempt: Attempt, size: int) -> Attempt:
    """The attempt with the train size of its run, where an earlier version did not write it."""
    if attempt.point.train_size or not 0 < size <= MOST:
        return attempt
    return replace(attempt, point=replace(attempt.point, train_size=size))


def _lines(source: Path) -> Iterator[tuple[int, bytes]]:
    """The lines that are not blank, with their numbers. Raises ResultsError."""
    try:
        with source.open("rb") as file:
            yield from ((n, line) for n, line in enumerate(file, 1) if line.strip())
    except OSError as error:
        hint = "give a run's folder (reports/runs/<run_id>) or its results_attempts.jsonl"
        raise ResultsError(f"{source}: {error.strerror or error}; {hint}") from None


def _refuse_doubles(attempts: Sequence[Attempt], source: Path) -> None:
    seen: set[tuple[PointKey, int]] = set()
    for a in attempts:
        if (this := (a.point, a.attempt)) in seen:
            where = f"attempt {a.attempt} of {test_ids(one.point for one in attempts)[this[0]]}"
            raise ResultsError(
                f"{source}: {where} is there twice; join only the files of different points"
            )
        seen.add(this)


def _manifest(path: Path, attempts: Sequence[Attempt]) -> Mapping[str, Any]:
    """The manifest beside the attempts, where it is theirs."""
    try:
        run = json.loads(path.read_bytes())
    except (OSError, ValueError):
        return {}  # a JSONL alone is enough
    if not isinstance(run, dict):
        return {}
    record = manifest.read(run)
    return run if {a.run_id for a in attempts} <= {record.run_id, *record.joined} else {}
