"""A classical learner as a predictor: it chooses its parameters by cross-validation, and labels."""

import hashlib
import json
import math
import os
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import anyio
import anyio.to_thread

from bench.proposers.clock import Clock
from bench.proposers.learners.algorithms import Algorithm
from bench.proposers.learners.columns import Features, features_of
from bench.proposers.predictor import Opening, Task
from bench.proposers.proposer import Outage
from bench.question.dataset import Split
from bench.record.answer import Answer
from bench.record.wording import in_one_line
from targets.kinds import Kind

FOLDS = 5
BATCH = 2_000
"""Inputs that are labelled at a time: their features take some tens of MB."""


class Learner:
    """One of `ALGORITHMS`. It works in a thread of this process, on one processor."""

    name = "learner"
    test_size: int | None = None

    def __init__(
        self,
        algorithm: Algorithm,
        features: Callable[[Kind, Sequence[str]], Features] = features_of,
    ) -> None:
        """`features` chooses the columns of inputs of a kind on the training inputs."""
        self._algorithm = algorithm
        self._features = features
        # More would only wait for one another.
        self._processors = anyio.CapacityLimiter(os.cpu_count() or 1)

    def opening(self, task: Task, inputs: Sequence[str]) -> Opening:
        """It asks nobody: the body says what it would be fitted on and label."""
        sizes = {"examples": len(task.examples.inputs), "inputs": len(inputs)}
        return Opening(prompt="", version="", body={"model": task.model, **sizes})

    async def fit(self, task: Task) -> "FittedLearner":
        """Fit it on the examples. Raises Outage where its library cannot."""
        return await anyio.to_thread.run_sync(self._fit, task, limiter=self._processors)

    def _fit(self, task: Task) -> "FittedLearner":
        clock = Clock()
        features = self._features(task.kind, task.examples.inputs)
        try:
            estimator, chosen = _chosen(self._algorithm, features, task.examples)
        # A library may raise anything, as for weights that are not there.
        except Exception as error:
            line = in_one_line(error)
            raise Outage(f"{task.model} cannot be fitted: {line}", ends="model") from error
        answer = Answer(
            text=chosen,
            cost_usd=0.0,
            model=task.model,
            duration_ms=clock.ms,
            started_at=clock.started_at,
        )
        return FittedLearner(answer, estimator, features, self._processors)

    async def aclose(self) -> None:
        """Nothing is held."""


@dataclass(frozen=True, slots=True)
class FittedLearner:
    """An estimator that was fitted, and the features that it takes."""

    answer: Answer
    estimator: Any
    features: Features
    processors: anyio.CapacityLimiter

    @property
    def misfit(self) -> str | None:
        """Inputs of other lengths may have no such features."""
        if self.features.any_length:
            return None
        return "a learner's features of these inputs have one length"

    async def labels(self, inputs: Sequence[str]) -> Sequence[int | None]:
        """The label of each input: by the same estimator, whichever inputs are beside it."""
        return await anyio.to_thread.run_sync(self._labels, inputs, limiter=self.processors)

    def _labels(self, inputs: Sequence[str]) -> list[int | None]:
        found: list[int | None] = []
        _one_processor()
        for at in range(0, len(inputs), BATCH):
            columns = self.features.columns(inputs[at : at + BATCH])
            found += self.estimator.predict(columns).tolist()
        return found


def _chosen(algorithm: Algorithm, features: Features, examples: Split) -> tuple[Any, str]:
    """The estimator, fitted on all examples, and what was chosen in words."""
    import numpy as np
    from sklearn.model_selection import GridSearchCV, StratifiedKFold

    x, y = features.columns(examples.inputs), np.array(examples.labels, np.int64)
    estimator = algorithm.make(_seed(examples))
    _one_processor()
    rarer = min(examples.labels.count(label) for label in set(examples.labels))
    folds = min(FOLDS, rarer)
    if folds < 2 or not algorithm.grid:
        return estimator.fit(x, y), "nothing was chosen"
    grid = algorithm.grid_for(len(y) - math.ceil(len(y) / folds))
    search = GridSearchCV(estimator, grid, cv=StratifiedKFold(folds), error_score="raise")
    search.fit(x, y)
    parameters = ", ".join(f"{name}={value}" for name, value in search.best_params_.items())
    said = f"{parameters}: {search.best_score_:.4f} in {folds}-fold cross-validation"
    return search.best_estimator_, said


def _seed(examples: Split) -> int:
    """Of an estimator's random numbers: it follows from the examples."""
    text = json.dumps([examples.inputs, examples.labels])
    return int.from_bytes(hashlib.sha256(text.encode()).digest()[:4], "big")


def _one_processor() -> None:
    """Have numerical libraries use one: several searches run side by side. Imports come first."""
    from threadpoolctl import threadpool_limits

    threadpool_limits(1)
