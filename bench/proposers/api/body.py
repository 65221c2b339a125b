"""What the request bodies for both APIs have in common."""

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from bench.options.settings import QuestionOptions, SettingsError
from bench.record.fields import fits

RESPONSES_FIELDS = (
    *("max_output_tokens", "store", "stream", "prompt_cache_key", "reasoning", "text", "tools"),
    *("tool_choice", "include", "service_tier"),
)
CHAT_FIELDS = (
    *("max_completion_tokens", "max_tokens", "stream", "reasoning_effort", "tools", "tool_choice"),
    *("service_tier", "store", "verbosity"),
)
"""The fields that each API sends by itself beside the question: they can be omitted."""

_NOT_FURTHER = {
    "model": "give --model",
    "input": "the question is the prompt; give --prompt-template",
    "messages": "the question is the prompt; give --prompt-template",
    "prompt": "the question is the prompt; give --prompt-template",
    "background": "give --background",
    "stream": "an answer is read whole",
}
"""Fields that would change what is asked, recorded or read, and what to do instead."""

_COUNTS = ("n", "max_tool_calls")
"""Fields by which the largest cost of a request grows."""

_ALLOWED = (("stream", None), ("stream", False))
"""Such a value does no harm; and `null` is for a server that does not know the field."""


def changes(question: QuestionOptions, fields: Sequence[str]) -> dict[str, Any]:
    """What `merged` changes of each body: `--request-json`, and a null for each of `--omit`.

    `fields` are those that an API sends. Raises SettingsError for what cannot be sent or omitted.
    """
    for name in question.omit:
        if name not in fields:
            instead = _NOT_FURTHER.get(name, f"give some of {', '.join(fields)}")
            raise SettingsError(f"--omit: {name!r} is not allowed; {instead}")
    return further_fields(question.request_json) | dict.fromkeys(question.omit)


def further_fields(path: Path | None) -> dict[str, Any]:
    """The fields in the file of `--request-json`.

    Raises SettingsError where the file holds no JSON object that can be sent.
    """
    if path is None:
        return {}
    try:
        extra = json.loads(path.read_text("utf-8-sig"))
        # Python reads NaN and half surrogate pairs, and nobody else does.
        json.dumps(extra, allow_nan=False, ensure_ascii=False).encode()
    except (OSError, ValueError, RecursionError) as error:
        raise SettingsError(
            f"--request-json: {path}: {error}; give a file with one JSON object"
        ) from None
    if not isinstance(extra, dict):
        raise SettingsError(
            f"--request-json: {path}: not an object; give a file with one JSON object"
        )
    for name, instead in _NOT_FURTHER.items():
        if name in extra and (name, extra[name]) not in _ALLOWED:
            raise SettingsError(f"--request-json: {path}: {name!r} is not allowed; {instead}")
    for name in _COUNTS:
        if extra.get(name) is not None and not _is_count(extra[name]):
            raise SettingsError(
                f"--request-json: {path}: {name!r} is wrong; give a whole number from 1 up"
            )
    return extra


def merged(body: Mapping[str, Any], extra: Mapping[str, Any]) -> dict[str, Any]:
    """The body with further fields over it; a null removes a field (JSON merge patch, RFC 7396)."""
    result = dict(body)
    for name, value in extra.items():
        old = result.get(name)
        if value is None:
            result.pop(name, None)
        elif isinstance(value, dict):
            result[name] = merged(old if isinstance(old, dict) else {}, value)
        else:
            result[name] = value
    return result


def output_limit(body: Mapping[str, Any]) -> int | None:
    """The most tokens that the answer to this body may have; None where nothing limits them."""
    limits = map(body.get, ("max_output_tokens", "max_completion_tokens", "max_tokens"))
    return next(filter(_is_count, limits), None)


def _is_count(value: Any) -> bool:
    return fits(value, int) and value > 0
