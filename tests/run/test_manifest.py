"""The manifest: what is written is read again, and what is odd in it is left out."""

import json
import os
import subprocess
from dataclasses import asdict
from pathlib import Path

import pytest

from bench.options.resolve import assemble
from bench.record.undecided import Undecided
from bench.run.manifest import Manifest, begun, read


def test_a_manifest_is_read_as_it_was_written(tmp_path: Path) -> None:
    settings = assemble(seed=7, base_url="https://me:secret@host/v1")
    written = begun("r", settings, "strong", tmp_path, selected=3)
    assert written.options["base_url"] == "https://[secret]@host/v1"
    assert written.defaults_changed["seed"] == 7
    assert read(json.loads(json.dumps(asdict(written)))) == written


def test_a_run_tells_its_commit_and_whether_anything_differs(tmp_path: Path) -> None:
    def git(*words: str) -> str:
        sets = ("user.name=me", "user.email=me@host", "commit.gpgsign=false")
        options = [part for one in sets for part in ("-c", one)]
        command = ["git", *options, *words]
        return subprocess.check_output(command, cwd=tmp_path, text=True).strip()

    def told() -> tuple[str | None, bool | None]:
        versions = begun("r", assemble(), "strong", tmp_path).versions
        return versions["git_commit"], versions["git_dirty"]

    assert told() == (None, None)
    git("init", "-q")
    assert told() == (None, False)
    (tmp_path / "file").touch()
    assert told() == (None, True)
    git("add", "file")
    git("commit", "-q", "-m", "first")
    assert told() == (git("rev-parse", "HEAD"), False)
    (tmp_path / "other").touch()
    git("checkout", "-q", "--detach")
    assert told() == (git("rev-parse", "HEAD"), True)
    git("symbolic-ref", "HEAD", os.fsdecode(b"refs/heads/in-no-encoding-\xe9"))
    assert told() == (None, True)


def test_what_has_a_wrong_type_is_left_out() -> None:
    lost = Undecided(outcome="error", reason="no route", points=3)
    odd = {
        "ended_at": 5,
        "options": [1],
        "undecided": [asdict(lost), 7, {"points": "many"}],
        "more": 1,
    }
    assert read({"run_id": "r", **odd}) == Manifest(run_id="r", undecided=(lost,))
    with pytest.raises(TypeError):
        read([])  # type: ignore[arg-type]


def test_an_earlier_version_told_of_undecided_points_in_its_counts() -> None:
    (lost,) = read({"counts": {"passed": 1, "error": 2, "skipped": 0}}).undecided
    assert (lost.outcome, lost.points) == ("error", 2)


@pytest.mark.parametrize(
    ("told", "read_back"),
    [(50, [50]), ([20, 50], [20, 50]), ([], None), (["x"], None), (None, None), (True, None)],
)
def test_the_train_sizes_are_a_list_in_any_version(told: object, read_back: object) -> None:
    options = read({"options": {"seed": 1, "train_size": told}}).options
    assert (options["seed"], options.get("train_size")) == (1, read_back)
