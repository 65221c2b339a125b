"""The Python tool over both APIs: what is sent, and what is made of the odd calls of servers."""

import asyncio
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import pytest

from bench.proposers.api.chat import Chat
from bench.proposers.api.reading import OUTGROWN
from bench.proposers.api.responses import Responses
from bench.proposers.api.tool_calls import LONGEST_CODE, MOST_CALLS
from bench.proposers.proposer import Outage, Request, TooLong
from bench.record.answer import Answer
from bench.record.tools import ToolResult
from bench.record.turns import Turn
from tests.support.options import asked
from tests.support.replies import Reply, calling, error
from tests.support.server import serve

REQUEST = Request(
    point="p",
    model="gpt-5",
    reasoning_effort="high",
    prompt="say",
    trial=1,
    attempt=1,
    tools="python",
    tool="Runs Python.",
    calls_left=20,
)
APIS = (Chat, Responses)
CODE = '{"code": "1"}'


def ask(
    api: type[Chat] | type[Responses], replies: Sequence[Reply], request: Request = REQUEST
) -> tuple[list[Answer], list[dict[str, Any]]]:
    """The answers to as many turns, each call of which gets its name's text as its result."""

    async def run(base_url: str) -> list[Answer]:
        proposer = api(*asked(base_url=base_url, max_retries=0))
        answers, now = [], request
        try:
            for _ in replies:
                answers.append(await proposer.propose(now))
                results = tuple(ToolResult(text=f"of {call.id}") for call in answers[-1].calls)
                now = replace(now, turns=(*now.turns, Turn(answers[-1], results)))
        finally:
            await proposer.aclose()
        return answers

    with serve(replies) as server:
        return asyncio.run(run(server.base_url)), [one.body for one in server.questions]


def odd(*arguments: Any) -> Reply:
    return Reply(text=None, calls=[{"name": "python", "arguments": one} for one in arguments])


@pytest.mark.parametrize("api", APIS)
def test_what_servers_send_is_read_as_far_as_it_can_be(
    api: type[Chat] | type[Responses],
) -> None:
    deep: Any = []
    for _ in range(100):
        deep = [deep]
    no_program = (
        *(None, "", "print(1)", "[1]", deep, {"code": deep}, '{"code": ' + "[" * 100 + "]" * 100),
        *({"program": "1"}, '{"code": 7}', " {}"),
    )
    replies = [
        odd({"code": "2"}, '{"code": "a\nb"}'),
        odd(*no_program),
        Reply(text="\ud800", calls=[{"id": "a", "name": "browse", "arguments": CODE}]),
        Reply(text=None, calls=[{"id": "a", "name": "python", "arguments": CODE}] * 2),
        odd({"code": "x" * (LONGEST_CODE + 1)}),
        odd(*[CODE] * (MOST_CALLS + 1)),
        Reply(text="done"),
    ]
    answers, _ = ask(api, replies)
    whole, faulty, unknown, twins, long, many, last = (answer.calls for answer in answers)
    assert [(call.id, call.code) for call in whole] == [("call_0_0", "2"), ("call_0_1", "a\nb")]
    assert [call.code for call in faulty] == [None] * len(no_program)
    assert all(call.fault and 'give {"code"' in call.fault for call in faulty)
    assert unknown[0].code is None and "no function 'browse'" in (unknown[0].fault or "")
    assert [call.id for call in twins] == ["call_3_0", "call_3_1"]
    assert long[0].code is None and "longer than" in (long[0].fault or "")
    assert (len(many), last, answers[-1].text) == (MOST_CALLS, (), "done")


@pytest.mark.parametrize("api", APIS)
def test_each_request_holds_the_whole_conversation(api: type[Chat] | type[Responses]) -> None:
    _, (first, second) = ask(api, [calling("1", "2", text="let me see"), Reply()])
    if api is Chat:
        user, assistant, *results = second["messages"]
        assert [user] == first["messages"] and assistant["content"] == "let me see"
        ids = [call["id"] for call in assistant["tool_calls"]]
        told = [(one["tool_call_id"], one["content"]) for one in results]
        assert first["tools"][0]["function"]["description"] == "Runs Python."
    else:
        user, reasoning, message, *rest = second["input"]
        assert (user["content"], reasoning["type"], message["type"]) == (
            first["input"],
            "reasoning",
            "message",
        )
        ids = [one["call_id"] for one in rest[:2]]
        told = [(one["call_id"], one["output"]) for one in rest[2:]]
        assert first["include"] == ["reasoning.encrypted_content"]
        assert first["tools"][0]["description"] == "Runs Python."
    assert told == [(call_id, f"of {call_id}") for call_id in ids]
    assert len(set(ids)) == 2


@pytest.mark.parametrize("api", APIS)
def test_only_the_first_turn_requires_a_call_and_the_last_forbids_it(
    api: type[Chat] | type[Responses],
) -> None:
    proposer = api(*asked(tool_choice="required", tools=("python",)))
    later = replace(REQUEST, turns=(Turn(Answer(text="")),))
    requests = (REQUEST, later, replace(later, calls_left=0))
    choices = [proposer.body(request)["tool_choice"] for request in requests]
    assert choices == ["required", "auto", "none"]


def test_what_the_server_keeps_is_not_sent_back_encrypted() -> None:
    kept, unreasoned = (
        Responses(*asked(store=store)).body(replace(REQUEST, model=model))
        for store, model in ((True, "gpt-5"), (False, "gpt-4.1"))
    )
    assert "include" not in kept and "include" not in unreasoned


@pytest.mark.parametrize(
    "reply",
    [
        error(400, "registry.ollama.ai/library/gemma:2b does not support tools"),
        error(400, '"auto" tool choice requires --enable-auto-tool-choice to be set'),
        error(404, "No endpoints found that support tool use."),
        error(400, "`tool calling` is not supported with this model"),
        error(
            400,
            "Unsupported parameter: 'tools' is not supported with this model.",
            code="unsupported_parameter",
        ),
    ],
)
def test_a_server_without_tools_ends_the_point_with_its_advice(reply: Reply) -> None:
    with pytest.raises(Outage, match="give --tools none") as outage:
        ask(Chat, [reply])
    assert outage.value.ends == "point"


@pytest.mark.parametrize("api", APIS)
def test_a_conversation_that_outgrows_the_model_is_the_end_of_its_attempt(
    api: type[Chat] | type[Responses],
) -> None:
    full = Reply(
        status=400,
        error={
            "message": "request (523 tokens) exceeds the available context size (512 tokens)",
            "type": "exceed_context_size_error",
            "code": 400,
        },
    )
    (_, ended), _ = ask(api, [odd(CODE), full])
    assert (ended.error, ended.error_detail) == ("incomplete", OUTGROWN)
    assert (ended.usage.total_tokens, ended.calls) == (0, ())
    with pytest.raises(TooLong, match="lower --train-size") as outage:
        ask(api, [full])
    assert outage.value.ends == "point"
