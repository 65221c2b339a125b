"""The transcript of an attempt: written, and read again, it is the same."""

from dataclasses import replace

from bench.record.answer import Answer
from bench.record.tools import ToolCall, ToolResult
from bench.record.transcript import from_text, to_text, transcript_of
from bench.record.turns import Turn
from bench.record.usage import Usage
from tests.support.made import search

ASKING = Answer(
    text="\ud800 let me see",
    calls=(ToolCall(id="a", name="python", code="1"), ToolCall(id="b", name="x", fault="no")),
    usage=Usage(input_tokens=3),
    cost_usd=0.5,
)
RESULTS = (ToolResult(text="1", was_run=True, chars=1), ToolResult(text="error: no"))


def test_it_is_read_as_it_was_written() -> None:
    last = Turn(Answer(text="{}", calls=ASKING.calls[:1]))
    attempt = replace(search()[0], conversation=(Turn(ASKING, RESULTS), last))
    told = transcript_of(attempt)
    assert told is not None
    assert from_text(to_text(told).encode()) == told
    assert [call.result for call in told.turns[0].calls] == list(RESULTS)
    assert told.turns[1].calls[0].result is None


def test_an_attempt_without_the_tool_has_none() -> None:
    assert transcript_of(search()[0]) is None


def test_what_is_no_transcript_is_none() -> None:
    assert [from_text(text) for text in (b"", b"[]", b'{"turns": 1}', b"\xff")] == [None] * 4
