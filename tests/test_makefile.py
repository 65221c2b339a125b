"""The Makefile: what its commands hand to pytest, its environment, and what commits are held to."""

import shutil
import subprocess
from importlib.metadata import requires
from pathlib import Path

import pytest
import yaml
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).parent.parent
MAKE = pytest.mark.skipif(shutil.which("make") is None, reason="no make on PATH")


def listed(*arguments: str) -> list[str]:
    """The commands that make would run."""
    command = ["make", "--no-print-directory", "-n", *arguments]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=30, check=True)
    return done.stdout.splitlines()


@MAKE
@pytest.mark.parametrize(
    ("arguments", "handed_over"),
    [
        ("", "bench -k fn_a -n 5"),
        ("--attempts 2", "bench -k fn_a -n 5 --attempts 2"),
        ("-m paper -n 2", "bench -n 5 -m paper -n 2"),
        ("--functions=fn_b", "bench -n 5 --functions=fn_b"),
        ("-k 'fn_b or fn_c'", "bench -n 5 -k 'fn_b or fn_c'"),
        ("bench/test_synthesis.py::test[a-L20] -x", "-n 5 bench/test_synthesis.py::test[a-L20] -x"),
        ("'bench/test_synthesis.py::test[a-L20]'", "-n 5 'bench/test_synthesis.py::test[a-L20]'"),
        ("--deselect bench/test_synthesis.py", "bench -n 5 --deselect bench/test_synthesis.py"),
        ("--out-csv bench/a.csv", "bench -n 5 --out-csv bench/a.csv"),
    ],
)
def test_make_bench_runs_fn_a_unless_it_is_told_otherwise(arguments: str, handed_over: str) -> None:
    said = listed("bench", f"ARGS={arguments}")
    assert " ".join(said[-1].split()) == f".venv/bin/pytest {handed_over}"


@MAKE
def test_before_a_commit_runs_what_make_lint_runs() -> None:
    # -o: as if the environment were there, so that making it is no part of what is listed.
    (local,) = yaml.safe_load((ROOT / ".pre-commit-config.yaml").read_text("utf-8"))["repos"]
    assert [hook["entry"] for hook in local["hooks"]] == listed("-o", ".venv/.installed", "lint")


@MAKE
@pytest.mark.parametrize("script", ["exit 1", None, "kill -9 $$", ""])
def test_no_environment_is_made_with_a_python_that_cannot_run_it(
    tmp_path: Path, script: str | None
) -> None:
    """pip would speak of packages, and the environment of the wrong version would stay."""
    for name in ("Makefile", "pyproject.toml", "constraints.txt"):
        shutil.copy(ROOT / name, tmp_path)
    python = tmp_path / "python"
    if script:
        python.write_text(f"#!/bin/sh\n{script}\n")
        python.chmod(0o755)
    given = "" if script == "" else str(python)
    done = subprocess.run(
        ["make", "--no-print-directory", f"PYTHON={given}", "bench"],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        timeout=30,
        check=False,
    )
    assert done.returncode == 2 and not (tmp_path / ".venv").exists()
    said = done.stderr.splitlines()
    why = f"{python} is none" if given else "none was found on PATH"
    assert f"make: Python 3.11 or newer is needed, and {why}" in said, said


@MAKE
def test_a_python_may_be_a_command_of_several_words() -> None:
    asked = ("-W", "pyproject.toml", ".venv/.installed", "PYTHON=pyenv exec python")
    check, made, *_ = listed(*asked)
    assert "&& pyenv exec python -c" in check and made == "pyenv exec python -m venv .venv"


def test_every_package_of_the_environment_is_pinned() -> None:
    lines = (ROOT / "constraints.txt").read_text("utf-8").splitlines()
    pinned = {canonicalize_name(line.partition("==")[0]) for line in lines if "==" in line}
    waiting, needed = [Requirement("llm-pv-bench[dev]")], dict[str, Requirement]()
    while waiting:
        asked = waiting.pop()
        if str(asked) in needed:
            continue
        needed[str(asked)] = asked
        extras = asked.extras or {""}
        for one in map(Requirement, requires(asked.name) or ()):
            marker = one.marker
            if marker is None or any(marker.evaluate({"extra": extra}) for extra in extras):
                waiting.append(one)
    names = {canonicalize_name(one.name) for one in needed.values()}
    assert names - pinned == {"llm-pv-bench"}
