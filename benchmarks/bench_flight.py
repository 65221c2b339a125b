"""Many searches in flight: what grids take whose server answers late, or at once.

`python benchmarks/bench_flight.py` prints wall time, CPU time and memory of whole runs, and holds
them against three bars. The server is on loopback, in a process of its own, and is not counted.
"""

import os
import resource
import subprocess
import sys
import tempfile
import threading
import time
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from benchmarks.loopback import serve_until_killed, served_by
from benchmarks.ratios import Ratio, of_rounds, ratio
from tests.support.server import Reply

ROOT = Path(__file__).resolve().parents[1]
GRID = (
    *("--functions", "fn_a", "--lengths", "100,50,30,25,20", "--attempts", "1"),
    *("--test-size", "100", "--falsify", "0", "--model", "gpt-5-mini", "--yes"),
)
"""Five points a trial."""
DELAY = 1.0
"""Seconds after which the slow server answers."""
AS_A_USER = ("-pno:cacheprovider", "-pno:hypothesispytest", "-pno:repeat", "-pno:rerunfailures")
"""A user has no plugin of the suite, whose import is dearer than a point."""
WALL_BAR, MIB_BAR, CPU_BAR_MS = 1.5, 300, 10.0


@dataclass(frozen=True)
class Taken:
    """What a run took: seconds of wall and CPU time, and MiB at its fullest, of all processes."""

    wall: float
    cpu: float
    mib: float


def server(delay: float) -> AbstractContextManager[str]:
    """The address of a server that answers after so many seconds."""
    return served_by(__file__, str(delay))


def run(folder: Path, base_url: str, trials: int, *more: str) -> Taken:
    """What a run of so many trials takes, none of whose answers is in the ledger yet."""
    places = ("--dataset-dir", str(folder / "datasets"), "--base-url", base_url)
    reports = tempfile.mkdtemp(dir=folder)
    command = [sys.executable, "-m", "pytest", "bench", "-q", *AS_A_USER, *GRID]
    command += [*places, "--reports-dir", reports, "--trials", str(trials), *more]
    environment = os.environ | {"OPENAI_API_KEY": "none"}
    environment.pop("PYTHONDONTWRITEBYTECODE", None)  # a user keeps what is compiled
    before, start = resource.getrusage(resource.RUSAGE_CHILDREN), time.perf_counter()
    with subprocess.Popen(
        command, cwd=ROOT, env=environment, stdout=subprocess.PIPE, text=True
    ) as process:
        fullest = [0.0]
        watch = threading.Thread(target=_watch, args=(process.pid, fullest), daemon=True)
        watch.start()
        said = process.communicate()[0]
    after, wall = resource.getrusage(resource.RUSAGE_CHILDREN), time.perf_counter() - start
    if process.returncode:
        raise SystemExit(said)
    cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return Taken(wall, cpu, fullest[0])


def _watch(pid: int, fullest: list[float]) -> None:
    """Keep the largest sum of the proportional set sizes of a process and all below it."""
    while Path(f"/proc/{pid}/smaps_rollup").exists():
        fullest[0] = max(fullest[0], sum(map(_mib, _family(pid))))
        time.sleep(1)


def _family(pid: int) -> list[int]:
    parents: dict[int, int] = {}
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            parents[int(stat.parent.name)] = int(stat.read_text().rpartition(")")[2].split()[1])
        except OSError:
            continue  # it has ended meanwhile
    found = [pid]
    for one in found:  # grows meanwhile
        found += [child for child, parent in parents.items() if parent == one]
    return found


def _mib(pid: int) -> float:
    try:
        lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
    except OSError:
        return 0.0
    return sum(int(line.split()[1]) for line in lines if line.startswith("Pss:")) / 1024


def _row(name: str, taken: Taken, more: str = "") -> None:
    print(f"  {name:34} {taken.wall:7.1f} s  {taken.cpu:7.1f} CPU s  {taken.mib:6.0f} MiB  {more}")


def ratios() -> list[Ratio]:
    """What 50 searches in flight take, in three rounds."""
    with tempfile.TemporaryDirectory() as name, server(0) as fast, server(DELAY) as slow:
        folder = Path(name)
        run(folder, fast, 10)  # the datasets are there from now on
        turns = [
            (run(folder, fast, 1), run(folder, slow, 10, "--concurrency", "50")) for _ in range(3)
        ]
    walls = [many.wall for _, many in turns]
    ideal = [few.wall + DELAY for few, _ in turns]
    further = [(many.cpu - few.cpu) / 45 / (few.cpu / 5) for few, many in turns]
    return [
        ratio("50 late answers at once, wall time / one of them", walls, ideal),
        of_rounds("a further point, CPU / one of a run of five", further),
    ]


def main() -> None:
    """Print the three tables, each with its bar."""
    with tempfile.TemporaryDirectory() as name, server(0) as fast, server(DELAY) as slow:
        folder = Path(name)
        run(folder, fast, 100)  # the datasets are there from now on
        one, many = run(folder, fast, 1), run(folder, fast, 100)
        print("no delay, in one process")
        _row("5 points", one)
        per_point = (many.cpu - one.cpu) / 495 * 1e3
        bar = f"the bar is {CPU_BAR_MS:g} ms"
        _row("500 points", many, f"{per_point:.1f} ms of CPU a point beyond the first five; {bar}")
        batched = run(folder, fast, 100, "--batch")
        _row("500 points by --batch", batched, f"{batched.cpu / many.cpu:.2f} x the CPU without")
        print(f"500 points, answers after {DELAY:g} s, in one process")
        taken = run(folder, slow, 100, "--concurrency", "250")
        ideal = one.wall + 2 * DELAY
        bars = f"the bars are {WALL_BAR:g} x and {MIB_BAR} MiB"
        _row("--concurrency 250", taken, f"{taken.wall / ideal:.2f} x the ideal; {bars}")
        print(f"100 points, answers after {DELAY:g} s")
        for options in ("-n 5", "-n 20", "--concurrency 20", "-n 2 --concurrency 10"):
            _row(options, run(folder, slow, 20, *options.split()))


if __name__ == "__main__":
    if sys.argv[1:2] == ["serve"]:
        serve_until_killed(Reply(delay=float(sys.argv[2])))
    else:
        main()
