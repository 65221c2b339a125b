"""What each further point of a run costs in files, memory and CPU time, and whether that grows.

`python benchmarks/bench_scale.py [--points N]` prints what a point takes in a made-up run of N
points, and in one of a quarter of them: to write its lines, to read them back, its part of the
summary and of the page, its bytes in each file, and the memory that the controller keeps for it. A
point has two attempts. Collecting is pytest's, in a process of its own. CPU time is told, which
other programs change less than wall time.
"""

import argparse
import gc
import json
import logging
import subprocess
import sys
import tempfile
import time
import tracemalloc
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import structlog

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from bench.record.codec import from_json, to_json
from bench.run.manifest import Manifest
from bench.run.readback import Results, load
from bench.show.page.build import build
from bench.show.terminal.summary import summarise
from benchmarks.ratios import Ratio, of_rounds
from tests.support.made import NAMES, run_files, search

ROOT = Path(__file__).resolve().parents[1]
ROUNDS = 5
COLLECTING = """
import sys, time, pytest
status = pytest.main(sys.argv[1:])
told = open("/proc/self/status").read()
print(time.process_time(), told.partition("VmHWM:")[2].split()[0])
sys.exit(status)
"""
"""A program that prints the CPU seconds of a run of pytest, and KiB at its fullest."""
QUICK = 400
"""Points that are enough to see whether a step grows faster than their number."""
STEPS: dict[str, Callable[[Results], object]] = {
    "read back": lambda results: load(results.path).points,
    "in the summary": lambda results: summarise(results.attempts, Manifest()),
    "on the page": build,
}


@dataclass(frozen=True)
class Taken:
    """What a run took for each of its points."""

    ms: dict[str, float] = field(default_factory=dict)
    """CPU time of each step."""
    size: dict[str, float] = field(default_factory=dict)
    """Bytes in each file, and in the controller's memory."""


def measured(points: int) -> Taken:
    """What a run of so many points takes, from its first line to its page."""
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.ERROR))
    taken = Taken()
    made = [_lines(number) for number in range(points)]
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        files = run_files(folder, "made-up")
        start = time.process_time()
        with _memory(taken, points):
            for lines in made:
                attempts = [from_json(json.loads(line)) for line in lines]  # as from a worker
                files.record(attempts[0].point, attempts)
        taken.ms["written"] = (time.process_time() - start) / points * 1e3
        files.finish(0, files.results().points)
        results = load(files.folder)
        gc.freeze()  # as a run does at its end
        for step, work in STEPS.items():
            start = time.process_time()
            text = work(results)
            taken.ms[step] = (time.process_time() - start) / points * 1e3
            if isinstance(text, str):
                taken.size["index.html"] = len(text.encode()) / points
        for file in ("results_attempts.jsonl", "results_attempts.csv"):
            taken.size[file] = (files.folder / file).stat().st_size / points
        files.close()
    return taken


def collect(points: int, taken: Taken) -> None:
    """Note the CPU time and the memory that pytest takes to collect so many points."""
    grid = ("--functions", "fn_a", "--lengths", "20", "--model", "enumerator", "--collect-only")
    found = []
    for trials in (1, points):
        command = [sys.executable, "-c", COLLECTING, "bench", "-q", *grid, "--trials", str(trials)]
        done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
        if done.returncode:
            raise SystemExit(done.stderr)
        took = done.stdout.split()[-2:]
        found.append((float(took[0]), int(took[1])))
    (seconds, kib), (all_seconds, all_kib) = found
    taken.ms["collected"] = (all_seconds - seconds) / points * 1e3
    taken.size["memory to collect"] = (all_kib - kib) / points * 1024


@contextmanager
def _memory(taken: Taken, points: int) -> Iterator[None]:
    """Note what is kept in memory of what is made meanwhile."""
    tracemalloc.start()
    yield
    taken.size["controller's memory"] = tracemalloc.get_traced_memory()[0] / points
    tracemalloc.stop()


def _lines(number: int) -> list[str]:
    """The attempts of one point, as JSON."""
    trial, of_target = divmod(number, len(NAMES))
    attempts = search(NAMES[of_target], 50, trial=trial + 1, solved_at=2)
    return [json.dumps(to_json(attempt)) for attempt in attempts]


def ratios() -> list[Ratio]:
    """What a point of a larger run takes, against one of a run of a quarter of the points."""
    measured(len(NAMES))  # imports what is imported late
    turns = [(measured(QUICK // 4), measured(QUICK)) for _ in range(ROUNDS)]
    return [
        of_rounds(f"a point {step}, in {QUICK} / in {QUICK // 4}", _growth(step, turns))
        for step in turns[0][0].ms
    ]


def _growth(step: str, turns: Sequence[tuple[Taken, Taken]]) -> list[float]:
    return [many.ms[step] / few.ms[step] for few, many in turns]


def main() -> None:
    """Print the two tables."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--points", type=int, default=2_000, help="of the larger run (2000)")
    points = parser.parse_args().points
    measured(len(NAMES))
    few, many = measured(points // 4), measured(points)
    collect(points // 4, few)
    collect(points, many)
    print(f"{'a point of a run of':<24}{points // 4:>10,}{points:>10,}  points")
    for step in many.ms:
        print(f"  {step:<22}{few.ms[step]:10.2f}{many.ms[step]:10.2f}  ms of CPU time")
    for name in many.size:
        print(f"  {name:<22}{few.size[name] / 1024:10.1f}{many.size[name] / 1024:10.1f}  KiB")


if __name__ == "__main__":
    main()
