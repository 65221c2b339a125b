"""What a predictor is handed, how its labels are scored, and what is written down of it."""

import asyncio
import gc
import random
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import pairwise
from pathlib import Path
from types import BuiltinFunctionType, FunctionType, ModuleType
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bench.options.resolve import assemble
from bench.proposers.predictor import Opening, Task
from bench.question.dataset import Dataset, obtain
from bench.question.grid import GridPoint, points
from bench.question.label_prompt import first_of
from bench.question.spec import spec_of
from bench.record.answer import Answer
from bench.record.attempt import Attempt
from bench.record.codec import parse, to_json
from bench.run.lines import json_line
from bench.search.case import PredictorCase
from bench.search.generalization import generalization_sets
from bench.search.prediction import in_one_order, predict, predictor_dry_run
from targets import Target, find

SETTINGS = assemble(
    functions=("fn_a",), lengths=(20,), train_size=(10,), val_size=20, test_size=40, model=("spy",)
)
Labeller = Callable[[str], int | None]


@dataclass
class Spy:
    """A predictor that labels as it is told, and keeps whatever it is handed."""

    labeller: Labeller
    test_size: int | None = None
    misfit: str | None = None
    name: str = "spy"
    answer: Answer = Answer(text="chose nothing", cost_usd=0.25)
    tasks: list[Task] = field(default_factory=list)
    asked: list[tuple[str, ...]] = field(default_factory=list)

    def opening(self, task: Task, inputs: Sequence[str]) -> Opening:
        return Opening(prompt="which?", version="7", body={"input": list(inputs)})

    async def fit(self, task: Task) -> "Spy":
        self.tasks.append(task)
        return self

    async def labels(self, inputs: Sequence[str]) -> Sequence[int | None]:
        self.asked.append(tuple(inputs))
        return [self.labeller(x) for x in inputs]

    async def aclose(self) -> None:
        """Nothing is held."""


def parity(x: str) -> int:
    return x.count("1") % 2


@pytest.fixture(scope="module")
def dataset(tmp_path_factory: pytest.TempPathFactory) -> Dataset:
    spec = spec_of(find("fn_a"), 20, 1, SETTINGS.data)
    return obtain(spec, tmp_path_factory.mktemp("datasets"))


def case_of(dataset: Dataset, spy: Spy) -> PredictorCase:
    (point,), _ = points(SETTINGS.grid, SETTINGS.question, SETTINGS.data)
    return PredictorCase(point, dataset, spy, SETTINGS, "run")


def predicted(case: PredictorCase) -> Attempt:
    judged: list[Attempt] = []
    (attempt,) = asyncio.run(predict(case, judged.append)).attempts
    assert replace(attempt, outcome=None) == judged[0]
    return attempt


def reachable(thing: object) -> Iterator[object]:
    """All data that leads from an object to another. What code could import is no part of that."""
    seen, todo = set[int](), [thing]
    while todo:
        one = todo.pop()
        if id(one) in seen or isinstance(
            one, type | ModuleType | FunctionType | BuiltinFunctionType
        ):
            continue
        seen.add(id(one))
        yield one
        todo += gc.get_referents(one)


def test_from_a_task_no_way_leads_to_other_labels_the_dataset_or_the_target(
    dataset: Dataset,
) -> None:
    spy = Spy(parity)
    predicted(case_of(dataset, spy))
    found = list(reachable(spy.tasks[0]))
    texts = {one for one in found if isinstance(one, str)}
    assert set(dataset.train.inputs) <= texts
    assert texts.isdisjoint((*dataset.val.inputs, *dataset.test.inputs, "parity_all"))
    assert not [one for one in found if isinstance(one, Dataset | Target | GridPoint | Path)]


def test_validation_and_test_come_as_one_set_in_an_order_of_its_own(dataset: Dataset) -> None:
    spy = Spy(parity)
    predicted(case_of(dataset, spy))
    ((asked,)) = spy.asked
    assert sorted(asked) == sorted((*dataset.val.inputs, *dataset.test.inputs))
    assert asked == in_one_order((*dataset.test.inputs, *dataset.val.inputs))
    of_val = [x in dataset.val.inputs for x in asked]
    assert sum(a != b for a, b in pairwise(of_val)) > 1


