"""Which failures are asked again, and which end the asking."""

import asyncio
from typing import Any

import pytest

from bench.proposers.api.chat import Chat
from bench.proposers.api.responses import Responses
from bench.proposers.proposer import Broken, Outage, Request
from tests.support.options import asked
from tests.support.server import GOOD, Reply, Script, error, serve

REQUEST = Request(
    point="p", model="gpt-5", reasoning_effort="high", prompt="say", trial=1, attempt=1
)
API = pytest.mark.parametrize("api", [Responses, Chat])


def ask(
    api: type[Responses] | type[Chat],
    script: Script,
    *,
    address: str | None = None,
    request: Request = REQUEST,
    **settings: Any,
) -> tuple[Any, int]:
    """The answer or the Outage, and how many requests it took; of the server, or an address."""

    async def run(base_url: str) -> Any:
        proposer = api(*asked(base_url=base_url, **settings))
        try:
            return await proposer.propose(request)
        except Outage as outage:
            return outage
        finally:
            await proposer.aclose()

    with serve(script) as server:
        return asyncio.run(run(address or server.base_url)), len(server.questions)


@API
@pytest.mark.parametrize(
    "fault",
    [
        *(error(status, retry_after_ms="1") for status in (408, 409, 429, 500, 503, 599)),
        error(429),
        Reply(status=502, raw=b"<html>"),
        Reply(reset=True),
    ],
)
def test_what_waiting_cures_is_asked_again(api: type[Responses] | type[Chat], fault: Reply) -> None:
    answer, asked = ask(api, [fault, Reply()])
    assert (answer.text, asked) == (GOOD, 2)


BROKEN = (
    Reply(raw=b"<html>"),
    Reply(raw=b""),
    Reply(cut=True),
    Reply(delay=60.0),
    Reply(drip=0.1),
    Reply(raw=b'{"output": [], "x": "\xed\xa0\x80"}'),
    Reply(raw="{}".encode("utf-16")),
    Reply(raw=b"[" * 200_000),
    Reply(raw=b"\x1f\x8b of no kind", headers={"Content-Encoding": "gzip"}),
)
"""Replies that break off, are no JSON, or do not come in time: the question may be billed."""


def in_time_for(reply: Reply) -> float:
    """A request timeout that this reply does not keep to, or a long one."""
    return 1.0 if reply.delay or reply.drip else 60.0


@API
@pytest.mark.parametrize("reply", BROKEN)
def test_what_may_be_billed_is_not_asked_again_without_leave(
    api: type[Responses] | type[Chat],
    reply: Reply,
) -> None:
    broken, asked = ask(api, reply, request_timeout=in_time_for(reply))
    assert isinstance(broken, Broken) and broken.ends is None and asked == 1


@API
@pytest.mark.parametrize(
    ("reply", "says"),
    [
        (error(400, "Unsupported parameter"), "--omit"),
        (error(401), "check the API key"),
        (error(403), "what the API key may use"),
        (error(404), "check the model's name"),
        (error(429, "You exceeded your quota", code="insufficient_quota"), "quota is spent"),
        (
            error(402, "Payment required"),
            "HTTP 402, Payment required: the account's quota is spent",
        ),
        (Reply(status=405, raw=b"<html>"), "check --base-url"),
    ],
)
def test_what_waiting_does_not_cure_is_asked_once(
    api: type[Responses] | type[Chat], reply: Reply, says: str
) -> None:
    outage, asked = ask(api, reply)
    assert (
        isinstance(outage, Outage) and outage.ends == "run" and says in str(outage) and asked == 1
    )


@API
def test_a_server_that_stays_down_is_no_final_outage(api: type[Responses] | type[Chat]) -> None:
    outage, asked = ask(api, error(500, retry_after_ms="1"), max_retries=2)
    assert isinstance(outage, Outage) and outage.ends is None and asked == 3


@API
def test_a_reset_connection_is_named(api: type[Responses] | type[Chat]) -> None:
    outage, _ = ask(api, Reply(reset=True), max_retries=0)
    assert "no whole reply (ReadError)" in str(outage)


@API
@pytest.mark.parametrize("count", ["12", -1, float("nan"), 1.5, [1], {}])
def test_a_usage_that_is_no_count_is_not_known(
    api: type[Responses] | type[Chat], count: Any
) -> None:
    usage = {
        "input_tokens": count,
        "output_tokens": 3,
        "prompt_tokens": count,
        "completion_tokens": 3,
    }
    answer, _ = ask(api, Reply(usage=usage))
    assert (answer.text, answer.usage.input_tokens, answer.usage.output_tokens) == (GOOD, None, 3)


@API
def test_a_reply_that_holds_the_key_is_kept_without_it(
    api: type[Responses] | type[Chat], monkeypatch: pytest.MonkeyPatch
) -> None:
    answer, _ = ask(api, Reply(text="the key is sk-test-secret."))
    assert answer.text == "the key is [key]."
    monkeypatch.setenv("OPENAI_API_KEY", "EMPTY")  # what local servers take
    answer, _ = ask(api, Reply(text="an EMPTY set"))
    assert answer.text == "an EMPTY set"


def test_no_escape_and_no_header_hides_the_key() -> None:
    content = b'[{"type": "output_text", "text": "\\u0073k-test-secret"}]'
    raw = b'{"output": [{"type": "message", "content": %b}]}' % content
    answer, _ = ask(Responses, Reply(raw=raw))
    assert answer.text == "[key]"
    answer, _ = ask(Responses, Reply(headers={"x-request-id": "of sk-test-secret"}))
    assert answer.request_id.endswith("of [key]")


@API
@pytest.mark.parametrize(
    "usage",
    [[1], {"input_tokens": 10**19, "prompt_tokens": 10**19}, {"input_tokens_details": [1]}, "much"],
)
def test_an_odd_usage_costs_no_answer(api: type[Responses] | type[Chat], usage: Any) -> None:
    answer, _ = ask(api, Reply(fields={"usage": usage}))
    assert (answer.text, answer.usage.input_tokens) == (GOOD, None)


@pytest.mark.parametrize(
    "item",
    [
        {"id": "of no type"},
        {"type": "code_interpreter_call", "outputs": "abc"},
        {"type": "code_interpreter_call", "outputs": [{"logs": 5}, 5]},
    ],
)
def test_an_odd_output_item_costs_no_answer(item: Any) -> None:
    answer, _ = ask(Responses, Reply(output=[item]))
    assert answer.text == GOOD


@pytest.mark.parametrize("name", ["ALL_PROXY", "SSL_CERT_FILE"])
def test_a_wrong_environment_is_one_line(monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    monkeypatch.setenv(name, "foo://x")
    outage, asked = ask(Responses, Reply())
    assert (
        isinstance(outage, Outage)
        and outage.ends == "run"
        and "cannot connect" in str(outage)
        and asked == 0
    )
