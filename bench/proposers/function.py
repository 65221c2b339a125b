"""A proposer that is a function: training examples and prompt go in; an answer's text comes out.

The function is somebody else's, and runs in this process: what it gives is not trusted, and what it
raises is an outage of the point.
"""

import inspect
import math
from collections.abc import Awaitable, Callable, Mapping
from functools import partial
from typing import Any

import anyio
import anyio.to_thread

from bench.options.secret import secrets_of
from bench.options.settings import AskingOptions
from bench.proposers.clock import Clock
from bench.proposers.foreign_answer import sound_answer
from bench.proposers.proposer import Examples, Outage, Request
from bench.proposers.try_limit import at_most
from bench.record.answer import Answer

Function = Callable[[Examples, str], str | Answer | Awaitable[str | Answer]]
"""From the training examples and the prompt to the answer; plain or async.

An `Answer` in the place of its text can say what it took: its `usage`, its `cost_usd`.
"""


class FunctionProposer:
    """Asks a function, and waits for it as long as for a server."""

    name = "function"

    def __init__(self, function: Function, asking: AskingOptions) -> None:
        self._function = function
        self._seconds = asking.request_timeout
        self._secrets = secrets_of(asking)
        # A plain function that is given up goes on in its thread, and must not be in another's way.
        self._threads = anyio.CapacityLimiter(math.inf)

    def body(self, request: Request) -> Mapping[str, Any]:
        """The model's name and the prompt, in the form of a request's body."""
        return {"model": request.model, "input": request.prompt}

    async def propose(self, request: Request) -> Answer:
        """What the function gives. Raises Outage where that is no text, or comes too late."""
        clock = Clock()
        try:
            with at_most(self._seconds) as limit:
                given = await self._call(request.examples, request.prompt)
        except TimeoutError:
            if not limit.cancelled_caught:  # it is the function's own
                raise
            late = f"no answer within {self._seconds:g} s: --request-timeout gives it longer"
            raise Outage(late, "point") from None
        answer = given if isinstance(given, Answer) else Answer(text=given)
        if not isinstance(answer.text, str):
            raise Outage(f"it gave {type(answer.text).__name__} in the place of a text", "point")
        told = sound_answer(answer, "it gave")
        return Answer(
            text=self._secrets.blotted(answer.text),
            ended="completed",
            usage=told.usage,
            cost_usd=_cost(told),
            model=request.model,
            duration_ms=clock.ms,
            started_at=clock.started_at,
        )

    async def aclose(self) -> None:
        """Nothing is held."""

    async def _call(self, examples: Examples, prompt: str) -> Any:
        function = self._function
        given: Any
        if _is_async(function):
            given = function(examples, prompt)
        else:
            call = partial(function, examples, prompt)
            given = await anyio.to_thread.run_sync(
                call, abandon_on_cancel=True, limiter=self._threads
            )
        return await given if inspect.isawaitable(given) else given


def _is_async(function: Callable[..., Any]) -> bool:
    """Whether a call gives a coroutine; of an object, whether its `__call__` does."""
    call = getattr(function, "__call__", None)  # noqa: B004 - the method itself is looked at
    return inspect.iscoroutinefunction(function) or inspect.iscoroutinefunction(call)


def _cost(answer: Answer) -> float | None:
    """US dollars as the function says, if it does; else 0, unless it names tokens with a price."""
    if answer.cost_usd is not None:
        return answer.cost_usd
    return None if answer.usage.input_tokens else 0.0
