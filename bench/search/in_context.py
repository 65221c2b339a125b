"""In-context learning: a model is shown the training examples, and asked for labels of inputs."""

import json
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field

import anyio

from bench.proposers.predictor import Opening, Task
from bench.proposers.proposer import Proposer, Request
from bench.proposers.request import label_request
from bench.question.label_prompt import VERSION, Preamble, batches, preamble
from bench.record.answer import Answer
from bench.record.errors import Error
from bench.record.turns import Turn, summed
from bench.record.usage import Usage

WIDTH = 8
"""So many requests of a process there may be at once, however few searches are in flight. That is
fewer than the outages in a row that stop a run.
"""


_LONGEST_EXCERPT = 80
"""Characters of an answer that held no label."""


def lanes(concurrency: int) -> anyio.CapacityLimiter:
    """The room for requests that the points of a process share, first come, first served."""
    return anyio.CapacityLimiter(max(concurrency, WIDTH))


class InContext:
    """A model that labels inputs with the training examples before it."""

    name = "icl"

    def __init__(
        self, asker: Proposer, batch: int, test_size: int, room: anyio.CapacityLimiter
    ) -> None:
        """The model is asked for `batch` inputs at once, and as often at once as there is room."""
        self.test_size: int | None = test_size
        self._asker = asker
        self._batch = batch
        self._room = room

    def opening(self, task: Task, inputs: Sequence[str]) -> Opening:
        """The longest of its requests, so that none can cost more."""
        shown = preamble(task.examples, task.described)
        requests = (label_request(task, shown, some) for some in batches(inputs, self._batch))
        longest = max(requests, key=lambda request: len(json.dumps(request.prompt)))
        return Opening(prompt=longest.prompt, version=VERSION, body=self._asker.body(longest))

    async def fit(self, task: Task) -> "Primed":
        """Nothing is asked yet: the examples are in each request."""
        shown = preamble(task.examples, task.described)
        return Primed(self._asker, self._batch, self._room, task, shown)

    async def aclose(self) -> None:
        """Close the proposer."""
        await self._asker.aclose()


@dataclass(slots=True)
class Primed:
    """The model with the examples of one grid point before it."""

    asker: Proposer
    batch: int
    room: anyio.CapacityLimiter
    task: Task
    preamble: Preamble
    _answers: list[Answer] = field(default_factory=list)
    _labels: list[int | None] = field(default_factory=list)
    _unread: str | None = None
    """The text of the first answer in which a label was not found."""

    @property
    def answer(self) -> Answer:
        """All labels so far, as JSON, with what all requests took together."""
        # A filter that refuses a prompt tells no usage: nothing was used.
        used = [a for a in self._answers if a.error != Error.REFUSED or a.usage != Usage()]
        every = summed(tuple(map(Turn, used or self._answers)))
        return Answer(
            text=json.dumps(self._labels, separators=(",", ":")),
            error_detail=self._why_none,
            usage=every.usage,
            cost_usd=every.cost_usd,
            paid_usd=every.paid_usd,
            model=every.model,
            turns=len(self._answers),
            duration_ms=every.duration_ms,
            started_at=every.started_at,
            replayed=every.replayed,
        )

    @property
    def _why_none(self) -> str | None:
        """How many answers were cut off or refused, and one that was not and yet held no label."""
        faults = Counter(answer.error for answer in self._answers if answer.error is not None)
        told = [f"{count} {error}" for error, count in sorted(faults.items())]
        if self._unread is not None:
            told.append(f"such as {json.dumps(self._unread[:_LONGEST_EXCERPT])}")
        return ", ".join(told) or None

    @property
    def misfit(self) -> str | None:
        """Inputs of another length than the examples are not asked for."""
        return "in context, labels are asked for at the length of the examples alone"

    async def labels(self, inputs: Sequence[str]) -> Sequence[int | None]:
        """The label of each input; None where the answer holds none.

        Raises Outage or BudgetSpent where a request has no answer.
        """
        parts = list(batches(inputs, self.batch))
        answers = await self._ask([label_request(self.task, self.preamble, p) for p in parts])
        labels: list[int | None] = []
        for answer, part in zip(answers, parts, strict=True):
            found = _read(answer, part)
            labels += found
            if None in found and answer.error is None and self._unread is None:
                self._unread = answer.text or ""
        self._answers += answers
        self._labels += labels
        return labels

    async def _ask(self, requests: Sequence[Request]) -> list[Answer]:
        """An answer to each request.

        After the first that has none, no more are asked. Those under way come to their end, as they
        are paid for.
        """
        answers: dict[int, Answer] = {}
        failures: list[Exception] = []

        async def ask(place: int) -> None:
            async with self.room:
                if failures:
                    return
                try:
                    answers[place] = await self.asker.propose(requests[place])
                except Exception as failure:  # noqa: BLE001 - the first one is raised below
                    failures.append(failure)

        async with anyio.create_task_group() as tasks:
            for place in range(len(requests)):
                tasks.start_soon(ask, place)
        if failures:
            raise failures[0]
        return [answers[place] for place in range(len(requests))]


def _read(answer: Answer, inputs: Sequence[str]) -> tuple[int | None, ...]:
    """The labels in an answer, none of one that was cut off or refused."""
    from bench.contract.labels import read_labels  # its patterns take a moment to compile

    if answer.error is not None:
        return (None,) * len(inputs)
    return read_labels(answer.text, inputs)
