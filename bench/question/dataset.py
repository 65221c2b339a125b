"""The splits of a grid point: drawn once, kept on disk, verified whenever they are used again."""

import errno
import hashlib
import json
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

import structlog

from bench.options.settings import DataOptions
from bench.question.drawing import draw
from bench.question.shortcuts import best_shortcut
from bench.question.soundness import are_labels_current, is_of_this_file
from bench.question.spec import DatasetError, DatasetSpec
from bench.question.splits import Item, planted, smaller_train
from bench.record.leftovers import workshop
from bench.record.outcome import Shortcut
from targets.base import Rule, TargetFault
from targets.raw import RawTableError, RawTableMissing

VERSION = 9
SPLITS = ("train", "val", "test")
RAW_DIR = DataOptions().raw_dir

TURNS = 20
"""Attempts to publish before giving up, while other processes keep publishing the same."""

log = structlog.get_logger()


class _Corrupt(Exception):
    """What is on disk differs from what its meta.json says, or from what is asked for."""


@dataclass(frozen=True, slots=True)
class Split:
    """Inputs and their labels, in the order of the file."""

    inputs: tuple[str, ...]
    labels: tuple[int, ...]

    @property
    def items(self) -> tuple[Item, ...]:
        """Each input with its label."""
        return tuple(zip(self.inputs, self.labels, strict=True))

    @property
    def as_examples(self) -> str:
        """The lines that show it in a prompt."""
        return "\n".join(f"{x} -> {label}" for x, label in self.items)


@dataclass(frozen=True, slots=True)
class Dataset:
    """The three splits, the folder they are in, and what its meta.json says.

    A large test split is read from there: a search needs it when it ends, and hundreds may wait.
    """

    spec: DatasetSpec
    path: Path
    train: Split
    val: Split
    sha256: str
    meta: dict[str, Any]
    notes: tuple[str, ...]
    held_test: Split | None
    """The test split, where its file is no larger than those of the other two together."""

    @property
    def test(self) -> Split:
        """The test split, read anew each time unless it is held. Raises DatasetError."""
        if self.held_test is not None:
            return self.held_test
        try:
            return _split_in(_content_of(self.path, "test", self.meta["splits"]["test"]))
        except (_Corrupt, OSError) as error:
            why = getattr(error, "strerror", None) or error
            raise DatasetError(f"dataset {self.path}: it changed during the run: {why}") from None

    @property
    def test_size(self) -> int:
        """How many inputs the test split has."""
        return int(self.meta["splits"]["test"]["size"])

    @property
    def shortcut(self) -> Shortcut | None:
        """The shortcut audit's best rule."""
        found = self.meta["shortcut"]
        return Shortcut(rule=found["rule"], accuracy=found["accuracy"]) if found else None


def obtain(spec: DatasetSpec, root: Path, raw_dir: Path = RAW_DIR) -> Dataset:
    """The dataset of this spec: the one on disk if it is sound, else a fresh one.

    Raises DatasetError, and RawTableMissing where the table that it is drawn from is not there.
    """
    _need_length_and_sizes(spec)
    path = root / f"{spec.target.name}/L{spec.length}/seed{spec.derived}"
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
    except (RawTableError, TargetFault) as error:
        raise DatasetError(str(error)) from error
    except MemoryError as error:
        raise DatasetError(
            f"{spec.target.name} at length {spec.length} does not fit into memory"
        ) from error
    except OSError as error:
        why = error.strerror or error
        cure = "free some space" if error.errno == errno.ENOSPC else "give another --dataset-dir"
        raise DatasetError(f"dataset {path}: {why}: {cure}") from error


def beginning(dataset: Dataset, train_size: int) -> Dataset:
    """The dataset with a smaller train split, its first examples; validation and test split stay.

    Its `sha256` is that of the splits that it has, and its folder that of the whole.
    """
    if train_size == len(dataset.train.labels):
        return dataset
    items = smaller_train(dataset.train.items, train_size, dataset.spec.seed_text)
    train_sha256 = hashlib.sha256(_content(items)).hexdigest()
    others = [dataset.meta["splits"][name]["sha256"] for name in SPLITS[1:]]
    return replace(
        dataset,
        spec=replace(dataset.spec, train_size=train_size),
        train=Split(tuple(x for x, _ in items), tuple(label for _, label in items)),
        sha256=_joint_sha256(train_sha256, *others),
    )


def _content(items: Sequence[Item]) -> bytes:
    """The bytes of a split's file."""
    return "".join(f"{x} -> {label}\n" for x, label in items).encode()


def _joint_sha256(*of_splits: str) -> str:
    return hashlib.sha256("".join(of_splits).encode()).hexdigest()


def _need_length_and_sizes(spec: DatasetSpec) -> None:
    if reason := spec.target.length_error(spec.length):
        raise DatasetError(reason)
    for name in SPLITS:
        size = getattr(spec, f"{name}_size")
        if size < 0 or size % 2:
            raise DatasetError(
                f"{name} size {size} cannot be balanced; give an even number from 0 up"
            )


