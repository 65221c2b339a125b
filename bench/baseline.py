"""The gate: which points a run solved, kept in a file, so that a later run is red exactly on a regression."""

import json
import os
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, fields
from pathlib import Path
from typing import Any

from bench.points import Point, PointKey

VERSION = 1

COMPARABLE = ("seed", "train_size", "val_size", "test_size", "negatives", "tabular_representation", "attempts")
"""The options that have to be the same: with other data, or fewer attempts, a point is another question."""


class BaselineError(ValueError):
    """One line: which file, what is wrong with it, and what to do."""


@dataclass(frozen=True, slots=True)
class Baseline:
    """The points of a run, each with whether it was solved, and the options that they were asked under."""

    path: Path
    options: Mapping[str, Any]
    solved: Mapping[PointKey, bool]


def expected_failure(baseline: Baseline, key: PointKey) -> str | None:
    """Why a failure of this point is no regression; None where it is one.

    A point that the baseline does not know is new: nothing says yet that it can be solved.
    """
    if key not in baseline.solved:
        return f"new: not in the baseline {baseline.path.name}"
    return None if baseline.solved[key] else f"not solved in the baseline {baseline.path.name}"


def warning(baseline: Baseline, keys: Iterable[PointKey]) -> str | None:
    """What to say where no point of a run is in the baseline: then every failure is expected, and none is red."""
    if any(key in baseline.solved for key in keys):
        return None
    return f"--baseline: no point of this run is in {baseline.path.name}: none can be a regression"


def read(path: Path, options: Mapping[str, Any]) -> Baseline:
    """The baseline in a file, for a run with these options. Raises BaselineError where they don't go together."""
    try:
        plain = json.loads(path.read_bytes())
        if plain["version"] != VERSION:
            raise BaselineError(f"{path}: a baseline of version {plain['version']}; write it anew: --write-baseline")
        theirs = dict(plain["options"])
        points = {_key(point["key"]): _bool(point["solved"]) for point in plain["points"]}
    except OSError as error:
        raise BaselineError(f"{path}: {error.strerror or error}") from None
    except (KeyError, TypeError, ValueError, RecursionError) as error:
        if isinstance(error, BaselineError):
            raise
        raise BaselineError(f"{path}: not a baseline; make one with --write-baseline {path}") from None
    for name in COMPARABLE:
        ours = _plain(options.get(name))
        if name in theirs and theirs[name] != ours:
            flag = "--" + name.replace("_", "-")
            raise BaselineError(
                f"{path}: a baseline of {flag} {theirs[name]}, and this run has {ours}; "
                f"run with {flag} {theirs[name]} or make a new baseline"
            )
    return Baseline(path, theirs, points)


def write(path: Path, points: Iterable[Point], options: Mapping[str, Any]) -> None:
    """Keep which of these points were solved, in a file with one line a point, so that a diff can be read."""
    lines = [
        json.dumps({"key": asdict(p.key), "solved": p.solved}) for p in sorted(points, key=lambda p: p.key) if p.decided
    ]
    head = {name: _plain(options.get(name)) for name in COMPARABLE if name in options}
    body = ",\n  ".join(lines)
    text = f'{{\n "version": {VERSION},\n "options": {json.dumps(head)},\n "points": [\n  {body}\n ]\n}}\n'
    path.parent.mkdir(parents=True, exist_ok=True)
    beside = path.with_name(f".{path.name}.{os.getpid()}")
    beside.write_text(text, encoding="utf-8")
    beside.replace(path)


def _plain(value: Any) -> Any:
    return json.loads(json.dumps(value, default=str))


def _key(plain: Mapping[str, Any]) -> PointKey:
    key = PointKey(**plain)
    if not all(type(getattr(key, f.name)) is f.type for f in fields(key)):
        raise TypeError("not a point's key")
    return key


def _bool(value: object) -> bool:
    if not isinstance(value, bool):
        raise TypeError("solved is true or false")
    return value
