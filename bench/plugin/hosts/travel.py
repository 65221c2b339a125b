"""What travels to a worker on another machine: the options as resolved, and files that they name.

No key travels: a worker reads it where it is.
"""

import os
import shlex
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import pytest

from bench.options.resolve import READ_FILES, by_name, flag_of
from bench.options.settings import Settings, SettingsError
from bench.question.grid import GridPoint
from bench.record.key import PointKey

FOLDERS = ("dataset_dir", "raw_dir", "reports_dir")
"""Options whose folders are, on another machine, at the same place below its folder."""
STAY = ("ledger", "out_jsonl", "out_csv", "write_baseline", "shard_durations", "min_solved")
"""Options for the controller alone."""

_OF_THIS_MACHINE = (
    *("-c", "--config-file", "--rootdir", "--confcutdir", "--basetemp", "--log-file"),
    *("--junit-xml", "--junitxml", "--json-report-file"),
    *("--tx", "--px", "--rsyncdir", "--rsyncignore"),
)
"""Options of pytest and its plugins that take a value which means nothing elsewhere."""


def packed(
    config: pytest.Config, settings: Settings, grid: Sequence[GridPoint], seconds: Any
) -> dict[str, Any]:
    """All that a worker has to be told, as what execnet can send. Raises SettingsError."""
    values = by_name(settings)
    files = {name: _contents(name, values[name]) for name in READ_FILES if values[name]}
    return {
        "options": dict(_texts(values, config)),
        "files": files,
        "selected": [argument.partition("::")[2] for argument in config.args],
        "seconds": _by_id(seconds, grid),
    }


def arguments(config: pytest.Config) -> list[str]:
    """The command's arguments for a worker elsewhere.

    Those of the environment and of the ini file are among them: they may select points.
    """
    added = shlex.split(os.environ.get("PYTEST_ADDOPTS", "")), config.getini("addopts")
    given = [*added[0], *added[1], *map(str, config.invocation_params.args)]
    # pytest-rerunfailures has its workers connect to the loopback of the controller's machine.
    return ["-p", "bench.plugin", "-p", "no:rerunfailures", *_elsewhere(given)]


def _elsewhere(given: Sequence[str]) -> Iterator[str]:
    follows = False
    for argument in given:
        is_value, follows = follows, argument in _OF_THIS_MACHINE
        if not (is_value or follows or argument.partition("=")[0] in _OF_THIS_MACHINE):
            yield argument


def _texts(values: Mapping[str, Any], config: pytest.Config) -> Iterator[tuple[str, Any]]:
    """The options that are set, as a command line would have them."""
    for name, value in values.items():
        if value in (None, (), False) or name in (*READ_FILES, *STAY):
            continue
        if name in FOLDERS:
            if (place := _below(value, config)) is not None:
                yield name, str(place)
        elif isinstance(value, Path):
            yield name, str(_below(value, config) or value)
        elif isinstance(value, tuple):
            yield name, list(map(str, value))
        else:
            yield name, value if value is True else str(value)


def _below(path: Path, config: pytest.Config) -> Path | None:
    """The path from the folder of the command, or of the project; None where it is elsewhere."""
    for folder in (config.invocation_params.dir, config.rootpath):
        if path.is_relative_to(folder):
            return path.relative_to(folder)
    return None


def _contents(name: str, files: Path | tuple[Path, ...]) -> list[tuple[str, bytes]]:
    try:
        paths = files if isinstance(files, tuple) else (files,)
        return [(path.name, path.read_bytes()) for path in paths]
    except OSError as error:
        why = f"cannot read {error.filename}: {error.strerror}"
        raise SettingsError(f"{flag_of(name)}: {why}") from None


def _by_id(
    seconds: Mapping[PointKey, float] | None, grid: Sequence[GridPoint]
) -> list[tuple[str, float]] | None:
    """The seconds of `--shard-durations` for the points of this grid, by their ids."""
    if seconds is None:
        return None
    return [(point.id, seconds[point.key]) for point in grid if point.key in seconds]
