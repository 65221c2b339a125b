"""The real client against a server on loopback."""

import asyncio
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from structlog.testing import capture_logs

from bench.proposers.api.responses import Responses
from bench.proposers.proposer import Outage, Request
from bench.record.answer import Answer
from tests.support.options import asked
from tests.support.server import GOOD, Reply, error, serve

KEY = "sk-test-secret"
REQUEST = Request(
    point="p", model="gpt-5", reasoning_effort="high", prompt="say", trial=0, attempt=1
)


def ask(**settings: Any) -> Answer:
    async def run() -> Answer:
        question, asking = asked(**settings)
        proposer = Responses(question, asking)
        try:
            return await proposer.propose(replace(REQUEST, tools=question.tools[0]))
        finally:
            await proposer.aclose()

    return asyncio.run(run())


def test_an_answer_is_read_whole() -> None:
    call = {
        "type": "code_interpreter_call",
        "id": "ci",
        "outputs": [{"type": "logs", "logs": "12345"}],
    }
    with serve(Reply(output=[call])) as server:
        answer = ask(base_url=server.base_url, enable_code_interpreter=True)
        body = server.asked[0].body
    assert answer.text == GOOD and answer.error is None
    assert (
        answer.usage.input_tokens,
        answer.usage.reasoning_tokens,
        answer.usage.total_tokens,
    ) == (1000, 400, 1500)
    assert (answer.tool_uses, answer.tool_results_chars) == (1, 5)
    assert (
        answer.model == "gpt-5" and answer.response_id and answer.request_id and answer.duration_ms
    )
    given = replace(REQUEST, tools="code_interpreter")
    assert body == Responses(*asked(enable_code_interpreter=True)).body(given)
    assert body["include"] == ["code_interpreter_call.outputs"]


def test_prompts_that_begin_alike_share_a_place_in_the_servers_cache() -> None:
    api = Responses(*asked())
    alike = [replace(REQUEST, prompt=f"examples, {x}", shared="examples, ") for x in "ab"]
    one, other = (api.body(request)["prompt_cache_key"] for request in alike)
    alone = api.body(replace(REQUEST, prompt="examples, "))["prompt_cache_key"]
    assert one == other == alone != api.body(REQUEST)["prompt_cache_key"]


def test_request_json_is_laid_over_the_body(tmp_path: Path) -> None:
    path = tmp_path / "more.json"
    path.write_text('{"text": {"format": {"type": "text"}}, "unheard_of": 1}')
    with serve() as server:
        ask(base_url=server.base_url, request_json=path)
        body = server.asked[0].body
    assert (
        body["text"] == {"verbosity": "low", "format": {"type": "text"}} and body["unheard_of"] == 1
    )


def test_an_incomplete_answer_says_why() -> None:
    fields = {"status": "incomplete", "incomplete_details": {"reason": "max_output_tokens"}}
    with serve(Reply(text=None, fields=fields)) as server:
        answer = ask(base_url=server.base_url)
    assert (answer.text, answer.error, answer.error_detail) == (
        None,
        "incomplete",
        "max_output_tokens",
    )


def test_a_refusal_is_told_from_an_answer() -> None:
    message = {
        "type": "message",
        "id": "m",
        "role": "assistant",
        "content": [{"type": "refusal", "refusal": "No."}],
    }
    with serve(Reply(text=None, output=[message])) as server:
        answer = ask(base_url=server.base_url)
    assert (answer.text, answer.error, answer.error_detail) == (None, "refused", "No.")


@pytest.mark.parametrize(
    ("reply", "settings", "says"),
    [
        (error(401, f"Incorrect API key: {KEY}"), {}, "check the API key"),
        (error(404, "no such model"), {}, "check the model's name"),
        (error(500), {}, "HTTP 500"),
        (Reply(raw=b"not json"), {}, "the reply is no JSON"),
        (Reply(raw=b"[]"), {}, "check --base-url"),
        (Reply(delay=1.0), {"request_timeout": 0.1}, "raise --request-timeout"),
        (Reply(reset=True), {}, "no whole reply"),
        (Reply(cut=True), {}, "no whole reply"),
        (Reply(fields={"status": "failed", "error": {"message": "broke"}}), {}, "broke"),
    ],
)
def test_every_failure_is_one_clear_line(reply: Reply, settings: dict[str, Any], says: str) -> None:
    with serve(reply) as server, pytest.raises(Outage) as outage:
        ask(base_url=server.base_url, max_retries=0, **settings)
    line = str(outage.value)
    assert says in line and "gpt-5" in line and "\n" not in line and KEY not in line


def test_no_key_is_an_outage(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("OPENAI_API_KEY")
    with pytest.raises(Outage) as outage:
        ask()
    assert (
        str(outage.value) == "no API key: set OPENAI_API_KEY or give --api-key-file (model gpt-5)"
    )


def test_retries_are_logged() -> None:
    with serve([error(500, retry_after_ms="1"), Reply()]) as server, capture_logs() as logs:
        assert ask(base_url=server.base_url).text == GOOD
    assert [(entry["event"], entry["retry"]) for entry in logs] == [("request_retried", 1)]


@pytest.mark.parametrize("model", ["gpt-4o", "gpt-4.1-mini", "gpt-5-chat-latest"])
def test_a_model_that_does_not_reason_is_given_no_effort(model: str) -> None:
    body = Responses(*asked()).body(replace(REQUEST, model=model))
    assert "reasoning" not in body and "text" not in body
