"""The conversation of an attempt: the model is asked until its answer holds no call of the tool.

Nothing of the validation split enters it: what a call sees is the prompt's examples alone.
"""

from collections.abc import Iterator
from contextlib import aclosing
from dataclasses import replace
from typing import cast

from bench.jail import CallResult, Interpreter
from bench.proposers.proposer import Conversing, Request
from bench.record.answer import Answer
from bench.record.tools import ToolCall, ToolResult
from bench.record.turns import Conversation, Turn
from bench.record.wording import counted
from bench.search.case import Case

NO_CALLS_LEFT = "this call was not run: no calls are left, so answer now"


async def converse(case: Case, first: Request) -> Conversation:
    """Ask, run the calls, and ask again, until an answer holds no call or no calls are left.

    With the last call the model gets one more request, which forbids further ones. Raises Outage,
    BudgetSpent and JailBroken.
    """
    if first.calls_left is None:
        return (Turn(await case.proposer.propose(first)),)
    memory = cast("Conversing", case.proposer)
    request = first
    async with aclosing(_Tool(case)) as tool:
        while True:
            answer = await case.proposer.propose(request)
            calls_left = request.calls_left or 0
            if answer.error is not None or not answer.calls or not calls_left:
                return (*request.turns, Turn(answer))
            # What is answered just now has no results yet.
            results = await memory.recall(request) if answer.replayed else None
            if results is None:
                results = await memory.note(request, await tool.results(request, answer))
            request = replace(
                request,
                turns=(*request.turns, Turn(answer, results)),
                calls_left=max(0, calls_left - len(answer.calls)),
            )


class _Tool:
    """The interpreter of one attempt. What a killed run's calls defined is there again."""

    def __init__(self, case: Case) -> None:
        self._case = case
        self._interpreter: Interpreter | None = None
        self._ran = 0
        """How many programs of the conversation have run in this interpreter."""

    async def results(self, request: Request, answer: Answer) -> tuple[ToolResult, ...]:
        """What comes of the calls in an answer. Those of turns before it run first, if need be."""
        interpreter = self._interpreter = self._interpreter or self._case.interpreter()
        await self._catch_up(interpreter, request.turns)
        results = []
        calls_left = request.calls_left or 0
        for call in answer.calls:
            results.append(await self._result(interpreter, call, calls_left))
            calls_left -= 1
        return tuple(results)

    async def _catch_up(self, interpreter: Interpreter, turns: Conversation) -> None:
        """Run the programs of earlier turns that have not run in this interpreter."""
        missing = list(_programs(turns))[self._ran :]
        self._ran += len(missing)
        ends = [place for place, (_, was_last) in enumerate(missing) if was_last]
        if ends:
            await interpreter.aclose()
            missing = missing[ends[-1] + 1 :]
        for code, _ in missing:
            await interpreter.run(code)

    async def _result(
        self, interpreter: Interpreter, call: ToolCall, calls_left: int
    ) -> ToolResult:
        """The result of a call that is one of so many."""
        if calls_left <= 0:
            return ToolResult(text=NO_CALLS_LEFT)
        left = f"[{counted(calls_left - 1, 'call')} left]"
        if call.code is None:
            return ToolResult(text=f"error: {call.fault}\n{left}")
        ran = await interpreter.run(call.code)
        self._ran += 1
        return _shown(ran, left)

    async def aclose(self) -> None:
        """End the interpreter."""
        if self._interpreter is not None:
            await self._interpreter.aclose()


def _programs(turns: Conversation) -> Iterator[tuple[str, bool]]:
    """Every program that was run, in order, and whether its interpreter ended with it."""
    for turn in turns:
        for call, result in zip(turn.answer.calls, turn.results, strict=True):
            if result.was_run and call.code is not None:
                yield call.code, result.error is not None


def _shown(ran: CallResult, left: str) -> ToolResult:
    text = ran.text.rstrip() or "[no output]"
    return ToolResult(
        text=f"{text}\n{left}",
        was_run=True,
        error=ran.error,
        chars=ran.chars,
        cpu_ms=round(ran.cpu_ms, 3),
        wall_ms=round(ran.wall_ms, 3),
    )
