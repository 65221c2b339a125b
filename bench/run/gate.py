"""The gate: a file keeps which points a run solved; a later run is red exactly on a regression."""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

from bench.options.resolve import by_name, flag_of
from bench.options.settings import Settings
from bench.record.fields import fits, record
from bench.record.key import AXIS_NAMES, PointKey
from bench.record.whole import write_whole
from bench.record.wording import counted
from bench.run.points import Point

VERSION = 1

COMPARABLE = (
    "seed",
    "val_size",
    "test_size",
    "negatives",
    "tabular_representation",
    "attempts",
)
"""Options that must be the same: with other data or fewer attempts a point asks something else."""


class BaselineError(ValueError):
    """One line: which file, what is wrong with it, and what to do."""


@dataclass(frozen=True, slots=True)
class Baseline:
    """Whether each point of a run was solved."""

    path: Path
    solved: Mapping[PointKey, bool]
    """In the keys the ignored axes are empty: solved is what one of their values solved."""
    ignored: tuple[str, ...] = ()

    def is_solved(self, key: PointKey) -> bool | None:
        """Whether the point was solved; None where the baseline does not know it."""
        return self.solved.get(_without(key, self.ignored))


def _without(key: PointKey, axes: Iterable[str]) -> PointKey:
    blank: dict[str, Any] = dict.fromkeys(axes, "")
    return replace(key, **blank)


def expected_failure(baseline: Baseline, key: PointKey) -> str | None:
    """Why a failure of this point is no regression; None where it is one.

    A point that the baseline does not know is new: nothing says yet that it can be solved.
    """
    solved = baseline.is_solved(key)
    if solved is None:
        return f"new: not in the baseline {baseline.path.name}"
    return None if solved else f"not solved in the baseline {baseline.path.name}"


def need_shared(baseline: Baseline, keys: Sequence[PointKey]) -> str | None:
    """What to say where some points of a run are new to the baseline; None where none is.

    Raises BaselineError where all of them are new: as each may fail, the gate would be green for
    ever.
    """
    new = sum(baseline.is_solved(key) is None for key in keys)
    if new and new == len(keys):
        raise BaselineError(
            f"{baseline.path}: no point of this run is in this baseline; {_advice(baseline, keys)}"
        )
    if not new:
        return None
    of_all = f"{new} of {counted(len(keys), 'point')}"
    return f"--baseline: {of_all} not in {baseline.path.name}: they may fail"


def _advice(baseline: Baseline, keys: Iterable[PointKey]) -> str:
    for name, axis in AXIS_NAMES.items():
        axes = (*baseline.ignored, axis)
        known = {_without(key, axes) for key in baseline.solved}
        if any(_without(key, axes) in known for key in keys):
            return (
                f"its points are of another {name}: give --baseline-ignore {name} to gate on them"
            )
    return "make one of such a run with --write-baseline"


def gate(points: Sequence[Point], settings: Settings, cut_short: int) -> list[str]:
    """Write the baseline if it is asked for; gives what makes the run red, a line for each reason.

    `cut_short` counts the points that an outage, the budget or an interruption kept from being
    decided. A baseline without them would let them regress, so none is written then.
    """
    results, red = settings.results, list[str]()
    solved = sum(p.solved for p in points if p.decided)
    if results.min_solved is not None and solved < results.min_solved:
        red.append(
            f"--min-solved: {counted(solved, 'point')} solved, and {results.min_solved} asked for"
        )
    undecided = cut_short or sum(not p.decided for p in points)
    if results.write_baseline and (undecided or not points):
        why = f"{counted(undecided, 'point')} not decided" if undecided else "no point was decided"
        red.append(f"--write-baseline: {results.write_baseline} is not written: {why}")
    elif results.write_baseline:
        try:
            write(results.write_baseline, points, settings)
        except OSError as error:
            red.append(f"--write-baseline: {results.write_baseline}: {error.strerror or error}")
    return red


@dataclass(frozen=True, slots=True)
class _KnownPoint:
    key: PointKey
    solved: bool


@dataclass(frozen=True, slots=True)
class _Stored:
    """What a baseline's file holds."""

    version: int
    options: Mapping[str, Any]
    points: tuple[_KnownPoint, ...]


def read(path: Path, settings: Settings) -> Baseline:
    """The baseline in a file, for a run with these settings.

    Raises BaselineError where the file holds none, or one of a run with other options.
    """
    stored = _stored(path)
    _refuse_other_options(path, stored.options, settings)
    ignored = tuple(AXIS_NAMES[name] for name in settings.results.baseline_ignore)
    solved: dict[PointKey, bool] = {}
    train_size = stored.options.get("train_size")  # before it was an axis, it was in no key
    for point in stored.points:
        key = point.key
        if not key.train_size and isinstance(train_size, int):
            key = replace(key, train_size=train_size)
        key = _without(key, ignored)
        solved[key] = point.solved or solved.get(key, False)
    return Baseline(path, solved, ignored)


def _stored(path: Path) -> _Stored:
    try:
        plain = json.loads(path.read_bytes())
    except OSError as error:
        raise BaselineError(f"{path}: {error.strerror or error}") from None
    except (ValueError, RecursionError):
        plain = None
    version = plain.get("version") if isinstance(plain, dict) else None
    if version not in (None, VERSION):
        raise BaselineError(
            f"{path}: a baseline of version {version}; write it anew: --write-baseline"
        )
    if not fits(plain, _Stored):
        raise BaselineError(f"{path}: not a baseline; make one with --write-baseline {path}")
    return record(plain, _Stored)


def _refuse_other_options(path: Path, theirs: Mapping[str, Any], settings: Settings) -> None:
    values = by_name(settings)
    for name in COMPARABLE:
        if name in theirs and theirs[name] != values[name]:
            flag = flag_of(name)
            raise BaselineError(
                f"{path}: a baseline of {flag} {theirs[name]}, and this run has {values[name]}; "
                f"run with {flag} {theirs[name]} or make a new baseline"
            )


def write(path: Path, points: Iterable[Point], settings: Settings) -> None:
    """Write which of these points were solved: one line a point, so that a diff can be read."""
    decided = sorted((p for p in points if p.decided), key=lambda p: p.key)
    lines = [json.dumps({"key": asdict(p.key), "solved": p.solved}) for p in decided]
    values = by_name(settings)
    options = json.dumps({name: values[name] for name in COMPARABLE})
    body = ",\n  ".join(lines)
    head = f' "version": {VERSION},\n "options": {options}'
    write_whole(path, f'{{\n{head},\n "points": [\n  {body}\n ]\n}}\n')
