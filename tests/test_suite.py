"""The suite's own rules, in a suite of two tests."""

import sys
from pathlib import Path
from subprocess import CompletedProcess

import pytest

from tests.support.imported import import_tests
from tests.support.session import python

TESTS = """
import warnings
from pathlib import Path

def test_leaves():
    Path("answers.sqlite").write_text("new")
    Path("kept.txt").write_text("changed")
    Path("lost.txt").unlink()

def test_warns():
    warnings.warn("odd", UserWarning)
"""


def _suite(folder: Path, *arguments: str) -> CompletedProcess[str]:
    (folder / "test_it.py").write_text(TESTS)
    for name in ("kept.txt", "lost.txt"):
        (folder / name).write_text("before")
    own = ["-q", "-c", "/dev/null", "--rootdir", str(folder), "-ptests.conftest"]
    return python("pytest", *own, *arguments, "test_it.py", folder=folder)


def test_a_suite_that_leaves_something_in_the_checkout_fails(tmp_path: Path) -> None:
    done = _suite(tmp_path, "-k", "leaves")
    assert done.returncode == 1 and "1 passed" in done.stdout, done.stdout + done.stderr
    left = [line for line in done.stdout.splitlines() if line.startswith("left in the checkout")]
    what = [line.partition(": ")[2] for line in left]
    assert what == ["answers.sqlite (new)", "kept.txt (changed)", "lost.txt (gone)"]


def test_a_warning_is_an_error_of_the_suite_in_a_worker_as_well(tmp_path: Path) -> None:
    done = _suite(tmp_path, "-k", "warns", "-n", "1")
    assert done.returncode == 1 and "UserWarning: odd" in done.stdout, done.stdout + done.stderr
    assert "left in the checkout" not in done.stdout


def test_tests_are_imported_ahead_but_for_those_that_workers_have_to_tell_of(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, text in {
        "test_ahead_right": "",
        "test_ahead_wrong": "import no_such_module",
        "test_ahead_warns": "import warnings; warnings.warn('odd')",
        "test_ahead_skips": "import pytest; pytest.skip('odd', allow_module_level=True)",
    }.items():
        (tmp_path / f"{name}.py").write_text(text)
    monkeypatch.syspath_prepend(tmp_path)
    import_tests([str(tmp_path), "elsewhere/test_of_others.py::test_it"], tmp_path)
    found = {
        name: sys.modules.pop(name) for name in list(sys.modules) if name.startswith("test_ahead_")
    }
    assert list(found) == ["test_ahead_right"]
