"""The whole conversation of an attempt, as a file holds it: the same schema for both APIs."""

import json
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from itertools import zip_longest
from typing import Any

from bench.record.attempt import Attempt
from bench.record.fields import fits, record
from bench.record.tools import ToolResult
from bench.record.turns import Turn
from bench.record.usage import Usage

FOLDER = "transcripts"
"""The folder of the files, in a run's own."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """A tool call of a turn, and what came of it."""

    id: str
    name: str
    code: str | None = None
    fault: str | None = None
    result: ToolResult | None = None
    """None where no turn followed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """One turn: what the model said, what it called, and what that took."""

    text: str | None = None
    is_thinking: bool = False
    calls: tuple[Call, ...] = ()
    error: str | None = None
    ended: str | None = None
    usage: Usage = Usage()
    cost_usd: float | None = None
    duration_ms: float | None = None
    started_at: str | None = None
    replayed: bool = False
    response_id: str | None = None
    request_id: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Transcript:
    """The conversation of one attempt."""

    run_id: str
    attempt: int
    model: str
    prompt: str
    turns: tuple[Said, ...] = ()


def transcript_of(attempt: Attempt) -> Transcript | None:
    """The conversation of an attempt; None where the model had no tool of the harness."""
    if not attempt.conversation:
        return None
    return Transcript(
        run_id=attempt.run_id,
        attempt=attempt.attempt,
        model=attempt.model,
        prompt=attempt.prompt,
        turns=tuple(map(_said, attempt.conversation)),
    )


def file_name(point: str, attempt: int) -> str:
    """What the file of an attempt is called; `point` is the point's test id."""
    return f"{point}-a{attempt}.json"


def to_text(transcript: Transcript) -> str:
    """The file's content: ASCII, as a model's text may hold what UTF-8 cannot carry."""
    return json.dumps(asdict(transcript), indent=1) + "\n"


def from_text(text: bytes) -> Transcript | None:
    """The transcript in a file; None where it holds none."""
    try:
        plain = json.loads(text)
    except (ValueError, RecursionError):
        return None
    return record(plain, Transcript) if fits(plain, Transcript) else None


def _said(turn: Turn) -> Said:
    answer = turn.answer
    own: dict[str, Any] = {name: getattr(answer, name) for name in _SHARED}
    return Said(calls=tuple(_calls(turn)), **own)


_SHARED = tuple(name for name in Said.__dataclass_fields__ if name != "calls")


def _calls(turn: Turn) -> Iterator[Call]:
    for call, result in zip_longest(turn.answer.calls, turn.results):
        yield Call(id=call.id, name=call.name, code=call.code, fault=call.fault, result=result)
