"""The raw tables: where they are found, fetched from UCI once, and read."""

import csv
import fcntl
import hashlib
import io
import json
import os
import re
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import chain
from pathlib import Path
from typing import Any

from targets.tables import NUMBER, Table

_MONTHS = ("sty", "lut", "mar", "kwi", "maj", "cze", "lip", "sie", "wrz", "paź", "lis", "gru")
_DATE = re.compile(rf"({'|'.join(_MONTHS)})\.(\d\d)")
MANIFEST = "manifest.json"


class RawTableError(Exception):
    """One line: what is wrong with a raw table."""


class RawTableMissing(RawTableError):
    """One line: a raw table is not there, and how to get it."""


@dataclass(frozen=True, slots=True)
class Rows:
    """The sound rows of a table."""

    cells: list[list[str]]
    """The cells of each row, in the order of `Table.columns`."""
    labels: list[int]
    malformed: int
    """How many rows were left out because they are not sound."""


def read(table: Table, raw_dir: Path) -> Rows:
    """The rows of a table. Raises RawTableMissing; RawTableError if a file is not this table."""
    path = _find(table, raw_dir) or _fetch(table, raw_dir)
    lines = csv.reader(io.StringIO(_text(path)), delimiter=table.delimiter, skipinitialspace=True)
    filled: Iterator[list[str]] = filter(None, lines)
    try:
        first = next(filled, [])
        if _is_header(table, first):
            where, label_at = _by_name(table, path, first)
        else:
            where, label_at = _by_position(table, path, first)
            filled = chain([first], filled)
        rows = _sound(table, filled, len(first), where, label_at)
    except csv.Error as error:
        raise RawTableError(f"{path}: line {lines.line_num}: {error}") from None
    if not rows.cells:
        raise RawTableError(f"{path}: no sound row in it, and {rows.malformed:,} malformed")
    return rows


def _find(table: Table, raw_dir: Path) -> Path | None:
    return next((path for name in table.files if (path := raw_dir / name).is_file()), None)


def _text(path: Path) -> str:
    """The text of the file, or of the table in a zip. Raises RawTableError."""
    known = _manifest(path.parent).get(path.name, {}).get("sha256")
    try:
        content = path.read_bytes()
    except OSError as error:
        raise RawTableError(f"{path}: {error.strerror or error}") from error
    if known not in (None, hashlib.sha256(content).hexdigest()):
        raise RawTableError(
            f"{path}: not the file that was downloaded; delete it to download it again"
        )
    if path.suffix == ".zip":
        content = _unzipped(path, content)
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:  # a spreadsheet may have saved it in this code page
        return content.decode("cp1250", errors="replace")


def _unzipped(path: Path, content: bytes) -> bytes:
    """The table in a zip. Raises RawTableError."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            tables = [name for name in archive.namelist() if name.endswith((".csv", ".data"))]
            if not tables:
                raise RawTableError(f"{path}: no table in it")
            return archive.read(tables[0])
    # RuntimeError: it has a password, or is compressed in an unknown way.
    except (OSError, zipfile.BadZipFile, zlib.error, RuntimeError) as error:
        raise RawTableError(f"{path}: {error}") from error


def _is_header(table: Table, first: list[str]) -> bool:
    """Whether the first line holds names: one of the table's names, or no possible value at all."""
    cells = [cell.strip() for cell in first]
    known = {name.casefold() for name in (*table.columns, *table.label)}
    if any(cell.casefold() in known for cell in cells):
        return True
    values = {*table.ones, *table.zeros}.union(*table.columns.values())
    return not any(cell in values or _is_number(cell) for cell in cells)


def _is_number(cell: str) -> bool:
    try:
        float(cell)
    except ValueError:
        return False
    return True


def _by_name(table: Table, path: Path, first: list[str]) -> tuple[list[int], int]:
    """The places of the features and of the label, by a first line of names."""
    at = {cell.strip().casefold(): i for i, cell in enumerate(first)}
    missing = [name for name in table.columns if name.casefold() not in at]
    label = next((name for name in table.label if name in at), None)
    missing += [] if label else [table.label[0]]
    expected = {name.casefold() for name in (*table.columns, *table.label, *table.ignored)}
    unknown = [cell.strip() for cell in first if cell.strip().casefold() not in expected]
    if missing or unknown or label is None:
        faults = {"missing": missing, "unknown": unknown}
        wrong = "; ".join(f"{fault} {', '.join(names)}" for fault, names in faults.items() if names)
        raise RawTableError(f"{path}: wrong columns: {wrong}")
    return [at[name.casefold()] for name in table.columns], at[label]


