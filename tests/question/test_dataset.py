"""The splits on disk."""

import errno
import hashlib
import json
import os
import tempfile
from concurrent.futures import ProcessPoolExecutor
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from structlog.testing import capture_logs

from bench.question.dataset import obtain
from bench.question.spec import DatasetError, DatasetSpec
from targets import TARGETS, Rule, find

RULES = [target for target in TARGETS if isinstance(target, Rule)]

FILES = ("train.txt", "val.txt", "test.txt", "meta.json")


def _spec(
    name: str, length: int = 20, train: int = 100, val: int = 100, test: int = 1000
) -> DatasetSpec:
    return DatasetSpec(find(name), length, train, val, test, seed=42, trial=0)


def _obtain(args: tuple[str, Path]) -> str:
    return obtain(_spec(args[0]), args[1]).sha256


@pytest.mark.parametrize("target", RULES, ids=lambda t: t.stem)
def test_balanced_right_and_distinct(target: Rule, tmp_path: Path) -> None:
    data = obtain(_spec(target.name, 24), tmp_path)
    everything: list[str] = []
    for split, size in ((data.train, 100), (data.val, 100), (data.test, 1000)):
        assert len(split.inputs) == size
        assert sum(split.labels) == size // 2
        assert [target.label(x) for x in split.inputs] == list(split.labels)
        everything += split.inputs
    assert len(set(everything)) == len(everything)
    assert data.notes == ()


def test_same_bytes_twice(tmp_path: Path) -> None:
    a, b = (obtain(_spec("parity_all"), tmp_path / part) for part in "ab")
    assert all((a.path / f).read_bytes() == (b.path / f).read_bytes() for f in FILES)
    assert b"\r" not in (a.path / "train.txt").read_bytes()


def test_a_small_domain_shrinks_the_test_split(tmp_path: Path) -> None:
    data = obtain(_spec("palindrome", test=10_000), tmp_path)
    assert data.notes == ("test split: 1,848 of 10,000 inputs: there are no more",)
    assert (len(data.train.inputs), len(data.val.inputs), len(data.test.inputs)) == (100, 100, 1848)
    assert sum(data.test.labels) == 924


def test_what_does_not_fit(tmp_path: Path) -> None:
    with pytest.raises(DatasetError, match="at most 62 together"):
        obtain(_spec("palindrome", length=10), tmp_path)
    with pytest.raises(DatasetError, match="at least 10"):
        obtain(_spec("parity_rand_10", length=9), tmp_path)


def test_reuse_and_corruption(tmp_path: Path) -> None:
    spec = _spec("parity_all")
    with capture_logs() as logs:
        first = obtain(spec, tmp_path)
        assert obtain(spec, tmp_path) == first
        for name in FILES:
            before = (first.path / name).read_bytes()
            (first.path / name).write_bytes(before[:-9])
            assert obtain(spec, tmp_path) == first
            assert (first.path / name).read_bytes() == before
    corrupt = ["dataset_corrupt", "dataset_generated"] * len(FILES)
    assert [entry["event"] for entry in logs] == ["dataset_generated", "dataset_reused", *corrupt]
    assert [p.name for p in first.path.parent.iterdir()] == [first.path.name]


