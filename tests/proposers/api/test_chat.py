"""Chat Completions: the body, and what is read from a completion."""

import pytest

from bench.options.resolve import assemble
from bench.options.settings import Settings, SettingsError
from bench.proposers.api.chat import Chat
from bench.proposers.proposer import Outage
from bench.proposers.registry import make_asker
from tests.proposers.api.test_failures import REQUEST, ask
from tests.support.options import asked
from tests.support.server import GOOD, Reply

PARTS = [{"type": "text", "text": "a"}, {"type": "other"}, {"type": "text", "text": "b"}]


def choice(reason: str, **message: str | None) -> dict[str, object]:
    return {
        "choices": [
            {"index": 0, "finish_reason": reason, "message": {"role": "assistant", **message}}
        ]
    }


def test_an_answer_is_read_whole() -> None:
    answer, _ = ask(Chat, Reply())
    assert (answer.text, answer.error, answer.model) == (GOOD, None, "gpt-5")
    assert (answer.usage.input_tokens, answer.usage.cached_tokens) == (1000, 0)
    assert (
        answer.usage.output_tokens,
        answer.usage.reasoning_tokens,
        answer.usage.total_tokens,
    ) == (500, 400, 1500)
    assert answer.response_id and answer.request_id


def test_length_is_incomplete_and_a_refusal_is_told() -> None:
    cut, _ = ask(Chat, Reply(fields=choice("length", content="def")))
    no, _ = ask(Chat, Reply(fields=choice("stop", content=None, refusal="No.")))
    assert (cut.text, cut.error, cut.error_detail) == ("def", "incomplete", "length")
    assert (no.text, no.error, no.error_detail) == (None, "refused", "No.")


@pytest.mark.parametrize("setting", ["enable_code_interpreter", "background"])
def test_what_it_lacks_is_refused(setting: str) -> None:
    with pytest.raises(SettingsError, match="--api responses"):
        Chat(*asked(**{setting: True}))


def test_what_few_servers_have_is_sent_where_it_is_asked_for() -> None:
    assert {"store", "verbosity"}.isdisjoint(Chat(*asked()).body(REQUEST))
    body = Chat(*asked(store=True, text_verbosity="high")).body(REQUEST)
    assert (body["store"], body["verbosity"]) == (True, "high")


@pytest.mark.parametrize(
    ("settings", "says"),
    [
        (
            assemble(cancel_on_exit=True),
            "--cancel-on-exit: there is nothing to cancel without --background or --batch",
        ),
        (assemble(batch=True, background=True), "--background: with --batch the server answers"),
        (assemble(batch=True, tools=("none", "python")), "--batch: with --tools python each call"),
        (
            assemble(tool_choice="required"),
            "--tool-choice required: there is no tool without --tools",
        ),
    ],
)
def test_options_that_would_do_nothing_are_refused(settings: Settings, says: str) -> None:
    with pytest.raises(SettingsError, match=says):
        make_asker(settings.question, settings.asking)


def test_content_in_parts_is_one_text_and_no_text_is_no_completion() -> None:
    parts, _ = ask(Chat, Reply(fields={"choices": [{"message": {"content": PARTS}}]}))
    none, _ = ask(Chat, Reply(fields={"choices": [{"message": {"content": 7}}]}))
    assert parts.text == "ab"
    assert isinstance(none, Outage) and "not a completion" in str(none)
