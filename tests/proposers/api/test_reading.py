"""What a server may put in the place of a field, and where it may put the answer."""

from typing import Any

import pytest

from bench.proposers.api.chat import Chat
from bench.proposers.api.reading import read_usage, texts
from bench.proposers.api.responses import Responses
from tests.proposers.api.test_failures import ask
from tests.support.server import GOOD, Reply

THOUGHT = {"type": "reasoning", "content": [{"type": "reasoning_text", "text": GOOD}]}


def choice(reason: str = "stop", **message: Any) -> dict[str, Any]:
    return {"choices": [{"finish_reason": reason, "message": {"role": "assistant", **message}}]}


def message(*content: Any) -> dict[str, Any]:
    return {"output": [{"type": "message", "content": list(content)}]}


@pytest.mark.parametrize("content", [None, "", "\n\n"])
@pytest.mark.parametrize("field", ["reasoning_content", "reasoning"])
def test_what_a_model_thought_is_its_answer_where_it_said_nothing(content: Any, field: str) -> None:
    answer, _ = ask(Chat, Reply(fields=choice(content=content, **{field: GOOD})))
    assert (answer.text, answer.is_thinking, answer.error) == (GOOD, True, None)


def test_so_it_is_in_a_response() -> None:
    answer, _ = ask(Responses, Reply(text=None, fields={"output": [THOUGHT]}))
    assert (answer.text, answer.is_thinking, answer.error) == (GOOD, True, None)


def test_what_a_model_said_stands_before_what_it_thought() -> None:
    chat, _ = ask(Chat, Reply(fields=choice(content="No.", reasoning_content=GOOD)))
    response, _ = ask(Responses, Reply(text="No.", output=[THOUGHT]))
    for answer in (chat, response):
        assert (answer.text, answer.is_thinking) == ("No.", False)


ODD = (7, True, 1.5, {"a": 1}, ["b"], None)
TEXTS = ("response_id", "model", "error_detail", "text")


@pytest.mark.parametrize("odd", ODD, ids=map(str, ODD))
def test_no_odd_field_costs_an_answer_or_makes_it_unreadable(odd: Any) -> None:
    head = {"id": odd, "model": odd}
    written = {"type": "text", "text": GOOD}
    said = {"type": "output_text", "text": GOOD}
    unsaid = [{"type": "message", "content": odd}, {"type": "reasoning", "content": odd}]
    usage = {"prompt_tokens": odd, "input_tokens": odd, "output_tokens_details": odd}
    replies: list[tuple[type[Chat | Responses], Reply]] = [
        (Chat, Reply(usage=usage, fields={**choice(content=GOOD), **head})),
        (Chat, Reply(fields=choice(content=[written, odd, written | {"text": odd}]))),
        (Chat, Reply(fields=choice(content=GOOD, reasoning_content=odd))),
        (Responses, Reply(usage=usage, fields=head)),
        (Responses, Reply(output=unsaid)),
        (Responses, Reply(fields=message(said, odd, {"type": "output_text"}))),
        (Responses, Reply(fields={"incomplete_details": odd})),
        (Responses, Reply(fields={"incomplete_details": {"reason": odd}})),
    ]
    for api, reply in replies:
        answer, _ = ask(api, reply)
        assert (answer.text, answer.error) == (GOOD, None)
        assert all(isinstance(getattr(answer, name), str | None) for name in TEXTS)


@pytest.mark.parametrize("odd", [7, {"a": 1}, ["b"]], ids=str)
def test_an_answer_that_cannot_be_read_is_the_servers_failure(odd: Any) -> None:
    replies: list[tuple[type[Chat | Responses], dict[str, Any]]] = [
        (Chat, choice(content=odd)),
        (Chat, choice(content=[{"type": "text", "text": odd}])),
        (Responses, {"output": [[odd]]}),
        (Responses, {"output": [{"type": "message", "content": odd}]}),
        (Responses, message({"type": "output_text", "text": odd})),
    ]
    for api, fields in replies:
        outage, _ = ask(api, Reply(fields=fields))
        assert "check --base-url" in str(outage)
    for api, fields in ((Chat, choice(content=[])), (Responses, message())):
        answer, _ = ask(api, Reply(fields=fields))
        assert (answer.error, answer.text or None) == (None, None)  # the model said nothing


