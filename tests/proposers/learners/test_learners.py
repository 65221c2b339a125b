"""The learners: what they learn, that they repeat themselves, and what is said without one."""

import asyncio
import importlib.util
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import pytest

from bench.options.resolve import assemble
from bench.options.settings import SettingsError
from bench.proposers import PredictorRegistration, registry_of
from bench.proposers.learners import Learner, expanded
from bench.proposers.learners.algorithms import ALGORITHMS, Algorithm
from bench.proposers.learners.learner import FittedLearner
from bench.proposers.predictor import Task
from bench.proposers.proposer import Outage
from bench.question.dataset import Split
from targets.kinds import BINARY

INPUTS = tuple(f"{7 * n % 64:06b}" for n in range(64))
THERE = [name for name, one in ALGORITHMS.items() if one.is_installed and name != "tabpfn"]
"""But for the one that loads weights, which a machine need not have."""
OF_SKLEARN = [name for name, one in ALGORITHMS.items() if one.module == "sklearn"]


def first_bit(inputs: Sequence[str]) -> Split:
    return Split(tuple(inputs), tuple(int(x[0]) for x in inputs))


def task_of(examples: Split) -> Task:
    return Task(
        point="p",
        model="learner:it",
        reasoning_effort="high",
        trial=1,
        examples=examples,
        kind=BINARY,
        length=6,
        described="a string of 6 bits",
    )


def fitted(algorithm: Algorithm, examples: Split) -> FittedLearner:
    return asyncio.run(Learner(algorithm).fit(task_of(examples)))


def labels_of(learner: FittedLearner, inputs: Sequence[str]) -> list[int | None]:
    return list(asyncio.run(learner.labels(inputs)))


def plainest(name: str) -> Algorithm:
    """The learner with one value of each parameter, which saves the suite half a minute."""
    algorithm = ALGORITHMS[name]
    return replace(algorithm, grid={name: values[:1] for name, values in algorithm.grid.items()})


@pytest.mark.parametrize("name", THERE)
def test_a_learner_learns_one_bit_and_the_same_again(name: str) -> None:
    examples = first_bit(INPUTS[:40])
    once, again = (fitted(plainest(name), examples) for _ in range(2))
    labels = labels_of(once, INPUTS)
    assert labels == labels_of(again, INPUTS)
    assert labels == labels_of(once, INPUTS[::-1])[::-1]
    assert once.answer.text == again.answer.text
    right = sum(label == int(x[0]) for label, x in zip(labels, INPUTS, strict=True))
    assert right >= (32 if name == "majority" else 50)


def test_what_cross_validation_chose_is_told() -> None:
    learner = fitted(ALGORITHMS["knn"], first_bit(INPUTS[:40]))
    assert learner.answer.text is not None
    assert learner.answer.text.startswith("n_neighbors=")
    assert learner.answer.text.endswith(" in 5-fold cross-validation")


def test_few_examples_have_fewer_folds_or_none() -> None:
    few = first_bit(("000000", "000001", "100000", "100001"))
    text = fitted(ALGORITHMS["knn"], few).answer.text
    assert text == "n_neighbors=1: 1.0000 in 2-fold cross-validation"
    two = first_bit(("000000", "100000"))
    for name in ("svm", "knn", "tree", "logistic"):
        learner = fitted(ALGORITHMS[name], two)
        assert learner.answer.text == "nothing was chosen"
        assert labels_of(learner, two.inputs) == [0, 1]


class Broken:
    def fit(self, x: Any, y: Any) -> None:
        raise RuntimeError("no weights\nhere")


def test_a_library_that_fails_is_an_outage_in_one_line() -> None:
    broken = Algorithm(module="sklearn", package="p", make=lambda _seed: Broken())
    line = "^learner:it cannot be fitted: RuntimeError: no weights here$"
    with pytest.raises(Outage, match=line) as failure:
        fitted(broken, first_bit(INPUTS[:4]))
    assert failure.value.ends == "model"


def without(monkeypatch: pytest.MonkeyPatch, *modules: str) -> None:
    there = importlib.util.find_spec

    def find(name: str) -> Any:
        return None if name in modules else there(name)

    monkeypatch.setattr("bench.proposers.learners.algorithms.find_spec", find)


def test_all_are_those_that_are_there_each_once(monkeypatch: pytest.MonkeyPatch) -> None:
    without(monkeypatch, "xgboost", "lightgbm", "tabpfn")
    every = [f"learner:{name}" for name in OF_SKLEARN]
    assert list(expanded(("gpt-5", "learner:tree", "learner:all"))) == [
        "gpt-5",
        "learner:tree",
        *(name for name in every if name != "learner:tree"),
    ]


@pytest.mark.parametrize(
    ("model", "says"),
    [
        ("learner:xgboost", "learner:xgboost needs xgboost, which is not installed: pip install"),
        ("learner:all", "learner:majority needs scikit-learn, which is not installed: pip install"),
        ("learner:guess", "there is no learner:guess; there are learner:majority, learner:log"),
    ],
)
def test_one_that_is_not_there_is_one_line(
    model: str, says: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    without(monkeypatch, "sklearn", "xgboost", "lightgbm", "tabpfn")
    with pytest.raises(SettingsError, match=f"^--model: {says}"):
        registry_of(assemble(model=expanded((model,))))


def test_a_learner_is_computed_and_takes_no_axis() -> None:
    registry = registry_of(assemble(model=("learner:tree", "enumerator")))
    assert isinstance(registry["learner:tree"], PredictorRegistration)
    assert not registry.paid and not registry.recorded
    indifferent = registry.indifferent
    assert indifferent.prompt == ("learner:tree",)
    assert indifferent.effort == indifferent.tools == ("learner:tree", "enumerator")
