"""Replies of status 200 that hold no answer of the model, or only a part of one."""

from dataclasses import replace
from typing import Any

import pytest

from bench.proposers.api.chat import Chat
from bench.proposers.api.responses import Responses
from bench.proposers.proposer import Outage
from bench.record.answer import Answer
from tests.proposers.api.test_chat import choice
from tests.proposers.api.test_failures import REQUEST, ask
from tests.support.server import GOOD, RESPONSES_USAGE, Reply

NO_OUTPUT: dict[str, Any] = {"output": None, "usage": None}
READ_ALONE = {"input_tokens": 1000, "output_tokens": 0, "total_tokens": 1000}
MALFORMED = "malformed_function_call"
FILTERED_CALL = f"function_call_filter: {MALFORMED}"
LOGIN = {"status_code": 1004, "status_msg": "login fail"}
FILTERED = {"code": "content_filter", "message": "No."}
PROVIDER = {"code": 502, "message": "Provider returned error"}


def failed(code: str, message: str) -> dict[str, Any]:
    return {"status": "failed", "error": {"code": code, "message": message}, **NO_OUTPUT}


@pytest.mark.parametrize(
    ("api", "fields", "says"),
    [
        (Chat, choice("error", content=""), "broke the answer off (finish_reason 'error')"),
        (Chat, choice("network_error", content=None), "network_error"),
        (Chat, choice("insufficient_system_resource", content="def"), "insufficient_"),
        (Chat, choice("canceled", content="def"), "broke the answer off"),
        (Chat, choice("time_limit", content="def"), "broke the answer off"),
        (Chat, choice("unheard_of", content=""), "empty, with finish_reason 'unheard_of'"),
        (Chat, {"choices": [{"message": {"content": None}}]}, "empty, with finish_reason None"),
        (Chat, {"choices": [{"message": None, "error": PROVIDER}]}, "returned error (502)"),
        (Chat, {"choices": []}, "the server gave no choice"),
        (Chat, {"choices": None}, "the server gave no choice"),
        (Chat, {"error": PROVIDER}, "the server failed, Provider returned error (502)"),
        (Chat, {"error": "overloaded"}, "the server failed, overloaded"),
        (Chat, {"base_resp": LOGIN, "choices": None}, "the server failed, login fail (1004)"),
        (Chat, {"error": "the model is not available now"}, "the model is not available now"),
        (Responses, {"error": PROVIDER}, "the server failed, Provider returned error (502)"),
        (Responses, failed("server_error", "Sorry."), "the response failed, Sorry. (server_error)"),
        (Responses, {"status": "failed", **NO_OUTPUT}, "the response failed, no reason given"),
        (Responses, {"status": "cancelled", "output": []}, "the response cancelled"),
        (Responses, {"status": None, "output": []}, "empty, with status None"),
        (Responses, {"status": "incomplete", **NO_OUTPUT}, "'incomplete' and reason None"),
    ],
)
def test_a_servers_failure_is_an_outage_in_its_own_words(
    api: type[Responses] | type[Chat], fields: dict[str, Any], says: str
) -> None:
    outage, asked = ask(api, Reply(fields=fields))
    assert isinstance(outage, Outage) and says in str(outage), outage
    assert outage.ends is None and "--base-url" not in str(outage) and asked == 1


@pytest.mark.parametrize(
    ("api", "fields", "ends"),
    [
        (Chat, {"error": {"code": 401, "message": "No auth credentials found"}}, "run"),
        (Chat, {"error": {"code": "context_length_exceeded", "message": "long"}}, "point"),
        (Responses, failed("insufficient_quota", "no money"), "run"),
        (Responses, {"error": {"code": "model_not_found", "message": "m"}}, "model"),
    ],
)
def test_the_servers_code_decides_also_in_a_200(
    api: type[Responses] | type[Chat], fields: dict[str, Any], ends: str
) -> None:
    outage, _ = ask(api, Reply(fields=fields))
    assert isinstance(outage, Outage) and outage.ends == ends


