"""Which runs a reports folder has, and whether one of them has changed."""

import os
import stat
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

from bench.record.leftovers import is_held
from bench.record.transcript import FOLDER as TRANSCRIPTS
from bench.run.file_names import JSONL, MANIFEST

FOLDER = "runs"


@dataclass(frozen=True, slots=True)
class KnownRun:
    """A folder of `reports/runs/`, and what tells its files from those of a moment before."""

    name: str
    folder: Path
    version: str


def known_runs(reports: Path) -> Mapping[str, KnownRun]:
    """The runs of a reports folder by their names, those that began last first.

    A folder or a file that is a link is none: it may lead anywhere.
    """
    return {run.name: run for run in sorted(_found(reports), key=lambda r: r.name, reverse=True)}


def _found(reports: Path) -> Iterator[KnownRun]:
    if (reports / FOLDER).is_symlink():
        return
    try:
        entries = list(os.scandir(reports / FOLDER))
    except OSError:
        return
    for entry in entries:
        if entry.name.startswith(".") or not entry.is_dir(follow_symlinks=False):
            continue
        folder = Path(entry.path)
        manifest = _state(folder / MANIFEST, stat.S_ISREG)
        attempts = _state(folder / JSONL, stat.S_ISREG)
        if manifest is None or (attempts is None and (folder / JSONL).is_symlink()):
            continue
        states = (manifest, attempts, _state(folder / TRANSCRIPTS, stat.S_ISDIR))
        # A run that is killed changes no file, but holds its folder no more.
        yield KnownRun(entry.name, folder, short_hash(entry.name, *states, is_held(folder)))


def _state(path: Path, is_kind: Callable[[int], bool]) -> tuple[int, int, int] | None:
    """What changes with a file: its inode, size and time of change; None for another kind."""
    try:
        found = path.lstat()
    except OSError:
        return None
    if not is_kind(found.st_mode):
        return None
    return found.st_ino, found.st_size, found.st_mtime_ns


def short_hash(*parts: object) -> str:
    """A word for these parts, and for no others."""
    return sha256(repr(parts).encode(errors="surrogatepass")).hexdigest()[:16]