UNTYPED = {"content": [{"text": GOOD}]}


@pytest.mark.parametrize(
    ("api", "fields"),
    [
        (Chat, choice(content=[{"type": "output_text", "text": GOOD}])),
        (Chat, choice(content=[{"text": GOOD}])),
        (Responses, message({"type": "text", "text": GOOD})),
        (Responses, {"output": [{"role": "assistant", **UNTYPED}]}),
        (Responses, {"output": [THOUGHT, UNTYPED, {"content": GOOD.join("  ")}]}),
    ],
)
def test_what_a_model_said_is_found_by_either_apis_word_or_none(
    api: type[Chat | Responses], fields: dict[str, Any]
) -> None:
    answer, _ = ask(api, Reply(fields=fields))
    assert answer.text.startswith(GOOD) and not answer.is_thinking


@pytest.mark.parametrize(
    ("taken", "given", "total", "output"),
    [
        (32, 9, 341, 309),  # Grok, with 300 reasoning tokens
        (21, 0, 81, 60),  # Gemini, whose tokens were all for its thinking
        (1000, 500, 1500, 500),
        (1000, 500, 1400, 500),  # a total that is none
        (1000, 500, None, 500),
        (None, 500, 1500, 500),
        (21, None, 81, 60),
        (1000, None, 900, None),
        (1000, None, None, None),
    ],
)
def test_reasoning_that_the_total_alone_counts_is_output(
    taken: Any, given: Any, total: Any, output: Any
) -> None:
    for names in (("prompt_tokens", "completion_tokens"), ("input_tokens", "output_tokens")):
        counts = dict(zip((*names, "total_tokens"), (taken, given, total), strict=True))
        usage = read_usage(counts, *names)
        assert (usage.input_tokens, usage.output_tokens, usage.total_tokens) == (
            taken,
            output,
            total,
        )


def test_a_number_for_an_id_is_kept_as_its_digits() -> None:
    for api in (Chat, Responses):
        answer, _ = ask(api, Reply(fields={"id": 7}))
        assert answer.response_id == "7"


@pytest.mark.parametrize("count", [True, 7.5, "7", -1, 10**12, None, [7]])
def test_what_is_no_count_is_none(count: Any) -> None:
    assert read_usage({"input_tokens": count}, "input_tokens", "output_tokens").input_tokens is None
    assert read_usage({"input_tokens": 7.0}, "input_tokens", "output_tokens").input_tokens == 7


def test_a_text_alone_is_a_part() -> None:
    assert texts("a", "text") == ["a"]
    parts = [{"type": "text", "text": "a"}, "b", None, {"type": "other", "text": "c"}]
    assert texts(parts, "text") == ["a"]


@pytest.mark.parametrize(
    ("further", "taken", "given", "total"),
    [
        ({"cache_read_input_tokens": 900, "cache_creation_input_tokens": 0}, 1000, 50, 1050),
        ({"prompt_tokens_details": {"cached_tokens": 900}}, 1000, 50, 1050),
        ({"cache_creation_input_tokens": 900}, 1000, 50, 1050),
        # These count it in the input as well.
        ({"prompt_tokens_details": {"cached_tokens": 90}}, 100, 50, 150),
        ({"prompt_tokens_details": {"cached_tokens": 90}}, 100, 400, 500),
    ],
)
def test_what_was_read_from_a_cache_or_written_to_it_is_no_output(
    further: dict[str, Any], taken: int, given: int, total: int
) -> None:
    told = {"prompt_tokens": 100, "completion_tokens": 50, "total_tokens": total, **further}
    usage = read_usage(told, "prompt_tokens", "completion_tokens")
    assert (usage.input_tokens, usage.output_tokens, usage.total_tokens) == (taken, given, total)


@pytest.mark.parametrize("typed", [{}, {"type": "text"}])
def test_a_part_that_is_called_a_thought_is_not_what_the_model_said(typed: dict[str, Any]) -> None:
    parts = [{**typed, "text": "I think.", "thought": True}, {**typed, "text": GOOD}]
    for api, fields in ((Chat, choice(content=parts)), (Responses, message(*parts))):
        answer, _ = ask(api, Reply(fields=fields))
        assert (answer.text, answer.is_thinking) == (GOOD, False)