@pytest.mark.parametrize(
    ("api", "reply"),
    [
        (Chat, Reply(status=400, error=FILTERED)),
        (Chat, Reply(fields={"error": FILTERED, "usage": None})),
        (Responses, Reply(status=400, error=FILTERED)),
        (Responses, Reply(fields=failed("content_filter", "No."))),
        (Responses, Reply(fields=failed("content_filter", "No.") | {"usage": READ_ALONE})),
        (Responses, Reply(fields=failed("invalid_prompt", "No: flagged (content_filter)"))),
    ],
)
def test_a_content_filter_is_an_attempt_that_was_refused(
    api: type[Responses] | type[Chat],
    reply: Reply,
) -> None:
    answer, asked = ask(api, reply)
    assert isinstance(answer, Answer) and asked == 1
    assert (answer.text, answer.error, answer.usage.output_tokens) == (None, "refused", 0)
    assert answer.usage.input_tokens == (1000 if reply.fields.get("usage") else 0)
    assert "(content_filter)" in str(answer.error_detail)


@pytest.mark.parametrize("tools", ["none", "python"])
@pytest.mark.parametrize("reason", ["content_filter: PROHIBITED_CONTENT", "RECITATION", "SPII"])
def test_a_choice_that_geminis_filter_held_back_is_an_attempt_that_was_refused(
    reason: str, tools: str
) -> None:
    held = {"choices": [{"index": 0, "finish_reason": reason}]}
    for fields in (held, choice(reason, content="def")):
        answer, _ = ask(Chat, Reply(fields=fields), request=replace(REQUEST, tools=tools))
        assert (answer.error, answer.error_detail) == ("refused", reason.lower())
        assert answer.usage.output_tokens == 500


@pytest.mark.parametrize(
    ("api", "reply", "ended"),
    [
        (Chat, Reply(text="", fields=choice("stop", content="")), "stop"),
        (Chat, Reply(fields=choice("tool_calls", content=None)), "tool_calls"),
        (Chat, Reply(fields=choice("MALFORMED_FUNCTION_CALL")), MALFORMED),
        (Chat, Reply(fields=choice(f"function_call_filter: {MALFORMED}")), FILTERED_CALL),
        (Responses, Reply(text=None), "completed"),
    ],
)
def test_a_model_that_says_nothing_has_answered(
    api: type[Responses] | type[Chat],
    reply: Reply,
    ended: str,
) -> None:
    answer, _ = ask(api, reply)
    assert (answer.error, answer.ended, answer.tells_nothing) == (None, ended, False)
    assert not answer.text


NO_WORDS = {"message": "", "type": "", "param": "", "code": None}


@pytest.mark.parametrize("error", [NO_WORDS, {}, "", {"code": 0, "message": ""}, [], False])
def test_an_error_without_a_word_is_none(error: Any) -> None:
    said = {"finish_reason": "stop", "message": {"content": GOOD}}
    replies: tuple[tuple[type[Responses | Chat], dict[str, Any]], ...] = (
        (Chat, {"error": error, "base_resp": {"status_code": 0, "status_msg": "success"}}),
        (Chat, {"choices": [{**said, "error": error}]}),
        (Responses, {"error": error}),
    )
    for api, fields in replies:
        answer, asked = ask(api, Reply(fields=fields))
        assert (answer.text, answer.error, asked) == (GOOD, None, 1)


def used(tokens: int) -> dict[str, Any]:
    counts = {"output_tokens": tokens, "completion_tokens": tokens, "total_tokens": None}
    return {**RESPONSES_USAGE, **counts}


@pytest.mark.parametrize(
    ("api", "reply", "error"),
    [
        (Responses, Reply(usage=used(100)), "incomplete"),
        (Responses, Reply(text=None, usage=used(101)), "incomplete"),
        (Responses, Reply(usage=used(101)), None),
        (Responses, Reply(usage=used(10**8)), None),
        (Responses, Reply(usage=used(101), fields={"status": None}), "incomplete"),
        (Responses, Reply(usage=used(99)), None),
        (Chat, Reply(usage=used(100)), "incomplete"),
        (Chat, Reply(usage=used(101)), None),  # its reasoning is counted, and not limited
        (Chat, Reply(usage=used(101), fields=choice("", content="")), "incomplete"),
        (Chat, Reply(usage=used(99)), None),
    ],
)
def test_an_answer_that_used_all_its_tokens_was_cut(
    api: type[Responses] | type[Chat], reply: Reply, error: str | None
) -> None:
    answer, _ = ask(api, reply, max_output_tokens=100)
    assert answer.error == error


@pytest.mark.parametrize("reason", ["length", "MAX_TOKENS", "model_length"])
def test_each_word_for_a_limit_is_incomplete(reason: str) -> None:
    answer, _ = ask(Chat, Reply(fields=choice(reason, content="def")))
    assert (answer.text, answer.error) == ("def", "incomplete")
