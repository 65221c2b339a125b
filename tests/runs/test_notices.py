"""What is said at once, in the middle of a test."""

import os
import time
from pathlib import Path

import pytest

from tests.support.session import words
from tests.support.warm import Run

PLUGIN = """
from contextlib import nullcontext
import pytest
from bench.plugin.notices import Notices, show_notice

def pytest_configure(config):
    config.pluginmanager.register(Notices(config, nullcontext))

@pytest.fixture
def say(request):
    return lambda: show_notice(request.config, "a notice")
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
    command = words(f"pytest -q -p no:cacheprovider -pno:hypothesispytest -n {workers}")
    output = tmp_path / "output"
    run = Run(command, os.environ, [output, output], tmp_path)
    while "a notice" not in output.read_text().splitlines():
        assert run.poll() is None, output.read_text()
        time.sleep(0.01)
    (tmp_path / "heard").touch()
    assert run.wait(60) == 0, output.read_text()
    assert "of the test" not in output.read_text().splitlines()
