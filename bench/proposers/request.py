"""The request that an attempt begins with."""

from bench.options.settings import PYTHON, Settings
from bench.proposers.proposer import Examples, Request
from bench.question.grid import GridPoint
from bench.question.tool_description import description


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
