"""All that one search needs, of programs or of a predictor, and how it runs a candidate."""

from collections.abc import Sequence
from dataclasses import dataclass

from bench.jail import Interpreter, Jail, Limits, Verdict
from bench.options.settings import Settings
from bench.proposers.predictor import Predictor, Task, task_of
from bench.proposers.proposer import Examples, Proposer
from bench.question.dataset import Dataset, Split
from bench.question.grid import GridPoint
from bench.question.prompt import about, render
from bench.record.answer import Answer
from bench.record.attempt import Attempt, Prompt, WrongAnswer
from bench.record.utc import now
from bench.score.accuracy import accuracy_of, wrong_answers


@dataclass(frozen=True, slots=True)
class Case:
    """One search: the point, its data, who is asked, and where candidates run."""

    point: GridPoint
    dataset: Dataset
    proposer: Proposer
    jail: Jail
    settings: Settings
    run_id: str
    generalization_sets: tuple[Dataset, ...] = ()
    """Datasets of other lengths, which have a test split alone: for the selected program."""
    notes: tuple[str, ...] = ()

    def prompt(self) -> Prompt:
        """What is asked."""
        point, target = self.point, self.point.target
        of_table = about(target, self.settings.data)
        return render(point.template, self.dataset.train, target.kind, point.length, of_table)

    @property
    def examples(self) -> Examples:
        """The training examples: all of the data that a proposer sees."""
        return self.dataset.train.items

    async def evaluate(self, code: str, inputs: Sequence[str], seconds: float) -> Verdict:
        """The jail's verdict on a candidate, which may take so many seconds of CPU time."""
        limits = Limits(cpu_seconds=seconds, memory_mib=self.settings.jail.eval_memory)
        argument = self.point.target.kind.argument
        return await self.jail.evaluate(code, inputs, argument, limits)

    def interpreter(self) -> Interpreter:
        """An interpreter for the tool calls of one attempt. It knows the prompt's examples."""
        settings = self.settings
        limits = Limits(
            cpu_seconds=settings.jail.tool_timeout, memory_mib=settings.jail.eval_memory
        )
        argument = self.point.target.kind.argument
        return self.jail.interpreter(self.examples, argument, limits, settings.question.tool_output)


@dataclass(frozen=True, slots=True)
class PredictorCase:
    """One grid point of a predictor: the point, its data, and the predictor."""

    point: GridPoint
    dataset: Dataset
    predictor: Predictor
    settings: Settings
    run_id: str
    generalization_sets: tuple[Dataset, ...] = ()
    """Datasets of other lengths, which have a test split alone."""
    notes: tuple[str, ...] = ()

    def task(self) -> Task:
        """What the predictor is handed."""
        return task_of(self.point, self.dataset.train, self.settings.data)


def unanswered(case: Case | PredictorCase, asker: str, asked: Prompt, number: int) -> Attempt:
    """What is known of an attempt before its answer; `asker` is the name of who is asked."""
    return Attempt(
        run_id=case.run_id,
        point=case.point.key,
        attempt=number,
        seed=case.settings.data.seed,
        dataset_sha256=case.dataset.sha256,
        proposer=asker,
        asked=asked,
        answer=Answer(text=None, started_at=now()),
    )


def accuracy(verdict: Verdict, labels: Sequence[int]) -> float | None:
    """The share of labels that a candidate got right; None where it predicted nothing."""
    return None if verdict.predictions is None else accuracy_of(verdict.predictions, labels)


def wrong_on(verdict: Verdict, split: Split) -> tuple[WrongAnswer, ...]:
    """The first inputs of a split that a candidate got wrong; none where it predicted nothing."""
    if verdict.predictions is None:
        return ()
    return wrong_answers(split.inputs, split.labels, verdict.predictions)
