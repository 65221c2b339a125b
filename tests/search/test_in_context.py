"""In-context learning: how many requests are under way, what they sum up to, and where they end."""

import asyncio
import json
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

import pytest

from bench.ledger.account import FAILURES
from bench.proposers.predictor import Task
from bench.proposers.proposer import BudgetSpent, Outage, Request
from bench.question.dataset import Split
from bench.record.answer import Answer
from bench.record.usage import Usage
from bench.search.in_context import WIDTH, InContext, Primed, lanes
from targets import kinds

TASK = Task(
    point="p",
    model="icl:m",
    reasoning_effort="low",
    trial=2,
    examples=Split(("0110", "1000"), (0, 1)),
    kind=kinds.BINARY,
    length=4,
    described="a string of 4 bits",
)
INPUTS = [f"{number:04b}" for number in range(16)]


class Asker:
    """A model that answers by a function, as soon as the event loop has gone around."""

    name = "responses"

    def __init__(self, answer: Callable[[Request], Answer]) -> None:
        self.asked: list[Request] = []
        self.under_way = self.most = self.answered = 0
        self._answer = answer

    def body(self, request: Request) -> Mapping[str, Any]:
        return {"input": request.prompt}

    async def propose(self, request: Request) -> Answer:
        self.asked.append(request)
        self.under_way += 1
        self.most = max(self.most, self.under_way)
        await asyncio.sleep(0.001)
        self.under_way -= 1
        answer = self._answer(request)
        self.answered += 1
        return answer

    async def aclose(self) -> None:
        pass


def asked_inputs(request: Request) -> list[str]:
    """The inputs in a prompt."""
    shown = request.prompt.removeprefix(request.shared).split("```")[1].split()
    return [word for word in shown if not word.endswith(":")]


def first_bit(request: Request) -> Answer:
    """The first bit of the one input that is asked for, at a price."""
    usage = Usage(input_tokens=10, output_tokens=1)
    return Answer(text=asked_inputs(request)[0][0], usage=usage, cost_usd=0.01, response_id="r")


def label(asker: Asker, inputs: list[str] = INPUTS, batch: int = 1, concurrency: int = 1) -> Primed:
    """The model, once it has labelled these inputs."""

    async def run() -> Primed:
        fitted = await InContext(asker, batch, 100, lanes(concurrency)).fit(TASK)
        labels = await fitted.labels(inputs)
        assert json.loads(fitted.answer.text or "") == labels
        return fitted

    return asyncio.run(run())


def test_labels_come_in_the_order_of_the_inputs_with_the_sum_of_what_they_took() -> None:
    asker = Asker(first_bit)
    answer = label(asker).answer
    assert answer.text == "[0,0,0,0,0,0,0,0,1,1,1,1,1,1,1,1]"
    assert (answer.turns, answer.cost_usd, answer.paid_usd) == (16, 0.16, None)
    assert (answer.usage.input_tokens, answer.usage.output_tokens) == (160, 16)
    assert (answer.error, answer.error_detail, answer.response_id) == (None, None, None)
    first = asker.asked[0]
    assert (first.model, first.reasoning_effort, first.trial, first.attempt) == ("m", "low", 2, 1)
    assert first.tools == "none" and first.prompt.startswith(first.shared)
    assert len({request.shared for request in asker.asked}) == 1


def test_several_inputs_at_once_are_told_apart_by_their_numbers() -> None:
    def numbered(request: Request) -> Answer:
        labels = [f"{n}: {x[0]}" for n, x in enumerate(asked_inputs(request), 1)]
        return Answer(text=labels[0][-1] if len(labels) == 1 else "\n".join(labels))

    asker = Asker(numbered)
    assert label(asker, batch=5).answer.text == "[0,0,0,0,0,0,0,0,1,1,1,1,1,1,1,1]"
    assert [len(asked_inputs(request)) for request in asker.asked] == [5, 5, 5, 1]


def test_an_answer_that_was_cut_off_or_refused_is_no_label_and_is_counted() -> None:
    def cut(request: Request) -> Answer:
        x = asked_inputs(request)[0]
        error = {"0000": "incomplete", "0001": "refused", "0010": "incomplete"}.get(x)
        return Answer(text="1", error=error)

    answer = label(Asker(cut), INPUTS[:5]).answer
    assert (answer.text, answer.error_detail) == ("[null,null,null,1,1]", "2 incomplete, 1 refused")


def test_an_answer_without_a_label_is_told_of_and_a_refusal_without_usage_costs_nothing() -> None:
    def odd(request: Request) -> Answer:
        x = asked_inputs(request)[0]
        if x == "0001":
            return Answer(text="blocked", error="refused")
        return replace(first_bit(request), text='Is it "0" or 1?' * 9 if x == "0011" else "1")

    answer = label(Asker(odd), INPUTS[:5]).answer
    assert answer.text == "[1,null,1,null,1]"
    assert answer.error_detail is not None
    assert answer.error_detail.startswith('1 refused, such as "Is it \\"0\\" or 1?Is it')
    assert len(answer.error_detail) < 120
    assert (answer.cost_usd, answer.usage.output_tokens, answer.turns) == (0.04, 4, 5)


def test_what_an_earlier_run_paid_for_is_not_paid_now() -> None:
    def partly_recorded(request: Request) -> Answer:
        return Answer(text="0", cost_usd=0.01, replayed=asked_inputs(request)[0] != "0000")

    answer = label(Asker(partly_recorded)).answer
    assert (answer.cost_usd, answer.paid_usd, answer.replayed) == (0.16, 0.01, False)


@pytest.mark.parametrize(("concurrency", "most"), [(1, WIDTH), (12, 12), (100, 16)])
def test_requests_under_way_have_a_bound(concurrency: int, most: int) -> None:
    asker = Asker(first_bit)
    label(asker, concurrency=concurrency)
    assert asker.most == most
    assert WIDTH < FAILURES  # one point's requests that fail together do not stop the run


def test_points_share_the_room_and_the_first_one_ends_first() -> None:
    asker = Asker(first_bit)

    async def run() -> None:
        room = lanes(1)
        one, other = [await InContext(asker, 1, 100, room).fit(TASK) for _ in range(2)]
        await asyncio.gather(one.labels(INPUTS), other.labels(INPUTS))

    asyncio.run(run())
    assert asker.most == WIDTH
    asked = [asked_inputs(request)[0] for request in asker.asked]
    assert sorted(asked[:16]) == INPUTS


@pytest.mark.parametrize("failure", [Outage("the server is down"), BudgetSpent("spent")])
def test_after_a_failure_what_is_under_way_ends_and_nothing_more_is_asked(
    failure: Exception,
) -> None:
    def fails_once(request: Request) -> Answer:
        if asked_inputs(request)[0] == "0010":
            raise failure
        return first_bit(request)

    asker = Asker(fails_once)
    with pytest.raises(type(failure)) as raised:
        label(asker)
    assert raised.value is failure
    assert asker.under_way == 0
    assert WIDTH <= len(asker.asked) < len(INPUTS) and asker.answered == len(asker.asked) - 1


def test_a_dry_run_has_the_longest_request() -> None:
    opening = InContext(Asker(first_bit), 1, 100, lanes(1)).opening(TASK, ["01", "0101", "010"])
    assert "```\n0101\n```" in opening.prompt
    assert opening.body == {"input": opening.prompt} and opening.version.startswith("in-context")
