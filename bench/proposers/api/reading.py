"""What is read alike from the answers of both APIs.

All of it is hostile, and an odd detail must not cost a paid answer.
"""

import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from bench.proposers.base import Refused
from bench.record.answer import Answer
from bench.record.errors import Error
from bench.record.usage import Usage

CUT = ("length", "max_tokens", "max_output_tokens", "model_length", "model_context_window_exceeded")
"""The reasons of an answer that ran into the limit of its tokens."""

LIMIT = "the limit of output tokens"
"""The reason of one that did so and was called complete."""

FILTERED = ("content_filter", "sensitive", "safety", "refusal")
"""The reasons of an answer that a content filter held back."""

_MOST_TOKENS = 2**53
"""A larger count is none."""


@dataclass(frozen=True, slots=True)
class Clock:
    """When an answer was asked for, and how long ago that is."""

    started_at: str = field(default_factory=lambda: datetime.now(UTC).isoformat())
    """UTC, ISO 8601."""
    _start: float = field(default_factory=time.perf_counter)

    @property
    def ms(self) -> float:
        """Milliseconds since then."""
        return (time.perf_counter() - self._start) * 1000


def refused(words: Refused, clock: Clock) -> Answer:
    """The answer to a prompt that a content filter held back: no model read it, and none wrote."""
    nothing = Usage(
        input_tokens=0,
        cached_tokens=0,
        output_tokens=0,
        reasoning_tokens=0,
        total_tokens=0,
    )
    return Answer(
        text=None,
        error=Error.REFUSED,
        error_detail=str(words),
        usage=nothing,
        duration_ms=clock.ms,
        started_at=clock.started_at,
    )


def word(value: Any) -> str:
    """A word of the API's own, such as a reason, in lower case; empty for what is none."""
    return value.lower() if isinstance(value, str) else ""


def name(value: Any) -> str | None:
    """An id, or a model's name: a number as its digits, None for what is neither."""
    if isinstance(value, int) and not isinstance(value, bool):
        return str(value)
    return value if isinstance(value, str) else None


def texts(parts: Any, kind: str, field: str = "text") -> list[str]:
    """What the parts of one kind say. Where a text stands for its parts, it is the only one."""
    if isinstance(parts, str):
        return [parts] if field == "text" else []
    some = [mapping(part) for part in parts] if isinstance(parts, list) else []
    said = (part.get(field) for part in some if part.get("type") == kind)
    return [text for text in said if isinstance(text, str)]


def answer_text(said: str | None, thought: str | None) -> tuple[str | None, bool]:
    """The answer's text, and whether that is what the model thought: where it said nothing else."""
    is_thinking = bool(thought and thought.strip()) and not (said and said.strip())
    return (thought if is_thinking else said), is_thinking


def read_usage(usage: Any, read: str, written: str) -> Usage:
    """What an answer took, where the API calls the tokens so. None for what is no count."""
    usage = mapping(usage)
    inside = mapping(usage.get(f"{read}_details"))
    outside = mapping(usage.get(f"{written}_details"))
    return Usage(
        input_tokens=_count(usage.get(read)),
        cached_tokens=_count(inside.get("cached_tokens")),
        output_tokens=_count(usage.get(written)),
        reasoning_tokens=_count(outside.get("reasoning_tokens")),
        total_tokens=_count(usage.get("total_tokens")),
    )


def _count(value: Any) -> int | None:
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    is_whole = isinstance(value, int) and not isinstance(value, bool)
    return value if is_whole and 0 <= value <= _MOST_TOKENS else None


def mapping(value: Any) -> Mapping[str, Any]:
    """The JSON object, or an empty one for what is none."""
    return value if isinstance(value, dict) else {}


def ending(refusal: str | None, reason: str, cut: str | None) -> tuple[Error | None, str | None]:
    """The attempt's error and its detail, where the model did not answer to the end; else None twice.

    `reason` is the server's own word; `cut` says by what the answer was cut off, if it was.
    """
    if refusal or reason in FILTERED:
        return Error.REFUSED, refusal or reason
    return (Error.INCOMPLETE, cut) if cut else (None, None)
