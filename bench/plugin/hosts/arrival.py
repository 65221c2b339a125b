"""What a worker on another machine was told: the options of its run, from the controller."""

import json
import os
from collections.abc import Mapping, Sequence
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

import pytest

from bench.options.resolve import resolve
from bench.options.secret import Secrets
from bench.options.settings import Settings
from bench.plugin.stash import LINK
from bench.question.dataset import Dataset
from bench.question.grid import GridPoint
from bench.question.spec import DatasetError
from bench.record.key import PointKey
from llm_pv_bench import BENCH

if TYPE_CHECKING:
    from bench.ledger.books import Books
    from bench.plugin.hosts.link import Link
    from bench.search.session import Controller

TOLD, CHANNEL = "llmpv_told", "llmpv_link"
"""Where a worker's input has what `travel.packed` made, and the channel of the link."""


def told_to(config: pytest.Config) -> dict[str, Any] | None:
    """What the controller told this worker; None for one that shares its file system."""
    told: dict[str, Any] | None = getattr(config, "workerinput", {}).get(TOLD)
    return told


def settings_here(told: Mapping[str, Any], files: Path) -> Settings:
    """The settings that these options mean in the current folder. Raises SettingsError.

    What travelled with them is put into the folder `files`.
    """
    given = dict(told["options"])
    if os.environ.get("LLMPV_RAW_DIR"):
        given.pop("raw_dir", None)  # this machine knows better where its tables are
    for name, contents in told["files"].items():
        paths = [files / name / str(number) / text[0] for number, text in enumerate(contents)]
        for path, (_, content) in zip(paths, contents, strict=True):
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content)
        given[name] = paths
    here = Path.cwd()
    return resolve(given, {}, here, here)


def arrive(config: pytest.Config, told: Mapping[str, Any]) -> Settings:
    """Have pytest select what the controller's command selected. Raises SettingsError."""
    place = str(BENCH / "test_synthesis.py")
    config.args[:] = [f"{place}::{test}" if test else place for test in told["selected"]]
    folder = TemporaryDirectory(prefix="llm-pv-")
    config.add_cleanup(folder.cleanup)
    return settings_here(told, Path(folder.name))


def seconds_of(
    told: Mapping[str, Any], grid: Sequence[GridPoint]
) -> Mapping[PointKey, float] | None:
    """The seconds of `--shard-durations`, which the controller has read."""
    if told["seconds"] is None:
        return None
    keys = {point.id: point.key for point in grid}
    return {keys[point]: seconds for point, seconds in told["seconds"] if point in keys}


def is_linked(config: pytest.Config) -> bool:
    """Link a worker on another machine to its controller. False for any other worker."""
    channel = getattr(config, "workerinput", {}).get(CHANNEL)
    if channel is None:
        return False
    from bench.plugin.hosts.link import Link, guard_writes

    guard_writes(channel.gateway)
    config.stash[LINK] = Link(channel)
    return True


def make_plain(plain: dict[str, Any], report: Any, secrets: Secrets) -> None:
    """Make texts of what another machine would not take over, without this machine's secrets."""
    if isinstance(plain.get("longrepr"), dict):
        plain["longrepr"] = report.longreprtext
    for name in ("longrepr", "llmpv"):
        if isinstance(plain.get(name), str):
            plain[name] = secrets.blotted(plain[name])


def controller_of(link: "Link", settings: Settings) -> "Controller":
    """What a worker here leaves to its controller."""
    from bench.search.session import Controller

    def compare(point: GridPoint, dataset: Dataset) -> None:
        asked = [point.id, dataset.spec.length, dataset.sha256]
        if why := link.ask("dataset", json.dumps(asked)):
            raise DatasetError(why.removeprefix(f"{point.id}: "))

    def books() -> "Books":
        from bench.ledger.afar import BooksAfar
        from bench.ledger.spill import folder_in

        return BooksAfar(partial(link.ask, "ledger"), folder_in(settings.results.reports_dir))

    return Controller(books, compare)
