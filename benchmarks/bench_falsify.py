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
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from pathlib import Path

import anyio.from_thread
import structlog

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from bench.jail import Jail, Limits, Verdict
from bench.options.settings import DataOptions, JailOptions, SearchOptions
from bench.question.dataset import Dataset, obtain
from bench.question.spec import spec_of
from bench.search.falsification import Suspect, falsification
from benchmarks.ratios import Ratio, added, ratio
from benchmarks.true_programs import true_program
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

    def cpu_ms(self, work: Callable[[], object]) -> list[float]:
        """The CPU time of some rounds of this work."""
        times = []
        for _ in range(ROUNDS):
            ours, self._program_ms = time.process_time(), 0.0
            work()
            times.append(1000 * (time.process_time() - ours) + self._program_ms)
        return times


def evaluation(dataset: Dataset, meter: Meter) -> Verdict:
    """All verdicts that a point with one attempt takes; that on the test split."""
    meter.evaluate(dataset.val.inputs, LIMITS.eval_timeout)
    meter.evaluate(dataset.train.inputs, LIMITS.eval_timeout)
    return meter.evaluate(dataset.test.inputs, LIMITS.test_timeout)


Rounds = tuple[list[float], list[float]]
"""CPU time in ms of the evaluation of a point, and of falsification besides."""


def measured(rule: Rule, length: int, folder: Path, meter: Meter) -> Rounds:
    """The rounds of one rule."""
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
    more = meter.cpu_ms(partial(falsification, suspect, COUNT))
    return meter.cpu_ms(partial(evaluation, dataset, meter)), more


def every_rule(wanted: int) -> Iterator[tuple[Rule, int, Rounds]]:
    """Each rule, at its length that is next to this one."""
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.ERROR))
    jail = Jail()
    with anyio.from_thread.start_blocking_portal() as portal, tempfile.TemporaryDirectory() as made:
        for rule in TARGETS:
            if isinstance(rule, Rule):
                length = min(rule.lengths, key=lambda one: abs(one - wanted))
                meter = Meter(portal, jail, true_program(rule, length))
                yield rule, length, measured(rule, length, Path(made), meter)
        portal.call(jail.aclose)


def ratios() -> list[Ratio]:
    """What falsification costs, of all rules together."""
    found = [rounds for _, _, rounds in every_rule(20)]
    base, more = map(added, zip(*found, strict=True))
    return [ratio("a solved point, falsification / evaluation", more, base)]


def main() -> None:
    """Print a row for each rule, and the whole."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--length", type=int, default=50, help="about this long (50)")
    wanted = parser.parse_args().length
    print(f"{COUNT:,} inputs; milliseconds of CPU time, the least of {ROUNDS}")
    print(f"{'target':28}{'length':>8}{'evaluation':>12}{'added':>8}{'ratio':>8}")
    base_of_all = more_of_all = 0.0
    for rule, length, rounds in every_rule(wanted):
        base, more = map(min, rounds)
        base_of_all, more_of_all = base_of_all + base, more_of_all + more
        print(f"{rule.stem:28}{length:8}{base:12.0f}{more:8.0f}{more / base:8.0%}", flush=True)
    share = more_of_all / base_of_all
    print(f"{'all':36}{base_of_all:12.0f}{more_of_all:8.0f}{share:8.0%}")


if __name__ == "__main__":
    main()