def _identity(spec: DatasetSpec) -> dict[str, Any]:
    """What meta.json says of where the splits come from: another value means other splits."""
    target = spec.target
    of_rule: dict[str, Any] = {}
    if isinstance(target, Rule) and target.rule_seed:
        of_rule["rule_seed"] = target.rule_seed
    if isinstance(target, Rule) and target.params:
        of_rule["params"] = dict(target.params)
    return {
        "version": VERSION,
        "target": target.name,
        "fn": target.fn,
        "length": spec.length,
        "train_size": spec.train_size,
        "val_size": spec.val_size,
        "test_size": spec.test_size,
        "seed": spec.seed,
        "trial": spec.trial,
        "derived": spec.derived,
        "negatives": "hard" if spec.hard else "paper",
        "representation": spec.representation,
        **of_rule,
    }


def _generate(spec: DatasetSpec, path: Path, raw_dir: Path) -> Dataset:
    splits, notes = draw(spec, raw_dir)
    path.parent.mkdir(parents=True, exist_ok=True)
    with workshop(path) as building:
        made = building / "new"
        made.mkdir()
        described = {name: _write(made / f"{name}.txt", items) for name, items in splits.items()}
        inputs, labels = zip(*splits["test"], strict=True) if splits["test"] else ((), ())
        target = spec.target
        shortcut = best_shortcut(inputs, labels, target.kind, itself=target.audited_as)
        meta = _identity(spec) | {"splits": described, "notes": notes}
        meta["shortcut"] = None if shortcut is None else asdict(shortcut)
        if target.origin is not None:
            meta["origin"] = asdict(target.origin)
        if spec.hard and isinstance(target, Rule) and target.planted:
            meta["planted"] = {name: planted(target, items) for name, items in splits.items()}
        (made / "meta.json").write_text(
            json.dumps(meta, indent=2) + "\n", encoding="utf-8", newline="\n"
        )
        return _publish(spec, building, path)


def _write(path: Path, items: Sequence[Item]) -> dict[str, Any]:
    """Write a split to its file; what meta.json says of it."""
    content = _content(items)
    path.write_bytes(content)
    ones = sum(label for _, label in items)
    return {
        "size": len(items),
        "classes": {"0": len(items) - ones, "1": ones},
        "sha256": hashlib.sha256(content).hexdigest(),
    }


def _publish(spec: DatasetSpec, building: Path, path: Path) -> Dataset:
    """Rename `building/new` to its final place, unless a sound dataset is there already.

    An unsound one is moved aside. Other processes do the same at the same time: what was there a
    moment ago may be gone, and what this process put there may have been moved aside.
    """
    ours = replace(_load(spec, building / "new"), path=path)
    for turn in range(TURNS):
        try:
            (building / "new").rename(path)
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
        described = meta["splits"]
        *others, last = [_content_of(path, name, described[name]) for name in SPLITS]
        train, val = map(_split_in, others)
        test = _split_in(last) if len(last) <= sum(map(len, others)) else None
        sha256 = _joint_sha256(*(described[name]["sha256"] for name in SPLITS))
        notes = tuple(meta["notes"])
        if isinstance(meta["notes"], str) or not _is_shortcut(meta["shortcut"]):
            raise _Corrupt("meta.json: no notes or no shortcut audit")
        known = is_of_this_file(spec, meta.get("origin"))
        asked = (train, val) if known else (train, val, test or _split_in(last))
        if not all(are_labels_current(spec, split.items) for split in asked):
            raise _Corrupt("the labels are those of another rule of this name")
    except FileNotFoundError as error:
        raise _Corrupt(f"no {Path(error.filename).name}") from error
    except (NotADirectoryError, IsADirectoryError) as error:
        raise _Corrupt(f"{Path(error.filename).name}: {error.strerror}") from error
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        raise _Corrupt(f"meta.json or a split cannot be read: {error}") from error
    return Dataset(spec, path, train, val, sha256, meta, notes, test)


def _is_shortcut(found: Any) -> bool:
    return found is None or (isinstance(found["rule"], str) and 0 <= found["accuracy"] <= 1)


def _split_in(content: bytes) -> Split:
    """The split in the content of its file."""
    *lines, _ = content.decode().split("\n")
    labels = [1 if line[-1] == "1" else 0 for line in lines]
    return Split(tuple([line[: -len(" -> 0")] for line in lines]), tuple(labels))


def _content_of(folder: Path, name: str, described: dict[str, Any]) -> bytes:
    """A split's file, if it is what meta.json says, and each of its lines ends with a label."""
    content = (folder / f"{name}.txt").read_bytes()
    if hashlib.sha256(content).hexdigest() != described["sha256"]:
        raise _Corrupt(f"{name}.txt: another SHA-256")
    size = len(content.splitlines())
    if size != described["size"]:
        raise _Corrupt(f"{name}.txt: another size")
    zeros, ones = content.count(b" -> 0\n"), content.count(b" -> 1\n")
    if described["classes"] != {"0": zeros, "1": ones} or size != zeros + ones:
        raise _Corrupt(f"{name}.txt: other class counts")
    return content
