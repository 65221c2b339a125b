"""The conversation of an attempt, with a model and an interpreter that are scripted here."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Any, cast

from bench.jail import CallResult
from bench.options.settings import QuestionOptions
from bench.proposers.proposer import Request
from bench.record.answer import Answer
from bench.record.errors import Error
from bench.record.tools import ToolCall, ToolResult
from bench.record.turns import Conversation, summed
from bench.record.usage import Usage
from bench.search.case import Case
from bench.search.conversation import NO_CALLS_LEFT, converse

Script = Callable[[Request], Answer]


@dataclass
class Interpreter:
    """Remembers the programs that ran since it was started anew."""

    ran: list[str] = field(default_factory=list)
    total: int = 0

    async def run(self, code: str) -> CallResult:
        self.ran.append(code)
        self.total += 1
        text, error = ",".join(self.ran), Error.TIMEOUT if code == "loop" else None
        if error:
            self.ran.clear()
        return CallResult(text=text, error=error, cpu_ms=1.0, wall_ms=1.0, chars=len(text))

    async def aclose(self) -> None:
        self.ran.clear()


@dataclass
class Scripted:
    """A model, the ledger in front of it, and the interpreter of its attempt."""

    script: Script
    recorded: dict[int, tuple[ToolResult, ...]] = field(default_factory=dict)
    interpreters: list[Interpreter] = field(default_factory=list)
    asked: list[Request] = field(default_factory=list)

    async def propose(self, request: Request) -> Answer:
        self.asked.append(request)
        return self.script(request)

    async def recall(self, request: Request) -> tuple[ToolResult, ...] | None:
        return self.recorded.get(len(request.turns))

    async def note(
        self, request: Request, results: tuple[ToolResult, ...]
    ) -> tuple[ToolResult, ...]:
        return self.recorded.setdefault(len(request.turns), results)

    def interpreter(self) -> Interpreter:
        self.interpreters.append(Interpreter())
        return self.interpreters[-1]

    @property
    def proposer(self) -> "Scripted":
        return self

    def converse(self, calls_left: int | None = 20) -> Conversation:
        request = Request(
            point="p",
            model="m",
            reasoning_effort="high",
            prompt="say",
            trial=1,
            attempt=1,
            tools="python",
            calls_left=calls_left,
        )
        return asyncio.run(converse(cast("Case", self), request))


def said(*programs: str | None, text: str | None = None, **given: Any) -> Answer:
    calls = tuple(
        ToolCall(id=f"{n}", name="python", code=code, fault=None if code else "no program")
        for n, code in enumerate(programs)
    )
    return Answer(text=text, calls=calls, **given)


def each_turn(*answers: Answer) -> Script:
    return lambda request: answers[min(len(request.turns), len(answers) - 1)]


def test_an_attempt_without_the_tool_is_one_turn() -> None:
    model = Scripted(each_turn(said(text="x")))
    (turn,) = model.converse(calls_left=None)
    assert summed((turn,)) == turn.answer and model.interpreters == []


def test_faulty_calls_count_and_later_calls_see_earlier_ones() -> None:
    model = Scripted(each_turn(said("a", None, "b"), said("c"), said(text="done")))
    first, second, last = model.converse()
    assert [result.text for result in first.results] == [
        "a\n[19 calls left]",
        "error: no program\n[18 calls left]",
        "a,b\n[17 calls left]",
    ]
    assert (second.results[0].text, last.answer.text) == ("a,b,c\n[16 calls left]", "done")
    assert [request.calls_left for request in model.asked] == [20, 17, 16]


def test_of_thirty_calls_the_default_limit_runs_twenty() -> None:
    limit = QuestionOptions().max_tool_calls
    programs = [f"{number}" for number in range(30)]
    model = Scripted(each_turn(*map(said, programs), said(text="done")))
    *turns, last = model.converse(calls_left=limit)
    assert [turn.results[0].was_run for turn in turns] == [True] * limit == [True] * 20
    assert model.interpreters[0].total == 20
    assert (model.asked[-1].calls_left, last.results) == (0, ())
    assert last.answer.calls[0].code == "20"
    at_once = Scripted(each_turn(said(*programs), said(text="done")))
    first, last = at_once.converse(calls_left=limit)
    assert [result.was_run for result in first.results] == [True] * 20 + [False] * 10
    assert (at_once.asked[-1].calls_left, last.answer.text) == (0, "done")


def test_after_the_last_call_one_request_forbids_further_ones() -> None:
    model = Scripted(each_turn(said("a", "b")))
    *turns, last = model.converse(calls_left=3)
    assert [request.calls_left for request in model.asked] == [3, 1, 0]
    assert turns[1].results[1] == ToolResult(text=NO_CALLS_LEFT)
    assert model.interpreters[0].total == 3
    assert last.answer.calls and last.results == ()


def test_an_answer_cut_off_ends_the_attempt() -> None:
    cut = said("a", error="incomplete")
    conversation = Scripted(each_turn(cut)).converse()
    assert conversation[-1].answer == cut
    assert (summed(conversation).tool_uses, summed(conversation).turns) == (1, 1)


def test_recorded_results_are_taken_and_the_interpreter_is_rebuilt_for_a_new_call() -> None:
    answers = (said("a"), said("loop"), said("b"), said("c"), said(text="done"))
    first = Scripted(each_turn(*answers))
    whole = first.converse()
    again = each_turn(*(replace(answer, replayed=True) for answer in answers))
    replayed = Scripted(again, recorded=dict(first.recorded))
    assert [turn.results for turn in replayed.converse()] == [turn.results for turn in whole]
    assert replayed.interpreters == []
    killed = Scripted(again, {n: first.recorded[n] for n in range(3)})
    assert [turn.results for turn in killed.converse()] == [turn.results for turn in whole]
    assert killed.interpreters[0].total == 2  # nothing before the timeout is left to rebuild


def test_what_an_attempt_took_is_the_sum_of_its_turns() -> None:
    def answer(*programs: str, **given: Any) -> Answer:
        usage = Usage(input_tokens=10, output_tokens=5)
        return said(*programs, usage=usage, cost_usd=0.1, duration_ms=2.0, **given)

    model = Scripted(each_turn(answer("a", replayed=True), answer("b"), answer(text="done")))
    attempt = summed(model.converse())
    assert (attempt.turns, attempt.tool_uses, attempt.tool_cpu_ms) == (3, 2, 2.0)
    assert (attempt.usage.input_tokens, attempt.usage.reasoning_tokens) == (30, None)
    assert (attempt.cost_usd, attempt.duration_ms, attempt.replayed) == (0.3, 6.0, False)
    assert (attempt.paid_usd, attempt.paid_now) == (0.2, 0.2)  # the first turn was paid before
    assert attempt.tool_results_chars == len("a\n[19 calls left]") + len("a,b\n[18 calls left]")
    assert attempt.text == "done"
