"""The bytes of some datasets, for ever: a change of one must raise the generator's version.

`python -m tests.question.test_golden` writes the file anew.
"""

import json
import tempfile
from dataclasses import replace
from pathlib import Path

import pytest

from bench.question.dataset import VERSION, Dataset, obtain
from bench.question.spec import DatasetSpec
from targets import TARGETS, Rule, Target, find
from tests.support import rawtables

GOLDEN = Path(__file__).with_name("golden.json")
WHOLE = ("patternmatch2", "palindrome", "dyck2", "graph_has_cycle")
"""Targets whose default dataset is held to its bytes as a whole: each way of drawing is among
them.
"""


def _cases(target: Target) -> list[tuple[int, str, str]]:
    """Length, negatives, representation."""
    if not isinstance(target, Rule):
        return [(target.lengths[0], "paper", how) for how in ("anonymous", "named")]
    modes = ("paper", "hard") if target.hardens else ("paper",)
    return [
        (length, mode, "anonymous")
        for length in (min(target.lengths), min(target.lengths) + 4)
        for mode in modes
    ]


def _hashes(target: Target, root: Path, raw_dir: Path) -> dict[str, str]:
    found = {}
    for length, negatives, how in _cases(target):
        spec = DatasetSpec(target, length, 20, 20, 60, 42, 1, negatives, how)
        found[f"{target.name}-L{length}-{negatives}-{how}"] = obtain(spec, root, raw_dir).sha256
    return found


def _default(target: Target) -> DatasetSpec:
    return DatasetSpec(target, min(target.lengths), 100, 100, 10_000, 42, 1)


def _prompt(data: Dataset) -> list[str]:
    return [data.meta["splits"][name]["sha256"] for name in ("train", "val")]


def _prompts(target: Target, root: Path, raw_dir: Path) -> list[str]:
    """Train and validation split at the default sizes, which a small test split leaves the same."""
    return _prompt(obtain(replace(_default(target), test_size=60), root, raw_dir))


@pytest.mark.parametrize("target", TARGETS, ids=lambda t: t.stem)
def test_the_same_bytes_as_ever(target: Target, tmp_path: Path) -> None:
    golden = json.loads(GOLDEN.read_text())
    assert golden["version"] == VERSION, (
        "the generator's version has risen: write the golden file anew"
    )
    raw_dir = rawtables.write(tmp_path / "raw", 200)
    found = _hashes(target, tmp_path, raw_dir)
    missing = found.keys() - golden["sha256"].keys()
    assert not missing, "new data: add their hashes with python -m tests.question.test_golden"
    assert found == {name: golden["sha256"][name] for name in found}, "other bytes: raise VERSION"
    if isinstance(target, Rule):
        assert _prompts(target, tmp_path, raw_dir) == golden["prompts"][target.name]


@pytest.mark.parametrize("name", WHOLE)
def test_the_default_datasets_keep_their_bytes(name: str, tmp_path: Path) -> None:
    golden = json.loads(GOLDEN.read_text())
    data = obtain(_default(find(name)), tmp_path)
    assert data.sha256 == golden["whole"][name]
    assert _prompt(data) == golden["prompts"][name]


def _write() -> None:
    from bench.run.in_process import quiet  # not for those who collect the suite

    with quiet(), tempfile.TemporaryDirectory() as folder:
        root, raw = Path(folder), rawtables.write(Path(folder) / "raw", 200)
        rules = [target for target in TARGETS if isinstance(target, Rule)]
        hashes = {
            name: sha for target in TARGETS for name, sha in _hashes(target, root, raw).items()
        }
        prompts = {target.name: _prompts(target, root, raw) for target in rules}
        whole = {name: obtain(_default(find(name)), root).sha256 for name in WHOLE}
    golden = {"version": VERSION, "sha256": hashes, "prompts": prompts, "whole": whole}
    GOLDEN.write_text(json.dumps(golden, indent=1) + "\n")


if __name__ == "__main__":
    _write()
