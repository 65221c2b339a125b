"""The splits of a grid point: drawn once, kept on disk, verified whenever they are used again."""

import errno
import hashlib
import json
import os
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import structlog

from bench.question.shortcuts import best_shortcut
from bench.question.splits import DEFAULT_SIZES, PAGE, Item, Sizes, deal, planted, sequence
from bench.record.leftovers import workshop
from bench.record.outcome import Shortcut
from targets import tabular
from targets.base import Rule, Target, Words
from targets.raw import RawTableError, RawTableMissing
from targets.tabular import Tabular

VERSION = 6
SPLITS = ("train", "val", "test")
RAW_DIR = Path("datasets/raw")

TURNS = 20
"""How often what other processes put in place is moved aside before we give up."""

log = structlog.get_logger()


class DatasetError(Exception):
    """One line that says why there is no dataset, and what would fit."""


class _Corrupt(Exception):
    """What is on disk is not what its meta.json says, or not what is asked for."""


@dataclass(frozen=True, slots=True)
class DatasetSpec:
    """What a dataset is drawn from."""

    target: Target
    length: int
    train_size: int
    val_size: int
    test_size: int
    seed: int
    trial: int
    negatives: str = "paper"
    representation: str = "anonymous"

    @property
    def hard(self) -> bool:
        """Whether the negatives are drawn the hard way: asked for, and of a target where that differs."""
        return self.negatives == "hard" and isinstance(self.target, Rule) and self.target.hardens

    @property
    def sizes(self) -> Sizes:
        """How many inputs each split is to hold."""
        return Sizes(self.train_size, self.val_size, self.test_size)

    @property
    def derived(self) -> int:
        """The number in the name of the dataset's folder.

        The first 31 bits of the SHA-256 of the JSON list [target name, length, train size, val
        size, test size, seed, trial], without spaces, as UTF-8; "hard" and "named" are added where
        they change the data of the target.
        """
        return self._hashed(self.sizes)

    @property
    def stream(self) -> int:
        """The seed of what is drawn: the derived one at the default sizes, so that all sizes share their inputs."""
        return self._hashed(DEFAULT_SIZES)

    def _hashed(self, sizes: Sizes) -> int:
        modes = ["hard"] * self.hard + ["named"] * (
            self.representation == "named" and self.target.kind == "tabular"
        )
        what = [
            self.target.name, self.length, sizes.train, sizes.val, sizes.test, self.seed, self.trial, *modes,
        ]  # fmt: skip
        text = json.dumps(what, separators=(",", ":"))
        return int.from_bytes(hashlib.sha256(text.encode()).digest()[:4], "big") >> 1


@dataclass(frozen=True, slots=True)
class Split:
    """Inputs and their labels, in the order of the file."""

    inputs: tuple[str, ...]
    labels: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Dataset:
    """The three splits, where they are, and what is to be known about them."""

    spec: DatasetSpec
    path: Path
    train: Split
    val: Split
    test: Split
    sha256: str
    meta: dict[str, Any]
    notes: tuple[str, ...]

    @property
    def shortcut(self) -> Shortcut | None:
        """The shortcut audit's best rule."""
        found = self.meta["shortcut"]
        return Shortcut(rule=found["rule"], accuracy=found["accuracy"]) if found else None


def obtain(spec: DatasetSpec, root: Path, raw_dir: Path = RAW_DIR) -> Dataset:
    """The dataset of this spec: the one on disk if it is sound, else a fresh one.

    Raises DatasetError, and RawTableMissing where it is to be drawn from a table that is not there.
    """
    _check(spec)
    path = root / spec.target.name / f"L{spec.length}" / f"seed{spec.derived}"
    try:
        if path.exists():
            try:
                dataset = _load(spec, path)
            except _Corrupt as reason:
                log.warning("dataset_corrupt", path=str(path), reason=str(reason))
            else:
                log.info("dataset_reused", path=str(path))
                return dataset
        return _generate(spec, path, raw_dir)
    except RawTableMissing:
        raise
    except RawTableError as error:
        raise DatasetError(str(error)) from error
    except MemoryError as error:
        raise DatasetError(
            f"{spec.target.name} at length {spec.length} does not fit into memory"
        ) from error
    except OSError as error:
        raise DatasetError(f"dataset {path}: {error.strerror or error}") from error


def _check(spec: DatasetSpec) -> None:
    if reason := spec.target.length_error(spec.length):
        raise DatasetError(reason)
    for name in SPLITS:
        size = getattr(spec, f"{name}_size")
        if size < 0 or size % 2:
            raise DatasetError(
                f"{name} size {size} cannot be balanced; give an even number from 0 up"
            )


def _classes(spec: DatasetSpec, seed: str, raw_dir: Path) -> tuple[list[list[str]], list[str]]:
    """As many different inputs of either class as the splits need, or as there are; and notes."""
    want = spec.sizes.wanted
    if isinstance(spec.target, Rule):
        rule, length, hard = spec.target, spec.length, spec.hard
        words = [Words(f"{seed}:class{label}") for label in (0, 1)]
        return [sequence(rule, label, length, want, words[label], hard) for label in (0, 1)], []
    if not isinstance(spec.target, Tabular):
        raise TypeError(f"{spec.target.name} is neither a rule nor a table")
    named, want = spec.representation == "named", max(want, PAGE)
    classes, malformed = tabular.classes(spec.target, want, Words(f"{seed}:rows"), named, raw_dir)
    if malformed:
        log.warning("rows_malformed", target=spec.target.name, rows=malformed)
    return classes, [f"raw table: {malformed:,} malformed rows are left out"] if malformed else []


