"""The Python tool in the words of both APIs: how it is declared, and how calls of it are read.

Servers send odd calls. What is no call of ours gets a short error as its result, and the model
goes on.
"""

import json
import re
from collections.abc import Mapping, Sequence
from typing import Any

from bench.proposers.proposer import Request
from bench.record.tools import PYTHON, ToolCall

MOST_CALLS = 32
"""Calls of one answer that are read. Further ones are not repeated to the server either."""

LONGEST_CODE = 100_000
"""Characters of a call's arguments that are read."""

DEEPEST = 32
"""Levels of JSON in what is kept of a reply: whatever reads it later has to bear them."""

_PARAMETERS = {
    "type": "object",
    "properties": {"code": {"type": "string", "description": "the Python program to run"}},
    "required": ["code"],
    "additionalProperties": False,
}


def function_of(request: Request) -> dict[str, Any]:
    """The function that a request declares."""
    return {"name": PYTHON, "description": request.tool, "parameters": _PARAMETERS}


def choice_of(request: Request, at_first: str) -> str:
    """The request's `tool_choice`; `at_first` is what `--tool-choice` says.

    Only the first turn can require a call: else no turn could bring an answer.
    """
    if request.calls_left == 0:
        return "none"
    return "auto" if request.turns and at_first == "required" else at_first


def ids_of(request: Request, given: Sequence[Any]) -> list[str]:
    """An id for each call: the server's own, or a made-up one where it is missing or not unique."""
    taken = {call.id for turn in request.turns for call in turn.answer.calls}
    ids = []
    for place, own in enumerate(given):
        is_fine = isinstance(own, str) and own and own not in taken
        ids.append(own if is_fine else f"call_{len(request.turns)}_{place}")
        taken.add(ids[-1])
    return ids


def read_call(call_id: str, name: Any, arguments: Any) -> tuple[ToolCall, str]:
    """A call, and its arguments as the next request repeats them: always a JSON object."""
    shown = re.sub(r"[^A-Za-z0-9_-]", "_", name)[:64] if isinstance(name, str) else ""
    read = _object(arguments)
    code = read.get("code") if read is not None else None
    fault = None
    if shown != PYTHON:
        fault = f"there is no function {shown!r}: call {PYTHON}"
    elif read is None:
        fault = 'the arguments are not a JSON object: give {"code": "..."}'
    elif not isinstance(code, str) or not code.strip():
        fault = 'the arguments hold no program: give {"code": "..."}'
    elif len(code) > LONGEST_CODE:
        fault = f"the program is longer than {LONGEST_CODE:,} characters"
    call = ToolCall(
        id=call_id,
        name=shown or "unnamed",
        code=code if fault is None and isinstance(code, str) else None,
        fault=fault,
    )
    unread = arguments if isinstance(arguments, str) else ""
    repeated = json.dumps({"unread": unread} if read is None else read)
    return call, repeated if len(repeated) <= 2 * LONGEST_CODE else "{}"


def sendable(item: Mapping[str, Any]) -> dict[str, Any]:
    """A part of a reply as it can be kept and sent again.

    It is without fields that are nested too deeply, and halves of surrogate pairs in its texts.
    """
    kept = {name: value for name, value in item.items() if _is_shallow(value)}
    text = json.dumps(kept, ensure_ascii=False).encode("utf-8", "replace")
    plain: dict[str, Any] = json.loads(text)
    return plain


def _object(arguments: Any) -> Mapping[str, Any] | None:
    """The arguments as an object; None where they are none."""
    if isinstance(arguments, str):
        try:
            # Not strict: line feeds stand as they are in what some servers send.
            arguments = json.loads(arguments, strict=False)
        except (ValueError, RecursionError):
            return None
    return arguments if isinstance(arguments, dict) and _is_shallow(arguments) else None


def _is_shallow(value: Any, levels: int = DEEPEST) -> bool:
    """Whether a value of JSON has at most so many levels."""
    inner = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    return levels > 0 and all(_is_shallow(one, levels - 1) for one in inner)
