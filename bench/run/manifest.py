"""The manifest of a run, run.json: what it was asked to do, by what, and where."""

import json
import platform
import re
import subprocess
import sys
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from importlib.metadata import version
from pathlib import Path
from typing import Any

from bench import __version__
from bench.options.pairs import command_shown, shown
from bench.options.resolve import by_name, options
from bench.options.settings import Settings
from bench.options.urls import masked
from bench.record.fields import fits, fitting, record
from bench.record.undecided import Undecided
from bench.record.utc import now

_ADDRESS = re.compile(r"https?://\S+")

_OF_COMMIT = "# branch.oid "
"""What the line of the commit begins with, see git-status(1)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Manifest:
    """What a run was asked to do, by what and where; once it has ended, also what came of it.

    Each default stands for what a manifest, of an earlier version perhaps, does not say.
    """

    run_id: str = ""
    started_at: str | None = None
    ended_at: str | None = None
    """None for a run that goes on, or was killed."""
    exit_status: int | None = None
    options: Mapping[str, Any] = field(default_factory=dict)
    defaults_changed: Mapping[str, Any] = field(default_factory=dict)
    """The options that are not at their defaults."""
    versions: Mapping[str, Any] = field(default_factory=dict)
    platform: str = ""
    isolation: str = ""
    command: tuple[str, ...] = ()
    undecided: tuple[Undecided, ...] = ()
    datasets: tuple[Mapping[str, Any], ...] = ()
    plugins: Mapping[str, Any] = field(default_factory=dict)
    """The targets and models that come from plugins, by name, each with its plugin."""
    counts: Mapping[str, Any] = field(default_factory=dict)
    """How many tests passed, failed and so on."""
    totals: Mapping[str, Any] = field(default_factory=dict)
    """See bench/run/totals.py."""
    results_bytes: int = 0
    """The size of results_attempts.jsonl at its end: of that size it is what the totals count."""
    selected: int = 0
    """The points that the run was to ask."""
    axes: tuple[str, ...] = ()
    """The fields of a point that had more than one value in the whole grid, selected or not: test
    ids hold the values of these.
    """
    in_all_shards: int = 0
    """The points that all shards of the run were to ask together; 0 without --shard, and where the
    run was killed before it could say.
    """
    joined: tuple[str, ...] = ()
    """The ids of the runs that this one was put together from; see bench/run/shards.py."""


def read(plain: Mapping[str, Any]) -> Manifest:
    """The manifest in a JSON object, without what has a wrong type in it.

    Raises TypeError for what is no object.
    """
    manifest = record(fitting(plain, Manifest), Manifest)
    manifest = replace(manifest, options=_as_today(manifest.options))
    if isinstance(plain.get("undecided"), list | tuple):
        return manifest
    # An earlier version told of points without an outcome in its counts alone.
    counts = {kind: manifest.counts.get(kind) for kind in ("error", "skipped")}
    undecided = [
        Undecided(outcome=kind, reason="see runner.log", points=count)
        for kind, count in counts.items()
        if isinstance(count, int) and count
    ]
    return replace(manifest, undecided=tuple(undecided))


def to_text(manifest: Manifest) -> str:
    """What run.json holds."""
    return json.dumps(asdict(manifest), indent=1, default=str) + "\n"


def _as_today(options: Mapping[str, Any]) -> Mapping[str, Any]:
    """The options as this version has them: before it was an axis, the train size was a number."""
    train_size = options.get("train_size")
    if fits(train_size, int):
        return {**options, "train_size": [train_size]}
    others = {name: value for name, value in options.items() if name != "train_size"}
    return options if fits(train_size, tuple[int, ...]) and train_size else others


def begun(
    run_id: str,
    settings: Settings,
    isolation: str,
    root: Path,
    selected: int = 0,
    axes: Sequence[str] = (),
    plugins: Mapping[str, str] | None = None,
) -> Manifest:
    """The manifest of a run that begins. What is secret in its options is masked."""
    resolved = by_name(settings)
    if settings.asking.base_url is not None:
        resolved["base_url"] = masked(settings.asking.base_url)
    for name in ("header", "query"):
        resolved[name] = tuple(map(shown, resolved[name]))
    return Manifest(
        run_id=run_id,
        started_at=now(),
        options=_plain(resolved),
        defaults_changed=_plain(_changed(resolved, root)),
        versions=_versions(root),
        platform=platform.platform(),
        isolation=isolation,
        command=tuple(map(_without_secrets, command_shown(sys.argv[1:]))),
        selected=selected,
        axes=tuple(axes),
        plugins=plugins or {},
    )


def _changed(values: Mapping[str, Any], root: Path) -> dict[str, Any]:
    """The options that are not at their defaults."""
    defaults = {option.name: option.default for option in options()}
    for place in ("dataset_dir", "raw_dir", "reports_dir"):
        defaults[place] = root / defaults[place]
    return {name: value for name, value in values.items() if value != defaults[name]}


def _versions(root: Path) -> dict[str, Any]:
    libraries = {name: version(name) for name in ("numpy", "openai", "pytest")}
    python = platform.python_version()
    return {"python": python, **libraries, "project": __version__, **_git(root)}


def _without_secrets(argument: str) -> str:
    return _ADDRESS.sub(lambda found: masked(found[0]), argument)


def _plain(values: Mapping[str, Any]) -> dict[str, Any]:
    return {name: _plain_value(value) for name, value in values.items()}


def _plain_value(value: Any) -> Any:
    if isinstance(value, tuple):
        return [_plain_value(item) for item in value]
    return str(value) if isinstance(value, Path) else value


def _git(root: Path) -> dict[str, Any]:
    """The commit, and whether anything differs from it; None for what git does not tell."""
    try:
        done = subprocess.run(
            ["git", "status", "--porcelain=v2", "--branch"],
            cwd=root,
            capture_output=True,
            text=True,
            errors="replace",  # a branch's name is any bytes
            timeout=10,
            check=True,
        )
    except (OSError, subprocess.SubprocessError):
        return {"git_commit": None, "git_dirty": None}
    lines = done.stdout.splitlines()
    names = [line.removeprefix(_OF_COMMIT) for line in lines if line.startswith(_OF_COMMIT)]
    commit = next((name for name in names if name != "(initial)"), None)
    return {"git_commit": commit, "git_dirty": any(not line.startswith("#") for line in lines)}