def _draw(spec: DatasetSpec, raw_dir: Path) -> tuple[dict[str, list[Item]], list[str]]:
    seed = f"{spec.target.name}:{spec.length}:{spec.stream}"
    classes, notes = _classes(spec, seed, raw_dir)
    fits = 2 * min(map(len, classes))
    shown = spec.train_size + spec.val_size
    if shown + min(2, spec.test_size) > fits:
        raise DatasetError(
            f"{spec.target.name} at length {spec.length} has {fits:,} balanced inputs in all: train {spec.train_size:,}"
            f" and val {spec.val_size:,} do not fit{' with a test split' if spec.test_size else ''};"
            f" give at most {max(0, fits - min(2, spec.test_size)):,} together"
        )
    splits = deal(classes, spec.sizes, seed)
    test_size = len(splits["test"])
    if test_size < spec.test_size:
        notes.append(f"test split: {test_size:,} of {spec.test_size:,} inputs: there are no more")
    return splits, notes


def _identity(spec: DatasetSpec) -> dict[str, Any]:
    return {
        "version": VERSION,
        "target": spec.target.name,
        "fn": spec.target.fn,
        "length": spec.length,
        "train_size": spec.train_size,
        "val_size": spec.val_size,
        "test_size": spec.test_size,
        "seed": spec.seed,
        "trial": spec.trial,
        "derived": spec.derived,
        "negatives": "hard" if spec.hard else "paper",
        "representation": spec.representation,
    }


def _generate(spec: DatasetSpec, path: Path, raw_dir: Path) -> Dataset:
    splits, notes = _draw(spec, raw_dir)
    path.parent.mkdir(parents=True, exist_ok=True)
    with workshop(path) as building:
        made = building / "new"
        made.mkdir()
        described = {}
        for name, items in splits.items():
            content = "".join(f"{x} -> {label}\n" for x, label in items).encode()
            (made / f"{name}.txt").write_bytes(content)
            ones = sum(label for _, label in items)
            described[name] = {
                "size": len(items),
                "classes": {"0": len(items) - ones, "1": ones},
                "sha256": hashlib.sha256(content).hexdigest(),
            }
        inputs, labels = zip(*splits["test"], strict=True) if splits["test"] else ((), ())
        shortcut = best_shortcut(inputs, labels, spec.target.kind)
        meta = _identity(spec) | {"splits": described, "notes": notes, "shortcut": shortcut}
        if spec.hard and isinstance(spec.target, Rule) and spec.target.planted:
            meta["planted"] = {name: planted(spec.target, items) for name, items in splits.items()}
        (made / "meta.json").write_text(
            json.dumps(meta, indent=2) + "\n", encoding="utf-8", newline="\n"
        )
        return _publish(spec, building, path)


def _publish(spec: DatasetSpec, building: Path, path: Path) -> Dataset:
    """Rename what is in `building/new` into place; what is there first is used if it is sound, else moved aside.

    Other processes do the same: what was there a moment ago may be gone, and what we put there
    moved aside.
    """
    ours = replace(_load(spec, building / "new"), path=path)
    for turn in range(TURNS):
        try:
            os.rename(building / "new", path)  # noqa: PTH104 (Path.rename is the same; this one is read as atomic)
        except OSError as error:
            if error.errno not in (errno.EEXIST, errno.ENOTEMPTY, errno.ENOTDIR):
                raise
        else:
            log.info("dataset_generated", path=str(path))
            return ours
        with suppress(_Corrupt):
            return _load(spec, path)
        with suppress(FileNotFoundError):
            path.rename(building / f"old{turn}")
    raise DatasetError(f"dataset {path}: other processes keep replacing it")


def _load(spec: DatasetSpec, path: Path) -> Dataset:
    try:
        meta = json.loads((path / "meta.json").read_bytes())
        differs = [key for key, value in _identity(spec).items() if meta.get(key) != value]
        if differs:
            raise _Corrupt(f"meta.json: another {differs[0]}")
        splits = {name: _read(path / f"{name}.txt", meta["splits"][name]) for name in SPLITS}
        hashes = "".join(meta["splits"][name]["sha256"] for name in SPLITS)
        notes = tuple(meta["notes"])
        if isinstance(meta["notes"], str) or not _is_shortcut(meta["shortcut"]):
            raise _Corrupt("meta.json: no notes or no shortcut audit")
    except FileNotFoundError as error:
        raise _Corrupt(f"no {Path(error.filename).name}") from error
    except (NotADirectoryError, IsADirectoryError) as error:
        raise _Corrupt(f"{Path(error.filename).name}: {error.strerror}") from error
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        raise _Corrupt(f"meta.json or a split cannot be read: {error}") from error
    return Dataset(
        spec,
        path,
        **splits,
        sha256=hashlib.sha256(hashes.encode()).hexdigest(),
        meta=meta,
        notes=notes,
    )


def _is_shortcut(found: Any) -> bool:
    return found is None or (isinstance(found["rule"], str) and 0 <= found["accuracy"] <= 1)


def _read(path: Path, described: dict[str, Any]) -> Split:
    content = path.read_bytes()
    if hashlib.sha256(content).hexdigest() != described["sha256"]:
        raise _Corrupt(f"{path.name}: another SHA-256")
    pairs = [line.rsplit(" -> ", 1) for line in content.decode().splitlines()]
    if len(pairs) != described["size"]:
        raise _Corrupt(f"{path.name}: another size")
    labels = tuple(int(label) for _, label in pairs)
    if described["classes"] != {"0": labels.count(0), "1": labels.count(1)} or not set(labels) <= {
        0,
        1,
    }:
        raise _Corrupt(f"{path.name}: other class counts")
    return Split(tuple(x for x, _ in pairs), labels)
