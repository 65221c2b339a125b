"""What every predictor takes and gives: a `Task` in, something fitted out, and labels of that."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from bench.options.settings import DataOptions
from bench.question.dataset import Split
from bench.question.grid import GridPoint
from bench.question.prompt import about
from bench.record.answer import Answer
from targets.kinds import Kind


@dataclass(frozen=True, slots=True, kw_only=True)
class Task:
    """All that a predictor may know of a grid point.

    It holds no label but those of the training examples, and nothing that leads to another: neither
    the target nor the dataset.
    """

    point: str
    """The grid point's test id, for messages alone, as it names the target."""
    model: str
    reasoning_effort: str
    trial: int
    examples: Split
    """The training examples."""
    kind: Kind
    length: int
    described: str
    """What an input is, as a prompt says it."""


def task_of(point: GridPoint, examples: Split, data: DataOptions) -> Task:
    """What a predictor may know of a grid point with these training examples."""
    kind = point.target.kind
    characters, of_table = len(examples.inputs[0]), about(point.target, data)
    return Task(
        point=point.id,
        model=point.model,
        reasoning_effort=point.reasoning_effort,
        trial=point.trial,
        examples=examples,
        kind=kind,
        length=point.length,
        described=kind.described(characters=characters, length=point.length, about=of_table),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Opening:
    """What a predictor would ask first, for a dry run: one that asks nobody has no prompt."""

    prompt: str
    version: str
    """Of the prompt's text."""
    body: Mapping[str, Any]


class FittedPredictor(Protocol):
    """A predictor that was fitted on the examples of one grid point."""

    @property
    def answer(self) -> Answer:
        """What it chose, as the text, and what fitting and labelling took so far."""
        ...

    @property
    def misfit(self) -> str | None:
        """Why it has no labels for inputs of other lengths; None where it has."""
        ...

    async def labels(self, inputs: Sequence[str]) -> Sequence[int | None]:
        """A label for each input; None where its answer is none. Raises Outage or BudgetSpent."""
        ...


class Predictor(Protocol):
    """Whatever is fitted on examples and then labels inputs."""

    name: str
    """`learner` or `icl`, as `Attempt.proposer` has it."""
    test_size: int | None
    """How many inputs of a test split it is asked for, and none of validation: each has its price.

    None: all inputs of both splits.
    """

    def opening(self, task: Task, inputs: Sequence[str]) -> Opening:
        """What it would ask first to label these inputs."""
        ...

    async def fit(self, task: Task) -> FittedPredictor:
        """Fit it on the examples of a task. Raises Outage or BudgetSpent."""
        ...

    async def aclose(self) -> None:
        """Release what is held: connections, files."""
        ...
