"""The request that an attempt begins with, and those that ask for labels."""

from collections.abc import Sequence
from math import ceil

from bench.options.model_names import asked_name
from bench.options.settings import Settings
from bench.proposers.predictor import Task
from bench.proposers.proposer import Examples, Request
from bench.question.grid import GridPoint
from bench.question.label_prompt import Preamble
from bench.question.tool_description import description
from bench.record.tools import PYTHON


def first_request(
    point: GridPoint,
    prompt: str,
    settings: Settings,
    attempt: int = 1,
    examples: Examples = (),
) -> Request:
    """What is asked at a grid point, before any turn of its conversation."""
    has_python = point.tools == PYTHON
    return Request(
        point=point.id,
        model=point.model,
        reasoning_effort=point.reasoning_effort,
        prompt=prompt,
        trial=point.trial,
        attempt=attempt,
        tools=point.tools,
        tool=description(settings.question, settings.jail) if has_python else "",
        examples=examples,
        calls_left=settings.question.max_tool_calls if has_python else None,
    )


def label_requests(settings: Settings) -> int:
    """How many requests ask for labels at one grid point, at most."""
    inputs = min(settings.data.icl_test_size, settings.data.test_size)
    return ceil(inputs / settings.question.icl_batch)


def label_request(task: Task, preamble: Preamble, inputs: Sequence[str]) -> Request:
    """What asks for the labels of these inputs, with the examples of the task before them."""
    return Request(
        point=task.point,
        model=asked_name(task.model),
        reasoning_effort=task.reasoning_effort,
        prompt=preamble.asking(inputs).text,
        shared=preamble.text,
        trial=task.trial,
        attempt=1,
        examples=task.examples.items,
    )
