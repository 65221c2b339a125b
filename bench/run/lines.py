"""Lines of the JSONL and of the flat table, and the links to the last run's files."""

import errno
import json
import os
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from bench.record.codec import CSV_COLUMNS, to_csv
from bench.record.csvtext import csv_line

_NO_SYMLINKS = (errno.EPERM, errno.ENOSYS, errno.EOPNOTSUPP, errno.ENOTSUP)


def json_line(value: Mapping[str, Any]) -> str:
    """One line of JSONL, in ASCII: half surrogate pairs from a model cannot be written in UTF-8."""
    return json.dumps(value, default=str) + "\n"


def csv_head() -> str:
    """The header of the flat table."""
    return csv_line(CSV_COLUMNS)


def csv_rows(attempts: Iterable[Mapping[str, Any]]) -> str:
    """Rows of the flat table, for JSONL objects."""
    return "".join(csv_line(to_csv(a).values()) for a in attempts)


def point_to(links: Path, folder: Path, names: Iterable[str]) -> bool:
    """Make `links/<name>` a relative symlink to `folder/<name>`, for each name.

    False where the file system has no symlinks; then there is nothing under these names.
    """
    for name in names:
        fresh = links / f".{name}.{os.getpid()}"
        fresh.unlink(missing_ok=True)
        try:
            fresh.symlink_to(os.path.relpath(folder / name, links))
        except OSError as error:
            if error.errno not in _NO_SYMLINKS:
                raise
            (links / name).unlink(missing_ok=True)
        else:
            fresh.replace(links / name)
    return all((links / name).is_symlink() for name in names)
