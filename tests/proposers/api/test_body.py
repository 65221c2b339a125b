"""The further fields of a request's body: which are taken, and which are refused at start."""

import asyncio
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from bench.options.settings import SettingsError
from bench.proposers.answer_key import answer_key
from bench.proposers.api.body import CHAT_FIELDS, RESPONSES_FIELDS, further_fields, merged
from bench.proposers.api.chat import Chat
from bench.proposers.api.responses import Responses
from tests.proposers.api.test_failures import API, REQUEST
from tests.support.options import asked
from tests.support.server import Asked, serve

PROMPT = "is not allowed; the question is the prompt; give --prompt-template"


def holding(path: Path, fields: str) -> Path:
    file = path / "more.json"
    file.write_text(fields)
    return file


@pytest.mark.parametrize(
    ("fields", "says"),
    [
        ("[1]", "not an object; give a file with one JSON object"),
        ("{", "give a file with one JSON object"),
        ('{"top_p": NaN}', "Out of range float values are not JSON compliant"),
        ('{"user": "\\ud800"}', "surrogates not allowed; give a file with one JSON object"),
        ('{"n": "3"}', "'n' is wrong; give a whole number from 1 up"),
        ('{"n": 2.5}', "'n' is wrong; give a whole number from 1 up"),
        ('{"max_tool_calls": -1}', "'max_tool_calls' is wrong; give a whole number"),
        ('{"max_tool_calls": true}', "'max_tool_calls' is wrong; give a whole number"),
        ('{"model": "gpt-5-pro"}', "'model' is not allowed; give --model"),
        ('{"stream": true}', "'stream' is not allowed; an answer is read whole"),
        ('{"background": true}', "'background' is not allowed; give --background"),
        ('{"input": "say 1"}', f"'input' {PROMPT}"),
        ('{"messages": []}', f"'messages' {PROMPT}"),
        ('{"messages": null}', f"'messages' {PROMPT}"),
        ('{"prompt": {"id": "p"}}', f"'prompt' {PROMPT}"),
    ],
)
def test_fields_that_cannot_be_sent_are_refused(tmp_path: Path, fields: str, says: str) -> None:
    with pytest.raises(SettingsError) as refused:
        further_fields(holding(tmp_path, fields))
    assert says in str(refused.value)


@API
def test_a_null_takes_any_other_field_out(
    api: type[Responses] | type[Chat],
    tmp_path: Path,
) -> None:
    body = api(*asked(request_json=holding(tmp_path, '{"stream": null, "top_k": 1}'))).body(REQUEST)
    assert "stream" not in body and body["top_k"] == 1
    assert merged({"a": {"b": 1, "c": 2}}, {"a": {"b": None}}) == {"a": {"c": 2}}


@API
def test_a_field_that_is_omitted_is_not_sent_and_asks_something_else(
    api: type[Responses] | type[Chat],
) -> None:
    whole = api(*asked()).body(REQUEST)
    body = api(*asked(omit=("stream", "tools"))).body(REQUEST)
    assert body == {name: value for name, value in whole.items() if name != "stream"}
    omitted = next(name for name in whole if name.startswith("max_"))
    other = api(*asked(omit=(omitted,))).body(REQUEST)
    assert answer_key(other, "host", REQUEST) != answer_key(whole, "host", REQUEST)


@API
@pytest.mark.parametrize(
    ("field", "says"),
    [
        ("model", "'model' is not allowed; give --model"),
        ("input", f"'input' {PROMPT}"),
        ("background", "'background' is not allowed; give --background"),
        ("stroe", "'stroe' is not allowed; give some of max_"),
        ("reasoning.effort", "'reasoning.effort' is not allowed; give some of max_"),
    ],
)
def test_only_a_field_that_is_sent_can_be_omitted(
    api: type[Responses] | type[Chat], field: str, says: str
) -> None:
    with pytest.raises(SettingsError) as refused:
        api(*asked(omit=(field,)))
    assert str(refused.value).startswith(f"--omit: {says}")


def test_headers_and_queries_are_no_part_of_the_question() -> None:
    plain, extra = sent({}, {"header": ("X-Team=red",), "query": ("a=1", "a=2 3")})
    assert plain.key == extra.key
    assert (extra.headers["x-team"], extra.query) == ("red", "a=1&a=2+3")


def test_a_header_takes_the_place_of_the_clients_own() -> None:
    (only,) = sent({"header": ("user-agent=mine", "AUTHORIZATION=Basic abc")})
    assert only.headers["user-agent"] == "mine"
    assert only.headers["authorization"] == "Basic abc"


def sent(*settings: dict[str, Any]) -> list[Asked]:
    """The requests that one server gets for one question, asked with each of these settings."""

    async def ask(base_url: str) -> None:
        for one in settings:
            api = Responses(*asked(base_url=base_url, **one))
            await api.propose(REQUEST)
            await api.aclose()

    with serve() as server:
        asyncio.run(ask(server.base_url))
    return server.asked


QUESTION = {"model", "input", "messages", "background"}


@pytest.mark.parametrize(
    ("api", "fields", "tools"),
    [
        (Responses, RESPONSES_FIELDS, ("python", "code_interpreter")),
        (Chat, CHAT_FIELDS, ("python",)),
    ],
)
def test_every_field_that_is_sent_can_be_omitted(
    api: type[Responses] | type[Chat], fields: tuple[str, ...], tools: tuple[str, ...]
) -> None:
    everything: dict[str, Any] = {"service_tier": "flex", "store": True, "text_verbosity": "high"}
    everything["base_url"] = "http://127.0.0.1:9/v1"
    requests = [replace(REQUEST, tools=tool, tool="runs Python", calls_left=3) for tool in tools]
    whole, less = api(*asked(**everything)), api(*asked(**everything, omit=fields))
    sent_names = {name for request in requests for name in whole.body(request)}
    assert sent_names - QUESTION == set(fields)
    assert all(set(less.body(request)) <= QUESTION for request in requests)
