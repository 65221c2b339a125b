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
from pathlib import Path

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
    """The sound rows of a table: cells in the order of its columns, labels, and how many rows were malformed."""

    cells: list[list[str]]
    labels: list[int]
    malformed: int


def read(table: Table, raw_dir: Path) -> Rows:
    """The rows of a table.

    Raises RawTableMissing, RawTableError for a file that is not this table.
    """
    path = _find(table, raw_dir) or _fetch(table, raw_dir)
    lines = csv.reader(io.StringIO(_text(path)), delimiter=table.delimiter, skipinitialspace=True)
    filled = (line for line in lines if line)
    try:
        first = next(filled, [])
        width = len(first)
        where, label_at = _header(table, path, first) or _positions(table, path, first)
        if _is_header(table, first):
            first = []
        rows = _sound(table, _with(first, filled), width, where, label_at)
    except csv.Error as error:
        raise RawTableError(f"{path}: line {lines.line_num}: {error}") from None
    if not rows.cells:
        raise RawTableError(f"{path}: no sound row in it, and {rows.malformed:,} malformed")
    return rows


def _find(table: Table, raw_dir: Path) -> Path | None:
    return next((path for name in table.files if (path := raw_dir / name).is_file()), None)


def _text(path: Path) -> str:
    """The text of the file, or of the table in a zip.

    A spreadsheet may have saved it in code page 1250.
    """
    known = _manifest(path.parent).get(path.name, {}).get("sha256")
    try:
        content = path.read_bytes()
        if known not in (None, hashlib.sha256(content).hexdigest()):
            raise RawTableError(
                f"{path}: not the file that was downloaded; delete it to download it again"
            )
        if path.suffix == ".zip":
            with zipfile.ZipFile(io.BytesIO(content)) as archive:
                inside = next(
                    (name for name in archive.namelist() if name.endswith((".csv", ".data"))), None
                )
                if inside is None:
                    raise RawTableError(f"{path}: no table in it")
                content = archive.read(inside)
    except OSError as error:
        raise RawTableError(f"{path}: {error.strerror or error}") from error
    except (
        zipfile.BadZipFile,
        zlib.error,
        RuntimeError,
    ) as error:  # the last: a password, an unknown compression
        raise RawTableError(f"{path}: {error}") from error
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        return content.decode("cp1250", errors="replace")


def _is_header(table: Table, first: list[str]) -> bool:
    """Whether the first line holds names: one of this table's, or no value that could stand in it."""
    cells = [cell.strip() for cell in first]
    known = {name.casefold() for name in (*table.columns, *table.label)}
    values = {*table.ones, *table.zeros}.union(*table.columns.values())
    return any(cell.casefold() in known for cell in cells) or not any(
        cell in values or _is_number(cell) for cell in cells
    )


def _is_number(cell: str) -> bool:
    try:
        float(cell)
    except ValueError:
        return False
    return True


def _header(table: Table, path: Path, first: list[str]) -> tuple[list[int], int] | None:
    """Where the features and the label stand, by the first line's names; None where it holds no names."""
    if not _is_header(table, first):
        return None
    at = {cell.strip().casefold(): i for i, cell in enumerate(first)}
    missing = [name for name in table.columns if name.casefold() not in at]
    label = next((name for name in table.label if name in at), None)
    missing += [] if label else [table.label[0]]
    expected = {name.casefold() for name in (*table.columns, *table.label, *table.ignored)}
    unknown = [cell.strip() for cell in first if cell.strip().casefold() not in expected]
    if missing or unknown or label is None:
        wrong = [
            f"{what} {', '.join(names)}"
            for what, names in (("missing", missing), ("unknown", unknown))
            if names
        ]
        raise RawTableError(f"{path}: wrong columns: {'; '.join(wrong)}")
    return [at[name.casefold()] for name in table.columns], at[label]


def _positions(table: Table, path: Path, first: list[str]) -> tuple[list[int], int]:
    """Where the features and the label stand in a file without names."""
    width = len(table.columns) + 1
    if len(first) != width:
        names = ", ".join((*table.columns, table.label[0]))
        raise RawTableError(
            f"{path}: wrong columns: {len(first)} of them, and these {width} expected: {names}"
        )
    return ([*range(1, width)], 0) if table.label_first else ([*range(width - 1)], width - 1)


def _with(first: list[str], rest: Iterator[list[str]]) -> Iterator[list[str]]:
    if first:
        yield first
    yield from rest


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
    """The cell if it is a finite number.

    A spreadsheet has turned numbers of some copies into dates: `mar.85` was 3.85 (March 1985), and
    is read so, while `16.cze` may have been 16.6 or 16.06, and is malformed.
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
    """Let one process at a time download."""
    raw_dir.mkdir(parents=True, exist_ok=True)
    with (raw_dir / ".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def _fetch(table: Table, raw_dir: Path) -> Path:
    """Download a table through `ucimlrepo` into `raw_dir`, and its SHA-256 into the manifest."""
    name = table.files[-1].rpartition("/")[2]
    get = f"put {table.files[0]} into --raw-dir or LLMPV_RAW_DIR, or let it be downloaded: pip install ucimlrepo"
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
            parts = (
                [fetched.targets, fetched.features]
                if table.label_first
                else [fetched.features, fetched.targets]
            )
            columns = [frame[column].tolist() for frame in parts for column in frame.columns]
            out = io.StringIO()
            writer = csv.writer(out, delimiter=table.delimiter, lineterminator="\n")
            writer.writerows(
                ["" if cell != cell else cell for cell in row] for row in zip(*columns, strict=True)
            )
            content = out.getvalue().encode()
            manifest = _manifest(raw_dir) | {
                name: {"sha256": hashlib.sha256(content).hexdigest(), "uci": str(table.uci)}
            }
            # The manifest first: a file without its line would go unchecked for ever.
            _replace(raw_dir / MANIFEST, (json.dumps(manifest, indent=2) + "\n").encode())
            _replace(raw_dir / name, content)
    except OSError as error:
        raise RawTableError(f"--raw-dir: {raw_dir}: {error.strerror or error}") from error
    return raw_dir / name


def _replace(path: Path, content: bytes) -> None:
    made = path.with_name(f".{path.name}.{os.getpid()}")
    made.write_bytes(content)
    made.replace(path)
