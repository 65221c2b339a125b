"""The files in reports/: whole lines at any moment, whole files or none."""

import csv
import io
import json
import os
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from bench.record import CSV_COLUMNS, to_csv
from bench.wording import encodable


class WholeLines:
    """A file that grows by lines, and holds whole lines alone at any moment, also after a kill -9.

    One write of many pages can be cut by a kill. So there are two copies, and the one that is not public is written
    to; then it becomes the public one, in one rename. Each line is written twice, whatever the file's size.
    """

    def __init__(self, path: Path, head: str = "") -> None:
        self.path = path
        self._copies = [path.with_name(f".{path.name}.{side}") for side in "ab"]
        self._owed = ["", ""]
        path.parent.mkdir(parents=True, exist_ok=True)
        for copy in self._copies:
            copy.write_text(head, encoding="utf-8")
        self.append("")

    def append(self, lines: str) -> None:
        """Add lines, each with its end. Raises OSError; they are kept then, and written with the next ones."""
        self._owed = [owed + lines for owed in self._owed]
        hidden = self._copies[0]
        whole = hidden.stat().st_size
        try:
            with hidden.open("a", encoding="utf-8", errors="surrogatepass", newline="") as file:
                file.write(self._owed[0])
            link = self.path.with_name(f".{self.path.name}.new")
            link.unlink(missing_ok=True)
            os.link(hidden, link)
            link.replace(self.path)
        except OSError:
            os.truncate(hidden, whole)
            raise
        self._copies.reverse()
        self._owed = [self._owed[1], ""]

    def close(self) -> None:
        """Leave the public file alone."""
        for copy in self._copies:
            copy.unlink(missing_ok=True)


def write_whole(path: Path, text: str) -> None:
    """Write a file so that it is there whole, or as it was before."""
    path.parent.mkdir(parents=True, exist_ok=True)
    beside = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        beside.write_text(text, encoding="utf-8")
        beside.replace(path)
    except OSError:
        beside.unlink(missing_ok=True)
        raise


def json_line(value: Mapping[str, Any]) -> str:
    """One JSONL line. ASCII alone, so that lone surrogates from a model are no trouble."""
    return json.dumps(value, default=str) + "\n"


def csv_head() -> str:
    """The header of the flat table."""
    return _csv_line(CSV_COLUMNS)


def csv_rows(attempts: Iterable[Mapping[str, Any]]) -> str:
    """Rows of the flat table, for JSONL objects."""
    return "".join(_csv_line(to_csv(a).values()) for a in attempts)


def _csv_line(row: Iterable[Any]) -> str:
    buffer = io.StringIO()
    csv.writer(buffer, lineterminator="\r\n").writerow(row)  # quotes what is in its line ends: either may be in a text
    line = buffer.getvalue().removesuffix("\r\n") + "\n"
    return encodable(line)


def point_to(links: Path, folder: Path, names: Iterable[str]) -> None:
    """Make `links/<name>` a relative symlink to `folder/<name>`, for each name."""
    for name in names:
        fresh = links / f".{name}.{os.getpid()}"
        fresh.unlink(missing_ok=True)
        fresh.symlink_to(os.path.relpath(folder / name, links))
        fresh.replace(links / name)