def _by_position(table: Table, path: Path, first: list[str]) -> tuple[list[int], int]:
    """The places of the features and of the label in a file without a line of names."""
    width = len(table.columns) + 1
    if len(first) != width:
        names = ", ".join((*table.columns, table.label[0]))
        raise RawTableError(
            f"{path}: wrong columns: {len(first)} of them, and these {width} expected: {names}"
        )
    return ([*range(1, width)], 0) if table.label_first else ([*range(width - 1)], width - 1)


def _sound(
    table: Table, lines: Iterator[list[str]], width: int, where: list[int], label_at: int
) -> Rows:
    label_of = dict.fromkeys(table.ones, 1) | dict.fromkeys(table.zeros, 0)
    numeric = [i for i, values in enumerate(table.columns.values()) if values is NUMBER]
    rows, labels, malformed = list[list[str]](), list[int](), 0
    for line in lines:
        label = label_of.get(line[label_at].strip()) if len(line) == width else None
        if label is None:
            malformed += 1
            continue
        cells = [line[i] for i in where]
        try:
            for i in numeric:
                cells[i] = _number(cells[i])
        except ValueError:
            malformed += 1
            continue
        rows.append(cells)
        labels.append(label)
    return Rows(rows, labels, malformed)


def _number(cell: str) -> str:
    """The cell, if it is a finite number; else raises ValueError.

    In some copies a spreadsheet has turned numbers into dates. `mar.85` (March 1985) was 3.85, and
    is read so. `16.cze` (16 June) may have been 16.6 or 16.06, and is not a number any more.
    """
    if cell[:1].isalpha() and (date := _DATE.fullmatch(cell)):
        return f"{_MONTHS.index(date[1]) + 1}.{date[2]}"
    if not abs(float(cell)) < float("inf"):
        raise ValueError(cell)
    return cell


def _manifest(raw_dir: Path) -> dict[str, dict[str, str]]:
    try:
        found: dict[str, dict[str, str]] = json.loads((raw_dir / MANIFEST).read_bytes())
        if not (
            isinstance(found, dict) and all(isinstance(entry, dict) for entry in found.values())
        ):
            raise ValueError("not the manifest of raw tables")
    except FileNotFoundError:
        return {}
    except (OSError, ValueError) as error:
        raise RawTableError(f"{raw_dir / MANIFEST}: {error}") from None
    return found


@contextmanager
def _alone(raw_dir: Path) -> Iterator[None]:
    """Hold the lock with which one process at a time downloads."""
    raw_dir.mkdir(parents=True, exist_ok=True)
    with (raw_dir / ".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def _fetch(table: Table, raw_dir: Path) -> Path:
    """Download a table through `ucimlrepo` into `raw_dir`, and its SHA-256 into the manifest."""
    name = table.files[-1].rpartition("/")[2]
    get = (
        f"put {table.files[0]} into --raw-dir or LLMPV_RAW_DIR, "
        "or let it be downloaded: pip install ucimlrepo"
    )
    try:
        from ucimlrepo import fetch_ucirepo
    except ImportError:
        raise RawTableMissing(f"no raw table {table.files[0]} in {raw_dir}: {get}") from None
    try:
        with _alone(raw_dir):
            if (found := _find(table, raw_dir)) is not None:
                return found
            try:
                fetched = fetch_ucirepo(id=table.uci).data
            except Exception as error:
                why = " ".join(str(error).split()) or type(error).__name__
                raise RawTableMissing(
                    f"no raw table {table.files[0]} in {raw_dir}, nor from UCI ({why}): {get}"
                ) from error
            content = _csv(table, fetched.features, fetched.targets)
            manifest = _manifest(raw_dir) | {
                name: {"sha256": hashlib.sha256(content).hexdigest(), "uci": str(table.uci)}
            }
            # The manifest first: a file without an entry there would never be checked.
            _replace(raw_dir / MANIFEST, (json.dumps(manifest, indent=2) + "\n").encode())
            _replace(raw_dir / name, content)
    except OSError as error:
        raise RawTableError(f"--raw-dir: {raw_dir}: {error.strerror or error}") from error
    return raw_dir / name


def _csv(table: Table, features: Any, labels: Any) -> bytes:
    """The two DataFrames as the CSV file that `read` expects."""
    parts = [labels, features] if table.label_first else [features, labels]
    columns = [frame[column].tolist() for frame in parts for column in frame.columns]
    out = io.StringIO()
    writer = csv.writer(out, delimiter=table.delimiter, lineterminator="\n")
    for row in zip(*columns, strict=True):
        writer.writerow(["" if cell != cell else cell for cell in row])  # NaN: a missing value
    return out.getvalue().encode()


def _replace(path: Path, content: bytes) -> None:
    made = path.with_name(f".{path.name}.{os.getpid()}")
    made.write_bytes(content)
    made.replace(path)