@given(st.lists(st.text(max_size=4)), st.randoms(use_true_random=False))
def test_the_order_follows_from_the_set_alone(inputs: list[str], chance: random.Random) -> None:
    again = [*inputs, *inputs]
    chance.shuffle(again)
    assert in_one_order(again) == in_one_order(inputs)
    assert set(in_one_order(inputs)) == set(inputs)


def test_what_is_no_label_counts_as_wrong_and_is_counted_apart(dataset: Dataset) -> None:
    odd: Mapping[str, Any] = {dataset.val.inputs[0]: None, dataset.test.inputs[3]: 2}
    attempt = predicted(case_of(dataset, Spy(lambda x: odd.get(x, parity(x)))))
    assert (attempt.val_acc, attempt.test_acc) == (19 / 20, 39 / 40)
    assert (attempt.no_label, attempt.error) == (2, "bad_output")
    assert attempt.error_detail == "2 of 60 answers are no label"
    (wrong,) = attempt.val_wrong
    assert (wrong.input, wrong.label) == (dataset.val.inputs[0], dataset.val.labels[0])
    assert wrong.prediction is None


def test_a_predictor_is_recorded_without_a_program(dataset: Dataset) -> None:
    attempt = predicted(case_of(dataset, Spy(parity)))
    outcome = attempt.outcome
    assert outcome is not None and outcome.bounds is not None
    assert (attempt.hypothesis, attempt.code, attempt.contract) == ("predictor", None, None)
    assert (attempt.text, attempt.prompt, attempt.cost_usd) == ("chose nothing", "which?", 0.25)
    assert (outcome.solved, outcome.val_size, outcome.test_size) == (True, 20, 40)
    assert (outcome.attempts, outcome.allowed, outcome.recovered) == (1, 1, None)
    assert outcome.bounds.occam.error is None and outcome.bounds.validation.error is not None
    again = parse(json_line(to_json(attempt)).encode())
    assert (again.hypothesis, again.no_label, again.candidate) == ("predictor", 0, None)


def test_one_whose_labels_have_a_price_is_asked_for_the_beginning_of_test_alone(
    dataset: Dataset,
) -> None:
    spy = Spy(parity, test_size=6)
    attempt = predicted(case_of(dataset, spy))
    assert [set(asked) for asked in spy.asked] == [set(first_of(dataset.test, 6).inputs)]
    assert (attempt.val_acc, attempt.test_acc) == (None, 1.0)
    outcome = attempt.outcome
    assert outcome is not None and not outcome.solved
    assert (outcome.val_acc, outcome.val_size, outcome.test_size) == (None, None, 6)
    assert outcome.bounds is None


def test_other_lengths_are_scored_where_it_has_labels_there(
    dataset: Dataset, tmp_path: Path
) -> None:
    sets, _ = generalization_sets(dataset.spec, (30, 25), tmp_path, tmp_path)
    for spy, size in ((Spy(parity), 1000), (Spy(parity, test_size=6), 6)):
        case = replace(case_of(dataset, spy), generalization_sets=sets, notes=("a note",))
        outcome = predicted(case).outcome
        assert outcome is not None and outcome.notes == ("a note",)
        found = [(g.length, g.size, g.accuracy) for g in outcome.generalization]
        assert found == [(30, size, 1.0), (25, size, 1.0)]
    bound = Spy(parity, misfit="it has one length")
    outcome = predicted(replace(case_of(dataset, bound), generalization_sets=sets)).outcome
    assert outcome is not None and outcome.generalization == ()
    assert outcome.notes == ("not tested at length 30, 25: it has one length",)


def test_a_dry_run_records_what_would_be_asked(dataset: Dataset) -> None:
    spy = Spy(parity, test_size=2)
    attempt = predictor_dry_run(case_of(dataset, spy))
    assert attempt.request == {"input": list(in_one_order(dataset.test.inputs[:2]))}
    assert (attempt.prompt, attempt.prompt_version, attempt.text) == ("which?", "7", None)
    assert not spy.tasks and not spy.asked
