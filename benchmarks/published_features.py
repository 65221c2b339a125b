"""The published learners with the published features, beside ours, on the same data.

The published runner gives a learner each character as a number: a digit as itself, u as 10, v as
11. Of a table it gives numbers as they stand, and the number in the name of a category.
`python benchmarks/published_features.py [--raw-dir DIR]` takes some minutes.
"""

import argparse
import asyncio
import logging
import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path
from statistics import mean, stdev

import numpy as np
import structlog
from numpy.typing import NDArray

from bench.jail.features import parse_features
from bench.options.resolve import assemble
from bench.proposers.learners import Learner
from bench.proposers.learners.algorithms import ALGORITHMS
from bench.proposers.learners.columns import Features, features_of
from bench.proposers.predictor import Task
from bench.question.dataset import RAW_DIR, Dataset, obtain
from bench.question.spec import spec_of
from targets import find
from targets.kinds import Kind
from targets.raw import RawTableMissing

TASKS = {
    "palindrome": 100,
    "prime_decimal_tf_check": 100,
    "prime_plus_47": 100,
    "graph_has_cycle": 300,
    "adult_income": 14,
    "mushroom": 20,
}
TRIALS = 3
LEARNERS = ("xgboost", "forest", "svm")
DATA = assemble(test_size=1_000).data


def published(kind: Kind, _inputs: Sequence[str]) -> Features:
    """The features of the published runner."""
    columns = cells if kind.argument == "features" else characters
    return Features(columns, any_length=False)


def characters(some: Sequence[str]) -> NDArray[np.float32]:
    """Each character as a number."""
    numbers = {"u": 10, "v": 11} | {str(digit): digit for digit in range(10)}
    return np.array([[numbers[symbol] for symbol in x] for x in some], np.float32)


def cells(some: Sequence[str]) -> NDArray[np.float32]:
    """Each number of a row, and for a category such as c3 the number in its name."""
    rows = [parse_features(x).values() for x in some]
    return np.array([[float(str(cell).removeprefix("c")) for cell in row] for row in rows])


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
    parser = argparse.ArgumentParser()
    parser.add_argument("--raw-dir", type=Path, default=RAW_DIR)
    raw_dir = parser.parse_args().raw_dir
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.ERROR))
    featured: dict[str, Callable[[Kind, Sequence[str]], Features]] = {
        "ours": features_of,
        "published": published,
    }
    there = [name for name in LEARNERS if ALGORITHMS[name].is_installed]
    with tempfile.TemporaryDirectory() as folder:
        for task, length in TASKS.items():
            specs = [spec_of(find(task), length, trial + 1, DATA) for trial in range(TRIALS)]
            try:
                datasets = [obtain(spec, Path(folder), raw_dir) for spec in specs]
            except RawTableMissing as missing:
                print(f"{task:<24}{missing}")
                continue
            for name in there:
                said = []
                for features, choose in featured.items():
                    learner = Learner(ALGORITHMS[name], choose)
                    found = [asyncio.run(accuracy(learner, dataset)) for dataset in datasets]
                    said.append(f"{features} {mean(found):.1f} ± {stdev(found):.1f}")
                print(f"{task:<24}{name:<10}{'   '.join(said)}", flush=True)


if __name__ == "__main__":
    main()
