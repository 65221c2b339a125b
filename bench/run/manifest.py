"""The manifest of a run, run.json: what it was asked to do, by what, and where."""

import platform
import re
import subprocess
import sys
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from typing import Any

from bench import __version__
from bench.options.resolve import by_name, options
from bench.options.settings import Settings
from bench.options.urls import masked

_ADDRESS = re.compile(r"https?://\S+")


def now() -> str:
    """The time, UTC, as manifests tell it."""
    return datetime.now(UTC).isoformat(timespec="milliseconds")


def manifest(run_id: str, settings: Settings, isolation: str, root: Path) -> dict[str, Any]:
    """The manifest of a run that begins. What is secret in an address is masked."""
    resolved = by_name(settings)
    if settings.asking.base_url is not None:
        resolved["base_url"] = masked(settings.asking.base_url)
    defaults = {option.name: option.default for option in options()}
    places = ("dataset_dir", "raw_dir", "reports_dir")
    return {
        "run_id": run_id,
        "started_at": now(),
        "ended_at": None,
        "exit_status": None,
        "options": _plain(resolved),
        "defaults_changed": _plain(
            {
                name: value
                for name, value in resolved.items()
                if value != (root / defaults[name] if name in places else defaults[name])
            }
        ),
        "versions": {
            "python": platform.python_version(),
            **{name: version(name) for name in ("numpy", "openai", "pytest")},
            "project": __version__,
            **_git(root),
        },
        "platform": platform.platform(),
        "isolation": isolation,
        "command": [
            _ADDRESS.sub(lambda found: masked(found[0]), argument) for argument in sys.argv[1:]
        ],
        "undecided": [],
        "datasets": [],
        "counts": {},
        "totals": {},
    }


def _plain(values: Mapping[str, Any]) -> dict[str, Any]:
    return {name: _plain_value(value) for name, value in values.items()}


def _plain_value(value: Any) -> Any:
    if isinstance(value, tuple):
        return [_plain_value(item) for item in value]
    return str(value) if isinstance(value, Path) else value


def _git(root: Path) -> dict[str, Any]:
    def git(arguments: Iterable[str]) -> str | None:
        try:
            done = subprocess.run(
                ["git", *arguments],
                cwd=root,
                capture_output=True,
                text=True,
                timeout=10,
                check=True,
            )
        except (OSError, subprocess.SubprocessError):
            return None
        return done.stdout.strip()

    commit, status = git(["rev-parse", "HEAD"]), git(["status", "--porcelain"])
    return {"git_commit": commit, "git_dirty": None if status is None else bool(status)}
