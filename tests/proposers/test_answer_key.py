"""The key of an answer: the same for ever, whatever is added to how it is asked for."""

from dataclasses import replace

import pytest

from bench.options.resolve import assemble
from bench.options.settings import Settings
from bench.proposers.address import address_of, base_url_of
from bench.proposers.answer_key import answer_key
from bench.proposers.api.chat import Chat
from bench.proposers.api.responses import Responses
from bench.proposers.proposer import Request

REQUEST = Request(
    point="p", model="gpt-5", reasoning_effort="high", prompt="say", trial=1, attempt=1
)

TOOLS = assemble(background=True, enable_code_interpreter=True)
RECORDED = [
    (Responses, assemble(), "cd2c00031ab615c853a50caed17d8109de11a359c4c7c0f75c862dd7aa8b6305"),
    (Responses, TOOLS, "54f892ce1b8d30f3957c27c96da45b164e46890f73aafac259bb06761dec304c"),
    (Chat, assemble(), "ce0cca86dcaabe0296d530b9e72532dce3c8db970eb3f8d32a8fb9c4695adbcf"),
]
"""Keys as ledgers hold them, from before `stream` was sent."""


@pytest.mark.parametrize(("api", "settings", "key"), RECORDED)
def test_what_was_paid_for_keeps_its_key(
    api: type[Responses] | type[Chat], settings: Settings, key: str
) -> None:
    request = replace(REQUEST, tools=settings.question.tools[0])
    body = api(settings.question, settings.asking).body(request)
    assert body["stream"] is False
    assert answer_key(body, address_of(base_url_of(None)), REQUEST) == key
