"""What killed processes left is removed, and what others are using is not."""

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from bench.record.leftovers import clear, hold, workshop

ROOT = Path(__file__).parents[2]
HOLDER = """
import sys
from pathlib import Path
from bench.record.leftovers import hold
print(hold(Path(sys.argv[1])) is not None, flush=True)
sys.stdin.read()
"""
NAMES = ("run.json", "runner.log")


@contextmanager
def held(folder: Path) -> Iterator[None]:
    """Another process that uses the folder, killed at the end."""
    command = [sys.executable, "-c", HOLDER, str(folder)]
    other = subprocess.Popen(
        command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    assert other.stdout is not None
    try:
        assert other.stdout.readline() == "True\n"
        yield
    finally:
        other.kill()
        other.communicate()


def test_copies_of_killed_runs_go_and_those_of_a_run_that_lives_stay(tmp_path: Path) -> None:
    runs = tmp_path / "runs"
    for run in ("killed", "lives", "removed"):
        (tmp_path / f".runner.log.{run}").symlink_to(f"runs/{run}/runner.log")
    (tmp_path / "runner.log").symlink_to("runs/killed/runner.log")
    (tmp_path / ".runner.log.no-link").touch()
    for run in ("killed", "lives"):
        (runs / run).mkdir(parents=True)
        for name in (
            "run.json",
            ".run.json.123",
            ".runner.log.a",
            ".runner.log.new",
            ".notes",
            ".other.a",
        ):
            (runs / run / name).write_text("x")
    with held(runs / "lives"):
        clear(tmp_path, NAMES)
        assert len(list((runs / "lives").iterdir())) == 6
        assert {file.name for file in (runs / "killed").iterdir()} == {
            "run.json",
            ".notes",
            ".other.a",
        }
        links = {file.name for file in tmp_path.iterdir() if file.is_symlink()}
        assert links == {"runner.log", ".runner.log.lives"}
    clear(tmp_path, NAMES)
    assert {file.name for file in tmp_path.iterdir()} == {
        "runner.log",
        ".runner.log.no-link",
        "runs",
    }
    assert {file.name for file in (runs / "lives").iterdir()} == {
        "run.json",
        ".notes",
        ".other.a",
    }
    clear(tmp_path / "none", NAMES)


def test_a_workshop_clears_away_those_of_killed_processes(tmp_path: Path) -> None:
    killed, used, another = (
        tmp_path / name for name in (".seed1-killed", ".seed1-used", ".seed2-another")
    )
    for folder in (killed, used, another):
        (folder / "new").mkdir(parents=True)
    with held(used), workshop(tmp_path / "seed1") as building:
        assert {folder.name for folder in tmp_path.iterdir()} == {
            used.name,
            another.name,
            building.name,
        }
        assert building.name.startswith(".seed1-") and hold(building) is None
    with pytest.raises(ZeroDivisionError), workshop(tmp_path / "seed1"):
        raise ZeroDivisionError
    assert [folder.name for folder in tmp_path.iterdir()] == [another.name]


def test_a_lock_ends_with_its_descriptor(tmp_path: Path) -> None:
    lock = hold(tmp_path)
    assert lock is not None and hold(tmp_path) is None
    os.close(lock)
    again = hold(tmp_path)
    assert again is not None
    os.close(again)
