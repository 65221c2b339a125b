"""The benchmark as installed from its wheel, in a fresh environment and empty folders."""

import json
import os
import re
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from bench.options.resolve import options
from tests.support.installed import install
from tests.support.session import FOREIGN, words

Run = Callable[[Path, str], "subprocess.CompletedProcess[str]"]


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Run:
    """Runs a command of the environment in a folder."""
    scripts = install(tmp_path_factory.mktemp("installed"))
    kept = {name: value for name, value in os.environ.items() if not name.startswith(FOREIGN)}

    def run(folder: Path, command: str) -> "subprocess.CompletedProcess[str]":
        name, *arguments = words(command)
        return subprocess.run(
            [scripts / name, *arguments],
            cwd=folder,
            env=kept | {"COLUMNS": "100"},
            capture_output=True,
            text=True,
            timeout=240,
            check=False,
        )

    return run


def test_the_main_job_runs_in_an_empty_folder(installed: Run, tmp_path: Path) -> None:
    few = "-k fn_a --lengths 20 --test-size 200 -m 'paper and parity'"
    done = installed(tmp_path, f"python -m pytest {few} --strict-markers --pyargs bench -n 2")
    assert done.returncode == 0, done.stdout + done.stderr
    assert "1 passed in" in done.stdout and "warning" not in done.stdout
    assert {path.name for path in tmp_path.iterdir()} == {"datasets", "reports", ".pytest_cache"}
    assert json.loads((tmp_path / "reports/run.json").read_text())["counts"] == {"passed": 1}
    assert (tmp_path / "reports/index.html").stat().st_size > 10_000
    listed = installed(tmp_path, "llm-pv runs")
    assert listed.returncode == 0 and listed.stdout.count("whole") == 1


def test_the_command_is_pytest_on_the_benchmark(installed: Run, tmp_path: Path) -> None:
    for name in ("bench", "pytest"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "__init__.py").write_text("raise ImportError('of the folder')")
    done = installed(tmp_path, "llm-pv run --functions fn_a --lengths 20,30 --collect-only -q")
    assert done.returncode == 0 and done.stdout.count("[fn_a-parity_all-L") == 2, done.stderr
    assert "warning" not in done.stdout
    wrong = installed(tmp_path, "llm-pv run --lengths 0")
    assert wrong.returncode == 4 and "--lengths: '0' is not allowed" in wrong.stderr


OWN = """
import sys

def test_own():
    assert [name for name in sys.modules if name.split(".")[0] in ("bench", "targets")] == {}
"""


ASKS = """
import pytest

for ask in ("--help", "--fixtures", "--markers"):
    assert pytest.main([ask, "test_here.py"]) == 0, ask
"""


def test_other_runs_of_pytest_do_not_notice_it(installed: Run, tmp_path: Path) -> None:
    (tmp_path / "bench").mkdir()
    (tmp_path / "bench" / "__init__.py").touch()
    (tmp_path / "bench" / "test_own.py").write_text(OWN.format(["bench", "bench.test_own"]))
    (tmp_path / "test_here.py").write_text(OWN.format([]))
    hooked = tmp_path / "hooked"
    hooked.mkdir()
    (hooked / "conftest.py").write_text("def pytest_llmpv_targets(): raise OSError")
    (hooked / "test_it.py").write_text("def test_it(): pass")
    assert installed(hooked, "python -m pytest -q -p no:cacheprovider").returncode == 0
    for given in ("test_here.py -k own", "bench", "--pyargs bench"):
        done = installed(tmp_path, f"python -m pytest -q -p no:cacheprovider {given}")
        assert done.returncode == 0, given + done.stdout + done.stderr
    ours = {option.flag for option in options()} | {"searched", "paper", "tabular", "LLM-PV"}
    (tmp_path / "asks.py").write_text(ASKS)
    told = installed(tmp_path, "python asks.py")
    assert told.returncode == 0 and "@pytest.mark.skipif" in told.stdout
    assert not ours & set(re.findall(r"[\w-]+", told.stdout))
