"""What a whole run of one point costs, in CPU seconds and as a multiple of starting pytest.

`python benchmarks/bench_run.py` takes turns between three commands, so that a busy machine is busy
for all of them: `import pytest`, pytest on an empty file, and the enumerator's search at one point,
whose dataset is there already. Children count, so the jail is in it. The least of each is told:
nothing makes a command cheaper than it is.
"""

import os
import resource
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from benchmarks.ratios import Ratio, ratio

ROOT = Path(__file__).resolve().parents[1]
ROUNDS = 7
BASELINE = "import pytest"
BAR = 8.0
"""Times `import pytest`, which takes about a quarter of a second of an idle processor."""
QUIET = ("-q", "-pno:cacheprovider", "-pno:hypothesispytest", "-pno:repeat", "-pno:rerunfailures")
"""The last three are there for the suite alone, and hypothesis costs as much as pytest does."""


def main() -> int:
    """Print the table; 1 where the run takes more than its bar."""
    least = {name: min(rounds) for name, rounds in measured(ROUNDS).items()}
    bare = least[BASELINE]
    for name, seconds in least.items():
        print(f"{name:<24} {seconds:5.2f} CPU s  {seconds / bare:5.1f}x")
    print(f"bar: {BAR:g}x for one point")
    return int(least["one point"] > BAR * bare)


def ratios() -> list[Ratio]:
    """What runs cost against starting pytest."""
    found = measured(4)
    return [
        ratio(f"{name}, CPU / {BASELINE}", rounds, found[BASELINE])
        for name, rounds in found.items()
        if name != BASELINE
    ]


def measured(rounds: int) -> dict[str, list[float]]:
    """CPU seconds of each command in each round."""
    with tempfile.TemporaryDirectory() as folder:
        (Path(folder) / "test_nothing.py").touch()
        places = ("--dataset-dir", f"{folder}/datasets", "--reports-dir", f"{folder}/reports")
        pytest = (sys.executable, "-m", "pytest", *QUIET)
        commands = {
            BASELINE: (sys.executable, "-c", "import pytest"),
            "pytest on an empty file": (*pytest, "--rootdir", folder, f"{folder}/test_nothing.py"),
            "one point": (*pytest, "bench", "-k", "fn_a-parity_all-L20", *places),
        }
        found: dict[str, list[float]] = {name: [] for name in commands}
        for _ in range(rounds + 1):
            for name, command in commands.items():
                found[name].append(_cpu_seconds(command))
    # The first round draws the dataset, and compiles what is not yet.
    return {name: seconds[1:] for name, seconds in found.items()}


def _cpu_seconds(command: Sequence[str]) -> float:
    """User and system time of a command and of all that it starts and waits for."""
    # As a user runs it: with compiled modules kept
    env = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    subprocess.run(command, cwd=ROOT, env=env, stdout=subprocess.DEVNULL, check=False)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


if __name__ == "__main__":
    raise SystemExit(main())
