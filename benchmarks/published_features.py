"""The published learners with the published features, beside ours, on the same data.

The published runner gives a learner each character as a number: a digit as itself, u as 10, v as
11. Run it by `python benchmarks/published_features.py`; it takes some minutes.
"""

import asyncio
import logging
import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path
from statistics import mean, stdev

import numpy as np
import structlog
from numpy.typing import NDArray

from bench.options.resolve import assemble
from bench.proposers.learners import Learner
from bench.proposers.learners.algorithms import ALGORITHMS
from bench.proposers.learners.columns import Features, features_of
from bench.proposers.predictor import Task
from bench.question.dataset import Dataset, obtain
from bench.question.spec import spec_of
from targets import find
from targets.kinds import Kind

TASKS = {
    "palindrome": 100,
    "prime_decimal_tf_check": 100,
    "prime_plus_47": 100,
    "graph_has_cycle": 300,
}
TRIALS = 3
LEARNERS = ("xgboost", "forest", "svm")
DATA = assemble(test_size=1_000).data


def characters(_kind: Kind, _inputs: Sequence[str]) -> Features:
    """Each character as a number."""
    numbers = {"u": 10, "v": 11} | {str(digit): digit for digit in range(10)}

    def columns(some: Sequence[str]) -> NDArray[np.float32]:
        return np.array([[numbers[symbol] for symbol in x] for x in some], np.float32)

    return Features(columns, any_length=False)


async def accuracy(learner: Learner, dataset: Dataset) -> float:
    """In per cent, on the test split."""
    spec, test = dataset.spec, dataset.test
    task = Task(
        point=spec.target.name,
        model="learner",
        reasoning_effort="",
        trial=spec.trial,
        examples=dataset.train,
        kind=spec.target.kind,
        length=spec.length,
        described="",
    )
    labels = await (await learner.fit(task)).labels(test.inputs)
    right = [label == y for label, y in zip(labels, test.labels, strict=True)]
    return 100 * mean(right)


def main() -> None:
    """Print a line for each task and learner."""
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.ERROR))
    featured: dict[str, Callable[[Kind, Sequence[str]], Features]] = {
        "ours": features_of,
        "characters": characters,
    }
    there = [name for name in LEARNERS if ALGORITHMS[name].is_installed]
    with tempfile.TemporaryDirectory() as folder:
        for task, length in TASKS.items():
            specs = [spec_of(find(task), length, trial + 1, DATA) for trial in range(TRIALS)]
            datasets = [obtain(spec, Path(folder)) for spec in specs]
            for name in there:
                said = []
                for features, choose in featured.items():
                    learner = Learner(ALGORITHMS[name], choose)
                    found = [asyncio.run(accuracy(learner, dataset)) for dataset in datasets]
                    said.append(f"{features} {mean(found):.1f} ± {stdev(found):.1f}")
                print(f"{task:<24}{name:<10}{'   '.join(said)}", flush=True)


if __name__ == "__main__":
    main()