def test_an_unwritable_place_is_one_line(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(DatasetError) as caught:
        obtain(_spec("parity_all"), tmp_path / "file")
    assert "\n" not in str(caught.value)


def test_four_processes_at_once(tmp_path: Path) -> None:
    with ProcessPoolExecutor(4) as pool:
        assert len(set(pool.map(_obtain, [("palindrome", tmp_path)] * 4))) == 1
    assert len(list((tmp_path / "palindrome" / "L20").iterdir())) == 1


def _obtain_broken(root: Path, turns: int) -> set[str]:
    """The hashes of a dataset that is broken before each turn, whatever others do meanwhile."""
    found = set()
    for _ in range(turns):
        dataset = obtain(_spec("parity_all", train=10, val=10, test=20), root)
        found.add(dataset.sha256)
        with suppress(OSError):  # another process is putting it in place
            (dataset.path / "val.txt").write_bytes(b"broken")
    return found


def test_four_processes_meet_a_broken_dataset(tmp_path: Path) -> None:
    with ProcessPoolExecutor(4) as pool:
        found = list(pool.map(_obtain_broken, [tmp_path] * 4, [25] * 4))
    assert len(set().union(*found)) == 1
    obtain(_spec("parity_all", train=10, val=10, test=20), tmp_path)
    assert len(list((tmp_path / "parity_all" / "L20").iterdir())) == 1


@pytest.mark.parametrize("rule", RULES, ids=lambda t: t.stem)
@given(
    extra=st.integers(0, 16),
    sizes=st.tuples(*[st.integers(0, 15).map(lambda n: 2 * n)] * 3),
    seed=st.integers(0, 9),
    trial=st.integers(1, 3),
    negatives=st.sampled_from(["paper", "hard"]),
)
@settings(max_examples=3)
def test_hygiene(
    rule: Rule, extra: int, sizes: tuple[int, int, int], seed: int, trial: int, negatives: str
) -> None:
    """Balanced, rightly labelled, no input twice, as large as asked for, the same bytes again."""
    length = -(-(max(rule.least, 8) + extra) // rule.divisor) * rule.divisor
    spec = DatasetSpec(rule, length, *sizes, seed, trial, negatives)
    with tempfile.TemporaryDirectory() as a, tempfile.TemporaryDirectory() as b:
        try:
            data = obtain(spec, Path(a))
        except DatasetError as error:
            assert "do not fit" in str(error)
            return
        assert data.sha256 == obtain(spec, Path(b)).sha256
        test = data.test
    splits = (data.train, data.val, test)
    everything = [x for split in splits for x in split.inputs]
    assert len(set(everything)) == len(everything)
    assert [len(data.train.inputs), len(data.val.inputs)] == list(sizes[:2])
    assert len(test.inputs) == data.test_size
    assert data.test_size == sizes[2] or "there are no more" in data.notes[0]
    for split in splits:
        assert 2 * sum(split.labels) == len(split.labels)
        assert [rule.label(x) for x in split.inputs] == list(split.labels)


@pytest.mark.parametrize("change", ["version", "gone", "no object"])
def test_a_foreign_meta_is_drawn_anew(tmp_path: Path, change: str) -> None:
    first = obtain(_spec("parity_all"), tmp_path)
    meta = first.path / "meta.json"
    if change == "gone":
        meta.unlink()
    else:
        meta.write_text("[]" if change == "no object" else json.dumps(first.meta | {"version": 0}))
    with capture_logs() as logs:
        assert obtain(_spec("parity_all"), tmp_path) == first
    assert [entry["event"] for entry in logs] == ["dataset_corrupt", "dataset_generated"]


@pytest.mark.parametrize(
    "change",
    [
        {"notes": "none"},
        {"shortcut": "none"},
        {"shortcut": {"rule": "the longest run above 4", "accuracy": 5.2}},
        {"splits": {name: {"classes": {"0": 1, "1": 99}} for name in ("train", "val", "test")}},
    ],
)
def test_a_meta_that_does_not_fit_is_drawn_anew(tmp_path: Path, change: dict[str, Any]) -> None:
    first = obtain(_spec("parity_all"), tmp_path)
    splits = {
        name: first.meta["splits"][name] | found for name, found in change.get("splits", {}).items()
    }
    meta = first.meta | change | ({"splits": splits} if splits else {})
    (first.path / "meta.json").write_text(json.dumps(meta))
    with capture_logs() as logs:
        assert obtain(_spec("parity_all"), tmp_path) == first
    assert [entry["event"] for entry in logs] == ["dataset_corrupt", "dataset_generated"]


@pytest.mark.parametrize("name", ["val.txt", "meta.json"])
def test_a_folder_where_a_file_should_be_is_drawn_anew(tmp_path: Path, name: str) -> None:
    first = obtain(_spec("parity_all"), tmp_path)
    (first.path / name).unlink()
    (first.path / name).mkdir()
    with capture_logs() as logs:
        assert obtain(_spec("parity_all"), tmp_path) == first
    assert logs[0]["reason"] == f"{name}: Is a directory"


@pytest.mark.parametrize(
    ("code", "cure"),
    [
        (errno.ENOSPC, "No space left on device: free some space"),
        (errno.EROFS, "Read-only file system: give another --dataset-dir"),
        (errno.EACCES, "Permission denied: give another --dataset-dir"),
    ],
)
def test_a_folder_that_takes_no_dataset_is_one_line_and_leaves_nothing(
    code: int, cure: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object) -> None:
        raise OSError(code, os.strerror(code))

    monkeypatch.setattr(Path, "write_bytes", refuse)
    with pytest.raises(DatasetError, match=f"^dataset .*: {cure}$"):
        obtain(_spec("parity_all"), tmp_path)
    assert list(tmp_path.rglob("*.txt")) == []


def test_the_audit_stands_in_meta(tmp_path: Path) -> None:
    shortcut = obtain(_spec("prime_decimal", 30), tmp_path).meta["shortcut"]
    assert shortcut["rule"] == "no prime below 50 divides it"
    assert shortcut["accuracy"] > 0.97


def test_a_test_split_that_changed_meanwhile_is_told_of(tmp_path: Path) -> None:
    data = obtain(_spec("parity_all", train=8, val=10, test=20), tmp_path)
    assert len(data.test.inputs) == data.test_size == 20
    (data.path / "test.txt").write_text("0 -> 0\n")
    with pytest.raises(DatasetError, match=r"it changed during the run: test.txt: another SHA-256"):
        _ = data.test
    (data.path / "test.txt").unlink()
    with pytest.raises(DatasetError, match=r"it changed during the run: No such file"):
        _ = data.test


def test_a_small_test_split_is_read_once_and_is_that_of_the_file(tmp_path: Path) -> None:
    small = obtain(_spec("parity_all", train=10, val=10, test=20), tmp_path)
    lines = (small.path / "test.txt").read_text().splitlines()
    (small.path / "test.txt").unlink()
    assert [f"{x} -> {label}" for x, label in small.test.items] == lines


@pytest.mark.parametrize(
    ("content", "told"),
    [
        ("0 -> 0\n1 -> 1\n0 -> 0", "other class counts"),
        ("0 -> 0\n1 -> 1\n0 => 0\n", "other class counts"),
        ("0 -> 0\n1 -> 1\n0 -> 2\n", "other class counts"),
        ("0 -> 0\n1 -> 1\n", "another size"),
    ],
)
def test_a_split_that_meta_json_counts_otherwise_is_drawn_anew(
    tmp_path: Path, content: str, told: str
) -> None:
    """Although its SHA-256 is the one that stands there."""
    first = obtain(_spec("parity_all", test=20), tmp_path)
    sha256 = hashlib.sha256(content.encode()).hexdigest()
    described = {"size": 3, "classes": {"0": 2, "1": 1}, "sha256": sha256}
    (first.path / "test.txt").write_text(content)
    meta = first.meta | {"splits": first.meta["splits"] | {"test": described}}
    (first.path / "meta.json").write_text(json.dumps(meta))
    with capture_logs() as logs:
        assert obtain(_spec("parity_all", test=20), tmp_path) == first
    assert logs[0]["reason"] == f"test.txt: {told}"
