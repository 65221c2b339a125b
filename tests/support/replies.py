"""What the loopback model server may do: replies, faults, and the bodies of both APIs."""

import hashlib
import json
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

GOOD = json.dumps({"code": "def f(x):\n    return x.count('1') % 2\n"})
"""An answer in the contract: the parity of all bits."""
WRONG = json.dumps({"code": "def f(x):\n    return 1\n"})
"""An answer in the contract that is right on about half of all inputs."""

RESPONSES_USAGE = {
    "input_tokens": 1000,
    "input_tokens_details": {"cached_tokens": 0},
    "output_tokens": 500,
    "output_tokens_details": {"reasoning_tokens": 400},
    "total_tokens": 1500,
}
CHAT_USAGE = {
    "prompt_tokens": 1000,
    "prompt_tokens_details": {"cached_tokens": 0},
    "completion_tokens": 500,
    "completion_tokens_details": {"reasoning_tokens": 400},
    "total_tokens": 1500,
}


@dataclass(frozen=True, kw_only=True)
class Asked:
    """One request that arrived."""

    method: str
    path: str
    query: str
    headers: Mapping[str, str]
    """Names in lower case."""
    body: dict[str, Any]
    key: str
    """The client's `X-Client-Request-Id`, or the body's SHA-256 where there is none."""
    number: int
    """The how many-th request with this key (POSTs that ask for an answer alone), from 1."""


@dataclass(frozen=True, kw_only=True)
class Reply:
    """What the server does with one request."""

    text: str | None = GOOD
    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)
    usage: Mapping[str, Any] | None = None
    """In the API's own names; None: RESPONSES_USAGE or CHAT_USAGE."""
    output: Sequence[Mapping[str, Any]] = ()
    """Further output items of a response, before the message."""
    calls: Sequence[Mapping[str, Any]] = ()
    """Calls of functions: `id`, `name` and `arguments` of each, as far as they are sent."""
    error: Mapping[str, Any] | None = None
    """The `error` object of the body, for a status that is not 200."""
    fields: Mapping[str, Any] = field(default_factory=dict)
    """Laid over the body: `status`, `incomplete_details`, `model`, ..."""
    raw: bytes | None = None
    """The body as it is, with Content-Type application/json: no JSON, say."""
    delay: float = 0.0
    """Seconds before the first byte."""
    cut: bool = False
    """Half of the body, then the connection is closed."""
    drip: float = 0.0
    """Seconds between two bytes of the body."""
    reset: bool = False
    """The connection is reset before a byte is sent."""
    drip_head: float = 0.0
    """Seconds between two bytes of the status line and the headers."""
    polls: int = 0
    """In background mode: how many polls find it unfinished."""
    unknown: int = 0
    """In background mode: how many polls before them find nothing."""
    at_once: bool = False
    """In background mode: the answer comes whole, and cannot be polled for."""


def calling(*programs: str, text: str | None = None) -> Reply:
    """A reply that calls the Python tool with each of these programs."""
    calls = [
        {"id": f"id_{hash_of(code)}", "name": "python", "arguments": json.dumps({"code": code})}
        for code in programs
    ]
    return Reply(text=text, calls=calls)


def hash_of(code: str) -> str:
    """Something short that is the same for the same program."""
    return hashlib.sha256(code.encode()).hexdigest()[:8]


def outputs(asked: Asked) -> list[str]:
    """The results of tool calls in a request, of either API, in their order."""
    told = [*asked.body.get("messages", ()), *_items(asked.body.get("input"))]
    return [
        str(item.get("output", item.get("content")))
        for item in told
        if item.get("role") == "tool" or item.get("type") == "function_call_output"
    ]


def _items(given: Any) -> list[Any]:
    return given if isinstance(given, list) else []


Script = Reply | Sequence[Reply] | Callable[[Asked], Reply]


def error(
    status: int, message: str = "scripted", *, code: str | None = None, **headers: str
) -> Reply:
    """A reply with an HTTP status and an API error object; header names with `_` for `-`."""
    kind = {400: "invalid_request_error", 401: "authentication_error", 429: "rate_limit_error"}.get(
        status, "error"
    )
    return Reply(
        status=status,
        error={"message": message, "type": kind, "param": None, "code": code},
        headers={name.replace("_", "-"): value for name, value in headers.items()},
    )


