"""The bytes of small datasets, for ever: a change of one must rise the generator's version.

`python -m tests.question.test_golden` writes the file anew.
"""

import json
import tempfile
from pathlib import Path

import pytest

from bench.question.dataset import VERSION, DatasetSpec, obtain
from targets import TARGETS, Rule, Target
from tests.support import rawtables

GOLDEN = Path(__file__).with_name("golden.json")


def _cases(target: Target) -> list[tuple[int, str, str]]:
    """Length, negatives, representation."""
    if not isinstance(target, Rule):
        return [(target.lengths[0], "paper", how) for how in ("anonymous", "named")]
    modes = ("paper", "hard") if target.hardens else ("paper",)
    return [(length, mode, "anonymous") for length in (min(target.lengths), min(target.lengths) + 4) for mode in modes]


def _hashes(target: Target, root: Path, raw_dir: Path) -> dict[str, str]:
    found = {}
    for length, negatives, how in _cases(target):
        spec = DatasetSpec(target, length, 20, 20, 60, 42, 1, negatives, how)
        found[f"{target.name}-L{length}-{negatives}-{how}"] = obtain(spec, root, raw_dir).sha256
    return found


@pytest.mark.parametrize("target", TARGETS, ids=lambda t: t.stem)
def test_the_same_bytes_as_ever(target: Target, tmp_path: Path) -> None:
    golden = json.loads(GOLDEN.read_text())
    assert golden["version"] == VERSION, "the generator's version has risen: write the golden file anew"
    found = _hashes(target, tmp_path, rawtables.write(tmp_path / "raw", 200))
    missing = found.keys() - golden["sha256"].keys()
    assert not missing, "new data: add their hashes with python -m tests.question.test_golden"
    assert found == {name: golden["sha256"][name] for name in found}, "other bytes: raise VERSION"


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as folder:
        raw = rawtables.write(Path(folder) / "raw", 200)
        hashes = {name: sha for target in TARGETS for name, sha in _hashes(target, Path(folder), raw).items()}
    GOLDEN.write_text(json.dumps({"version": VERSION, "sha256": hashes}, indent=1) + "\n")
