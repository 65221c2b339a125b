"""A run of the benchmark in a process of its own, as a user starts it."""

import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]


def bench(
    folder: Path, *arguments: str, key: str | None = "sk-test-key", **env: str
) -> "subprocess.CompletedProcess[str]":
    """A run whose files stay below a folder. The environment is ours, but for other keys, servers and warnings."""
    foreign = ("OPENAI", "PYTEST", "PYTHONWARNINGS")
    environment = {name: value for name, value in os.environ.items() if not name.startswith(foreign)}
    environment |= ({"OPENAI_API_KEY": key} if key else {}) | env
    places = ["--dataset-dir", str(folder / "datasets"), "--reports-dir", str(folder / "reports")]
    fixed = ["-pno:cacheprovider", "--test-size", "200", *places]
    command = [sys.executable, "-m", "pytest", "bench", *fixed, *arguments]
    return subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, timeout=240, check=False)
