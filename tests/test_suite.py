"""The suite's own rules, in a suite of two tests."""

from pathlib import Path
from subprocess import CompletedProcess

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


def test_a_warning_is_an_error_of_the_suite(tmp_path: Path) -> None:
    done = _suite(tmp_path, "-k", "warns")
    assert done.returncode == 1 and "UserWarning: odd" in done.stdout, done.stdout + done.stderr
    assert "left in the checkout" not in done.stdout