FAULTS = (
    error(500, retry_after_ms="1"),
    error(503, retry_after_ms="1"),
    error(429, "Rate limit reached", code="rate_limit_exceeded", retry_after_ms="1"),
    error(408, retry_after_ms="1"),
    error(409, retry_after_ms="1"),
    Reply(cut=True),
    Reply(reset=True),
)
"""Faults that waiting cures. After the last two, which carry no header, the client waits its own
half second.
"""


def faulty(
    script: Script, *, rate: float, seed: int = 0, faults: Sequence[Reply] = FAULTS
) -> Callable[[Asked], Reply]:
    """The script of a server that fails this share of requests, the same for the same seed."""
    answer = scripted(script)

    def reply(asked: Asked) -> Reply:
        digest = hashlib.sha256(f"{seed}/{asked.key}/{asked.number}".encode()).digest()
        if int.from_bytes(digest[:8]) < rate * 2**64:
            return faults[digest[8] % len(faults)]
        return answer(asked)

    return reply


def response_body(request: Mapping[str, Any], reply: Reply, response_id: str) -> dict[str, Any]:
    """A response as the Responses API sends it."""
    message = {
        "id": f"msg_{response_id[5:]}",
        "type": "message",
        "status": "completed",
        "role": "assistant",
        "content": [{"type": "output_text", "annotations": [], "logprobs": [], "text": reply.text}],
    }
    reasoning = {"id": f"rs_{response_id[5:]}", "type": "reasoning", "summary": []}
    called = [
        {"type": "function_call", "call_id": call.get("id"), "status": "completed"}
        | {name: call[name] for name in ("name", "arguments") if name in call}
        for call in reply.calls
    ]
    return {
        "id": response_id,
        "object": "response",
        "created_at": int(time.time()),
        "status": "completed",
        "background": bool(request.get("background", False)),
        "error": None,
        "incomplete_details": None,
        "instructions": None,
        "max_output_tokens": request.get("max_output_tokens"),
        "model": request.get("model"),
        "output": [reasoning, *reply.output, *([] if reply.text is None else [message]), *called],
        "parallel_tool_calls": True,
        "previous_response_id": None,
        "reasoning": request.get("reasoning"),
        "service_tier": "default",
        "store": request.get("store", True),
        "text": {"format": {"type": "text"}, **request.get("text", {})},
        "tool_choice": request.get("tool_choice", "auto"),
        "tools": request.get("tools", []),
        "truncation": "disabled",
        "usage": dict(RESPONSES_USAGE if reply.usage is None else reply.usage),
        "metadata": {},
        **reply.fields,
    }


def chat_body(request: Mapping[str, Any], reply: Reply, response_id: str) -> dict[str, Any]:
    """A completion as Chat Completions sends it."""
    message: dict[str, Any] = {
        "role": "assistant",
        "content": reply.text,
        "refusal": None,
        "annotations": [],
    }
    if reply.calls:
        message["tool_calls"] = [
            {name: call[name] for name in ("id",) if name in call}
            | {"type": "function", "function": {k: v for k, v in call.items() if k != "id"}}
            for call in reply.calls
        ]
    reason = "tool_calls" if reply.calls else "stop"
    return {
        "id": f"chatcmpl-{response_id[5:]}",
        "object": "chat.completion",
        "created": int(time.time()),
        "model": request.get("model"),
        "choices": [{"index": 0, "message": message, "logprobs": None, "finish_reason": reason}],
        "usage": dict(CHAT_USAGE if reply.usage is None else reply.usage),
        "service_tier": "default",
        **reply.fields,
    }


def scripted(script: Script) -> Callable[[Asked], Reply]:
    """The script as a function."""
    if isinstance(script, Reply):
        return lambda _: script
    if callable(script):
        return script
    replies, lock = list(script), threading.Lock()

    def next_reply(_: Asked) -> Reply:
        with lock:
            return replies.pop(0) if len(replies) > 1 else replies[0]

    return next_reply
