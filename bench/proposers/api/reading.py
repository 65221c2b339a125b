"""What is read in the same way from the replies of both APIs.

Nothing in a reply is trusted, and an odd detail must not make a paid answer useless.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from bench.proposers.api.body import output_limit
from bench.proposers.clock import Clock
from bench.proposers.proposer import Refused, Request, TooLong
from bench.record.answer import Answer
from bench.record.errors import Error
from bench.record.usage import Usage

Items = Sequence[Mapping[str, Any]]
"""The items of a response's output."""

CUT = ("length", "max_tokens", "max_output_tokens", "model_length", "model_context_window_exceeded")
"""The reasons of an answer that reached the limit of its tokens."""

LIMIT = "the limit of output tokens"
"""The reason of an answer that reached the limit though the server calls it complete."""

OUTGROWN = "the conversation became too long for the model"
"""The reason of an answer that is none, as the model could not read all that was said before."""

_FILTERED = (
    *("content_filter", "sensitive", "safety", "refusal"),
    *("blocklist", "prohibited_content", "recitation", "spii"),
)
"""The reasons of an answer that a content filter held back; the second line is Gemini's."""

_SAID = ("text", "output_text")
"""The types of a part that holds what the model said, in either API: gateways confuse them."""

_MOST_TOKENS = 10**9
"""A larger number is not taken for a count: no model reads or writes as much at once."""


def unread(words: Refused | TooLong, request: Request, clock: Clock) -> Answer:
    """The answer where no model read the request: a filter held it back, or it has grown too long.

    Raises TooLong where it was so from the beginning: then the question could not be put.
    """
    outgrown = isinstance(words, TooLong)
    if outgrown and not request.turns:
        raise words
    nothing = Usage(
        input_tokens=0, cached_tokens=0, output_tokens=0, reasoning_tokens=0, total_tokens=0
    )
    return Answer(
        text=None,
        error=Error.INCOMPLETE if outgrown else Error.REFUSED,
        error_detail=OUTGROWN if outgrown else str(words),
        usage=nothing if words.usage == Usage() else words.usage,
        duration_ms=clock.ms,
        started_at=clock.started_at,
    )


def word(value: Any) -> str:
    """A word of the API, such as a reason, in lower case; empty for a value that is no text."""
    return value.lower() if isinstance(value, str) else ""


def name(value: Any) -> str | None:
    """An id or a model's name. A whole number becomes its digits, any other value None."""
    if isinstance(value, int) and not isinstance(value, bool):
        return str(value)
    return value if isinstance(value, str) else None


def texts(parts: Any, kind: str, field: str = "text") -> list[str]:
    """The texts in the parts of one kind. Instead of a list of parts there may be one text."""
    if isinstance(parts, str):
        return [parts] if field == "text" else []
    some = [mapping(part) for part in parts] if isinstance(parts, list) else []
    said = (part.get(field) for part in some if _is_of(part, kind))
    return [text for text in said if isinstance(text, str)]


def are_odd(parts: Any, kind: str) -> bool:
    """Whether a message's parts are not as an API has them, so that their text cannot be read."""
    if not isinstance(parts, list):
        return parts is not None and not isinstance(parts, str)
    return not all(
        isinstance(part, dict) and (not _is_of(part, kind) or isinstance(part.get("text"), str))
        for part in parts
    )


def _is_of(part: Mapping[str, Any], kind: str) -> bool:
    """Whether a part is of this kind. What a model said may lack its type.

    Gemini's parts do, and say `thought` of what it only thought.
    """
    of = "thought" if part.get("thought") is True else part.get("type", kind)
    return of in _SAID if kind in _SAID else of == kind


def said_by(items: Items, of: str, kind: str, field: str = "text") -> str:
    """The text in the parts of one kind, of all items of the type `of`: without one, a message."""
    contents = (item.get("content") for item in items if item.get("type", "message") == of)
    return "".join(said for content in contents for said in texts(content, kind, field))


def has_unread(items: Items) -> bool:
    """Whether an item, or a part of a message, is nothing that can be read."""
    contents = (item.get("content") for item in items if item.get("type", "message") == "message")
    return {} in items or any(are_odd(content, "output_text") for content in contents)


def hosted_uses(items: Items) -> tuple[int, int]:
    """How often the code interpreter was used, and how many characters it gave back."""
    calls = [item for item in items if item.get("type") == "code_interpreter_call"]
    outputs = (call.get("outputs") for call in calls)
    results = [mapping(result) for some in outputs if isinstance(some, list) for result in some]
    given = (str(result.get("logs") or result.get("url") or "") for result in results)
    return len(calls), sum(map(len, given))


def answer_text(said: str | None, thought: str | None) -> tuple[str | None, bool]:
    """The answer's text: what the model said, else what it thought; and whether it is thinking."""
    is_thinking = bool(thought and thought.strip()) and not (said and said.strip())
    return (thought if is_thinking else said), is_thinking


def read_usage(usage: Any, read: str, written: str) -> Usage:
    """The tokens that an answer took; `read` and `written` are the API's names for in and out.

    Grok's and Gemini's servers count the reasoning in the total alone, and bill it as output.
    Portkey so counts what Anthropic read from its cache, and wrote to it: that is input.
    """
    usage = mapping(usage)
    taken, given, total = (count(usage.get(name)) for name in (read, written, "total_tokens"))
    inside = mapping(usage.get(f"{read}_details"))
    cached = count(inside.get("cached_tokens", usage.get("cache_read_input_tokens")))
    if taken is not None and total is not None and total >= taken:
        kept = (cached or 0) + (count(usage.get("cache_creation_input_tokens")) or 0)
        if total == taken + kept + (given or 0):
            taken += kept
        given = max(given or 0, total - taken)
    outside = mapping(usage.get(f"{written}_details"))
    return Usage(
        input_tokens=taken,
        cached_tokens=cached,
        output_tokens=given,
        reasoning_tokens=count(outside.get("reasoning_tokens")),
        total_tokens=total,
    )


def used_up(usage: Usage, body: Mapping[str, Any], has_ended: bool) -> bool:
    """Whether the limit of output tokens was reached, whatever the server says.

    A model that `has_ended` by itself may have used more tokens than the limit, as some servers
    count the reasoning without limiting it. It is very unlikely to have used exactly as many.
    """
    used, limit = usage.output_tokens, output_limit(body)
    if used is None or limit is None:
        return False
    return used == limit if has_ended else used >= limit


def count(value: Any) -> int | None:
    """A whole number that can be a count; None for any other value."""
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    is_whole = isinstance(value, int) and not isinstance(value, bool)
    return value if is_whole and 0 <= value <= _MOST_TOKENS else None


def mapping(value: Any) -> Mapping[str, Any]:
    """The value if it is a JSON object, else an empty one."""
    return value if isinstance(value, dict) else {}


def is_filtered(reason: str) -> bool:
    """Whether a content filter held the answer back. Gemini says `content_filter: ...`."""
    return reason.partition(":")[0] in _FILTERED


def ending(refusal: str | None, reason: str, cut: str | None) -> tuple[Error | None, str | None]:
    """The attempt's error and its detail; None twice where the model answered to the end.

    `reason` is the server's own word. `cut` says what cut the answer off, if anything did.
    """
    if refusal or is_filtered(reason):
        return Error.REFUSED, refusal or reason
    return (Error.INCOMPLETE, cut) if cut else (None, None)
