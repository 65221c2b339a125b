"""The two commands: what they hand to pytest."""

import shutil
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent


@pytest.mark.skipif(shutil.which("make") is None, reason="no make on PATH")
@pytest.mark.parametrize(
    ("arguments", "handed_over"),
    [
        ("", "-k fn_a -n 5"),
        ("--attempts 2", "-k fn_a -n 5 --attempts 2"),
        ("-m paper -n 2", "-n 5 -m paper -n 2"),
        ("--functions=fn_b", "-n 5 --functions=fn_b"),
        ("-k 'fn_b or fn_c'", "-n 5 -k 'fn_b or fn_c'"),
    ],
)
def test_make_bench_runs_fn_a_unless_it_is_told_otherwise(arguments: str, handed_over: str) -> None:
    command = ["make", "--no-print-directory", "-n", "bench", f"ARGS={arguments}"]
    said = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=30, check=True).stdout
    assert " ".join(said.splitlines()[-1].split()) == f".venv/bin/pytest bench {handed_over}"
