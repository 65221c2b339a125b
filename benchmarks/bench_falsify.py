"""What falsification adds to the evaluation of a point, for a true program of each rule.

`python benchmarks/bench_falsify.py` prints ratios of CPU time, of this process and of the
programs' together. The evaluation is what every point with one attempt takes: the verdicts on the
validation, test and train splits of the default sizes. What falsification adds is the choice of its
inputs, their labels and their verdicts.
"""

import argparse
import logging
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path

import anyio.from_thread
import structlog

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from true_programs import true_program

from bench.jail import Jail, Limits, Verdict
from bench.options.settings import DataOptions, JailOptions, SearchOptions
from bench.question.dataset import Dataset, obtain
from bench.question.spec import spec_of
from bench.search.falsification import Suspect, falsification
from targets import TARGETS, Rule

COUNT, SIZES, LIMITS = SearchOptions().falsify, DataOptions(), JailOptions()
ROUNDS = 3


class Meter:
    """Runs one program, and adds up the CPU time that it takes."""

    def __init__(self, portal: anyio.from_thread.BlockingPortal, jail: Jail, code: str) -> None:
        self._portal, self._jail, self._code = portal, jail, code
        self._program_ms = 0.0

    def evaluate(self, inputs: Sequence[str], seconds: float) -> Verdict:
        """The verdict on the program."""
        limits = Limits(cpu_seconds=seconds, memory_mib=LIMITS.eval_memory)
        verdict = self._portal.call(self._jail.evaluate, self._code, inputs, "text", limits)
        self._program_ms += verdict.cpu_ms
        return verdict

    def least_ms(self, work: Callable[[], object]) -> float:
        """The least CPU time of some rounds of this work."""
        times = []
        for _ in range(ROUNDS):
            ours, self._program_ms = time.process_time(), 0.0
            work()
            times.append(1000 * (time.process_time() - ours) + self._program_ms)
        return min(times)


def evaluation(dataset: Dataset, meter: Meter) -> Verdict:
    """All verdicts that a point with one attempt takes; that on the test split."""
    meter.evaluate(dataset.val.inputs, LIMITS.eval_timeout)
    meter.evaluate(dataset.train.inputs, LIMITS.eval_timeout)
    return meter.evaluate(dataset.test.inputs, LIMITS.test_timeout)


def measured(rule: Rule, length: int, folder: Path, meter: Meter) -> tuple[float, float]:
    """CPU time in ms of the evaluation of a point, and of falsification besides."""
    spec = spec_of(rule, length, 1, SIZES)
    dataset = obtain(spec, folder)
    suspect = Suspect(
        spec=spec,
        test=dataset.test,
        predictions=evaluation(dataset, meter).predictions or b"",
        evaluate=meter.evaluate,
        test_timeout=LIMITS.test_timeout,
        eval_timeout=LIMITS.eval_timeout,
    )
    if not falsification(suspect, COUNT).recovered:
        raise SystemExit(f"{rule.name}: its program in true_programs.py is refuted")
    added = meter.least_ms(partial(falsification, suspect, COUNT))
    return meter.least_ms(partial(evaluation, dataset, meter)), added


def main() -> None:
    """Print a row for each rule, and the whole."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--length", type=int, default=50, help="about this long (50)")
    wanted = parser.parse_args().length
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.ERROR))
    print(f"{COUNT:,} inputs; milliseconds of CPU time, the least of {ROUNDS}")
    print(f"{'target':28}{'length':>8}{'evaluation':>12}{'added':>8}{'ratio':>8}")
    base_of_all = added_of_all = 0.0
    jail = Jail()
    with anyio.from_thread.start_blocking_portal() as portal, tempfile.TemporaryDirectory() as made:
        for rule in TARGETS:
            if not isinstance(rule, Rule):
                continue
            length = min(rule.lengths, key=lambda one: abs(one - wanted))
            meter = Meter(portal, jail, true_program(rule, length))
            base, added = measured(rule, length, Path(made), meter)
            base_of_all, added_of_all = base_of_all + base, added_of_all + added
            print(
                f"{rule.stem:28}{length:8}{base:12.0f}{added:8.0f}{added / base:8.0%}", flush=True
            )
        portal.call(jail.aclose)
    share = added_of_all / base_of_all
    print(f"{'all':36}{base_of_all:12.0f}{added_of_all:8.0f}{share:8.0%}")


if __name__ == "__main__":
    main()
