"""On the host, before its worker starts: can it run this, and what did earlier runs leave there?"""

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from bench.jail import JailBroken, detect
from bench.ledger.spill import folder_in
from bench.options.settings import Settings, SettingsError
from bench.plugin.hosts.arrival import settings_here
from bench.plugin.hosts.fingerprint import SOURCE
from bench.proposers.api.credentials import read_headers, read_key, read_query
from bench.run.conditions import need_isolation
from llm_pv_bench import BENCH


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """What a host says of itself."""

    source: str
    isolation: str = ""
    problem: str | None = None
    """Why it cannot run this, in one line."""


def main(channel: Any) -> None:
    """Say what this host is; then hand over, one by one, the answers that were left here.

    A file goes once the controller has its answer.
    """
    told = channel.receive()
    with TemporaryDirectory(prefix="llm-pv-") as files:
        look, settings = _look(told, Path(files))
    channel.send(json.dumps(asdict(look)))
    left = folder_in(settings.results.reports_dir) if settings and told["pays"] else None
    for file in sorted(left.glob("*.jsonl")) if left else ():
        channel.send(file.read_text("ascii", "replace"))
        if channel.receive():
            file.unlink(missing_ok=True)
    channel.send(None)


def _look(told: Mapping[str, Any], files: Path) -> tuple[Look, Settings | None]:
    home = BENCH.parent
    if (home / "conftest.py").exists() and home != Path.cwd().resolve():
        return Look(source=SOURCE, problem=f"its benchmark is in {home}: give that as chdir="), None
    try:
        settings = settings_here(told, files)
        isolation = detect()
        need_isolation(isolation, settings.jail)
        if told["asks"]:
            read_key(settings.asking)
            read_headers(settings.asking)
            read_query(settings.asking)
    except (SettingsError, JailBroken, OSError) as error:
        return Look(source=SOURCE, problem=" ".join(str(error).split())), None
    return Look(source=SOURCE, isolation=str(isolation)), settings
