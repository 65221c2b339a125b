"""What is said at once, in the middle of a test."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.support.session import ROOT, words

PLUGIN = """
from contextlib import nullcontext
import pytest
from bench.plugin.notices import Notices, give

def pytest_configure(config):
    config.pluginmanager.register(Notices(config, nullcontext))

@pytest.fixture
def say(request):
    return lambda: give(request.config, "a notice")
"""
TEST = """
import threading, time
from pathlib import Path

def test(say):
    print("of the test")
    thread = threading.Thread(target=say)
    thread.start()
    thread.join()
    until = time.monotonic() + 60
    while not Path("heard").exists():
        assert time.monotonic() < until
        time.sleep(0.01)
"""


@pytest.mark.parametrize("workers", ["0", "1"])
def test_a_notice_is_seen_before_the_test_is_over(tmp_path: Path, workers: str) -> None:
    (tmp_path / "conftest.py").write_text(PLUGIN)
    (tmp_path / "test_it.py").write_text(TEST)
    environment = os.environ | {"PYTHONPATH": str(ROOT)}
    pytest_there = f"-m pytest -q -p no:cacheprovider -pno:hypothesispytest -n {workers}"
    command = [sys.executable, *words(pytest_there)]
    with subprocess.Popen(
        command, cwd=tmp_path, env=environment, stdout=subprocess.PIPE, text=True
    ) as run:
        assert run.stdout is not None
        lines = []
        for line in run.stdout:
            lines.append(line)
            if line == "a notice\n":
                (tmp_path / "heard").touch()
        assert run.wait(60) == 0, lines
    assert "of the test\n" not in lines
