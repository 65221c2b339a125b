"""`llm-pv remote`: what it does on a host, by an `ssh` that runs all of it in a home apart."""

import os
import shlex
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from bench.plugin.hosts.preparing import main

SSH = """#!/bin/sh
case "$*" in *nowhere*) echo "ssh: connect to host nowhere port 22: No route to host" >&2; exit 255
esac
for last; do :; done
cd '{home}' && HOME='{home}' exec sh -c "$last"
"""
NO_PIP = """#!/bin/sh
echo "ERROR: No matching distribution found for numpy" >&2
exit 1
"""

Remote = Callable[..., tuple[int, list[str], list[str]]]


@pytest.fixture
def home(tmp_path: Path) -> Path:
    (tmp_path / "home").mkdir()
    return tmp_path / "home"


@pytest.fixture
def remote(
    home: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Remote:
    """Runs the command; gives its exit status, and the lines of standard output and error."""
    (home.parent / "ssh").write_text(SSH.format(home=home))
    (home.parent / "ssh").chmod(0o755)
    monkeypatch.setenv("PATH", f"{home.parent}{os.pathsep}{os.environ['PATH']}")
    monkeypatch.delenv("OPENAI_API_KEY", raising=False)

    def run(*arguments: str) -> tuple[int, list[str], list[str]]:
        status = main(arguments, "llm-pv remote")
        said = capsys.readouterr()
        return status, said.out.splitlines(), said.err.splitlines()

    return run


def test_a_host_is_prepared_and_prepared_again(remote: Remote, home: Path) -> None:
    asked = ("me@one", "nowhere", "--python", sys.executable, "--workers", "2", "--ssh=-p 2222")
    status, out, err = remote(*asked)
    assert status == 1
    option, value = shlex.split(out[0])
    assert (len(out), option) == (1, "--tx") and value.startswith("2*ssh=-p 2222 -o BatchMode=yes ")
    assert value.endswith(f" me@one//python={sys.executable}//chdir={home}/llm-pv")
    assert err[0].startswith(f"me@one: prepared in {home}/llm-pv, Python 3.")
    assert err[1] == "me@one: ssh finds no OPENAI_API_KEY there; see docs/hosts.md"
    reached = "ssh does not reach it: ssh: connect to host nowhere port 22: No route to host"
    assert err[2:] == [f"llm-pv remote: nowhere: {reached}"]
    there = home / "llm-pv"
    assert not list(there.rglob("__pycache__/test_*")) and not (there / "tests").exists()
    (there / "reports").mkdir()
    (there / "bench" / "stale.py").write_text("")
    assert remote("me@one", "--python", sys.executable)[0] == 0
    assert not (there / "bench" / "stale.py").exists() and (there / "reports").is_dir()


def test_what_fails_is_one_line(remote: Remote, home: Path) -> None:
    python = home / "made" / ".venv" / "bin" / "python"
    python.parent.mkdir(parents=True)
    python.write_text(NO_PIP)
    python.chmod(0o755)
    base = ("--base", sys.executable)
    why = "pip: ERROR: No matching distribution found for numpy"
    assert remote("one", "--dir", "made", *base) == (1, [], [f"llm-pv remote: one: {why}"])
    lists = [
        (home / "made" / ".prepared" / name).read_text() for name in ("requirements", "constraints")
    ]
    assert "numpy\n" in lists[0] and "mypy" not in lists[0] and "numpy==" in lists[1]
    no_python = "no Python 3.11 or newer there; name one with --base"
    assert remote("one", "--base", "/no/python")[2] == [f"llm-pv remote: one: {no_python}"]
    (home / "file").write_text("")
    assert remote("one", "--dir", "file/x", *base)[2][0].startswith("llm-pv remote: one: files: ")
    no_such = "import: /no/python: No such file or directory"
    assert remote("one", "--python", "/no/python")[2] == [f"llm-pv remote: one: {no_such}"]
    assert remote("one", "--dir", "a b")[0] == 2
    (home.parent / "ssh").write_text("#!/bin/sh\necho '{\"folder\": 1}'\n")
    assert "says nothing that can be read" in remote("one")[2][0]
