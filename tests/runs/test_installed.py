"""The benchmark as installed from a wheel: the packages alone, without the clone around them."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

from tests.support.session import ROOT, words


def test_it_runs_from_any_folder(tmp_path: Path) -> None:
    site, here = tmp_path / "site", tmp_path / "here"
    for package in ("bench", "targets"):
        shutil.copytree(
            ROOT / package, site / package, ignore=shutil.ignore_patterns("__pycache__")
        )
        assert (site / package / "py.typed").exists()
    here.mkdir()
    pytest_there = words("-m pytest -pno:hypothesispytest -p bench.plugin --pyargs bench")
    grid = words("-m 'paper and parity' --functions fn_a,fn_c --lengths 20 --test-size 100")
    command = [sys.executable, *pytest_there, *grid]
    env = os.environ | {"PYTHONPATH": str(site)}
    done = subprocess.run(
        command, cwd=here, env=env, capture_output=True, text=True, timeout=240, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert "1 passed, 1 deselected in" in done.stdout, "and no warning"
    assert json.loads((here / "reports/run.json").read_text())["counts"] == {"passed": 1}
