"""A model server on loopback: real HTTP, the Responses API and Chat Completions, each reply scripted.

    with serve(Reply(text="...")) as server:
        ...  --base-url server.base_url
        assert server.paid == {...}

A script is one `Reply`, a list of them (the last repeats), or a function from `Asked` to `Reply`. `faulty` puts
deterministic faults in front of any script. What was asked is in `server.asked`; what a provider would have billed is
in `server.paid`, by the client's `X-Client-Request-Id` (the ledger's key: one a point and attempt).
"""

import hashlib
import json
import socket
import struct
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

GOOD = json.dumps({"code": "def f(x):\n    return x.count('1') % 2\n"})
"""An answer in the contract: the parity of all bits."""

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
    polls: int = 0
    """In background mode: how many polls find it unfinished."""


Script = Reply | Sequence[Reply] | Callable[[Asked], Reply]


def error(status: int, message: str = "scripted", *, code: str | None = None, **headers: str) -> Reply:
    """A reply with an HTTP status and an API error object; header names with `_` for `-`."""
    kind = {400: "invalid_request_error", 401: "authentication_error", 429: "rate_limit_error"}.get(status, "error")
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
"""Faults that waiting cures. After the last two, which carry no header, the client waits its own half second."""


def faulty(script: Script, *, rate: float, seed: int = 0, faults: Sequence[Reply] = FAULTS) -> Callable[[Asked], Reply]:
    """The script behind a server that fails this share of requests, the same ones for the same seed."""
    answer = _scripted(script)

    def reply(asked: Asked) -> Reply:
        digest = hashlib.sha256(f"{seed}/{asked.key}/{asked.number}".encode()).digest()
        if int.from_bytes(digest[:8]) < rate * 2**64:
            return faults[digest[8] % len(faults)]
        return answer(asked)

    return reply


class Server:
    """What a running server knows. `base_url` is what `--base-url` takes."""

    def __init__(self, script: Script) -> None:
        self.script = _scripted(script)
        self.asked: list[Asked] = []
        self.paid: Counter[str] = Counter()
        """Answers generated, by key: sent whole, cut, or to be polled for."""
        self.polled: Counter[str] = Counter()
        self.cancelled: list[str] = []
        self.stored: dict[str, dict[str, Any]] = {}
        self._unfinished: Counter[str] = Counter()
        self._numbers: Counter[str] = Counter()
        self._lock = threading.Lock()
        self._http = _Http(self)
        self.port = int(self._http.server_address[1])

    @property
    def base_url(self) -> str:
        return f"http://127.0.0.1:{self.port}/v1"

    @property
    def questions(self) -> list[Asked]:
        """The requests that ask for an answer: no polls, no cancellations."""
        return [asked for asked in self.asked if asked.path in ("/v1/responses", "/v1/chat/completions")]

    def accept(self, method: str, path: str, headers: Mapping[str, str], body: dict[str, Any]) -> Asked:
        """Count the request and write it down."""
        key = headers.get("x-client-request-id") or hashlib.sha256(json.dumps(body).encode()).hexdigest()
        with self._lock:
            self._numbers[key] += 1
            asked = Asked(
                method=method, path=path, headers=dict(headers), body=body, key=key, number=self._numbers[key]
            )
            self.asked.append(asked)
        return asked

    def create(self, asked: Asked, reply: Reply) -> dict[str, Any]:
        """The body of a 200 for a new response or completion, which is billed from here on."""
        response_id = f"resp_{hashlib.sha256(f'{asked.key}/{asked.number}'.encode()).hexdigest()[:24]}"
        body = (chat_body if asked.path.endswith("completions") else response_body)(asked.body, reply, response_id)
        with self._lock:
            self.paid[asked.key] += 1
            if asked.body.get("background"):
                self.stored[response_id] = body
                self._unfinished[response_id] = reply.polls
                return self._unfinished_body(body, "queued")
        return body

    def poll(self, response_id: str) -> dict[str, Any] | None:
        """The stored response, finished once it was polled for often enough."""
        with self._lock:
            self.polled[response_id] += 1
            body = self.stored.get(response_id)
            if body is None or body["status"] == "cancelled":
                return body
            if self._unfinished[response_id] > 0:
                self._unfinished[response_id] -= 1
                return self._unfinished_body(body, "in_progress")
            return body

    def cancel(self, response_id: str) -> tuple[int, dict[str, Any] | None]:
        """Status and body. What is finished cannot be cancelled."""
        with self._lock:
            body = self.stored.get(response_id)
            if body is None:
                return 404, None
            if self._unfinished[response_id] == 0:
                return 400, {"error": {"message": "Cannot cancel a completed response.", "code": None}}
            self.cancelled.append(response_id)
            body.update(status="cancelled", output=[], usage=None)
            return 200, body

    @staticmethod
    def _unfinished_body(body: Mapping[str, Any], status: str) -> dict[str, Any]:
        return {**body, "status": status, "output": [], "usage": None}


@contextmanager
def serve(script: Script = Reply()) -> Iterator[Server]:
    """A running server on a free port of loopback, gone with the `with` block."""
    server = Server(script)
    thread = threading.Thread(target=server._http.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield server
    finally:
        server._http.shutdown()
        server._http.server_close()
        thread.join()


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
        "output": [reasoning, *reply.output, *([] if reply.text is None else [message])],
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
    message: dict[str, Any] = {"role": "assistant", "content": reply.text, "refusal": None, "annotations": []}
    return {
        "id": f"chatcmpl-{response_id[5:]}",
        "object": "chat.completion",
        "created": int(time.time()),
        "model": request.get("model"),
        "choices": [{"index": 0, "message": message, "logprobs": None, "finish_reason": "stop"}],
        "usage": dict(CHAT_USAGE if reply.usage is None else reply.usage),
        "service_tier": "default",
        **reply.fields,
    }


def _scripted(script: Script) -> Callable[[Asked], Reply]:
    if isinstance(script, Reply):
        return lambda _: script
    if callable(script):
        return script
    replies, lock = list(script), threading.Lock()

    def next_reply(_: Asked) -> Reply:
        with lock:
            return replies.pop(0) if len(replies) > 1 else replies[0]

    return next_reply


class _Http(ThreadingHTTPServer):
    daemon_threads = True
    block_on_close = False
    request_queue_size = 128

    def __init__(self, server: Server) -> None:
        self.state = server
        self.open: set[socket.socket] = set()
        super().__init__(("127.0.0.1", 0), _Handler)

    def process_request(self, request: Any, client_address: Any) -> None:
        self.open.add(request)
        super().process_request(request, client_address)

    def shutdown_request(self, request: Any) -> None:
        self.open.discard(request)
        super().shutdown_request(request)

    def server_close(self) -> None:
        super().server_close()
        for connection in list(self.open):
            with suppress(OSError):  # its thread may be closing it this moment
                connection.shutdown(socket.SHUT_RDWR)


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    wbufsize = -1  # headers and body leave together
    server: _Http

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the base class's name
        """Say nothing: the tests read `Server.asked`."""

    def handle(self) -> None:
        with suppress(ConnectionError, TimeoutError):  # the client went away, as killed ones do
            super().handle()

    def finish(self) -> None:
        with suppress(OSError):
            super().finish()

    def do_POST(self) -> None:
        body = json.loads(self.rfile.read(int(self.headers.get("content-length") or 0)) or b"{}")
        state = self.server.state
        asked = state.accept("POST", self.path, {k.lower(): v for k, v in self.headers.items()}, body)
        if self.path.startswith("/v1/responses/") and self.path.endswith("/cancel"):
            status, found = state.cancel(self.path.split("/")[3])
            return self._send_found(found, status)
        if self.path not in ("/v1/responses", "/v1/chat/completions"):
            return self._send_found(None)
        return self._reply(asked, state.script(asked))

    def do_GET(self) -> None:
        state = self.server.state
        asked = state.accept("GET", self.path, {k.lower(): v for k, v in self.headers.items()}, {})
        return self._send_found(state.poll(asked.path.split("/")[3]) if asked.path.count("/") == 3 else None)

    def _send_found(self, body: Mapping[str, Any] | None, status: int = 200) -> None:
        if body is None:
            gone = {"message": "Not found.", "type": "invalid_request_error", "param": None, "code": None}
            return self._send(404, json.dumps({"error": gone}).encode())
        return self._send(status, json.dumps(body).encode())

    def _reply(self, asked: Asked, reply: Reply) -> None:
        if reply.delay:
            time.sleep(reply.delay)
        if reply.reset:
            self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            self.close_connection = True
            self.connection.close()
            return None
        if reply.raw is not None:
            return self._send(reply.status, reply.raw, reply)
        if reply.status != 200:
            return self._send(
                reply.status, json.dumps({"error": reply.error or {"message": "scripted"}}).encode(), reply
            )
        return self._send(200, json.dumps(self.server.state.create(asked, reply)).encode(), reply)

    def _send(self, status: int, body: bytes, reply: Reply | None = None) -> None:
        reply = reply or Reply()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.send_header("X-Request-Id", f"req_{hashlib.sha256(body).hexdigest()[:16]}")
        for name, value in reply.headers.items():
            self.send_header(name, value)
        self.end_headers()
        for byte in body if reply.drip else b"":
            self.wfile.write(bytes([byte]))
            self.wfile.flush()
            time.sleep(reply.drip)
        if not reply.drip:
            self.wfile.write(body[: len(body) // 2] if reply.cut else body)
        self.wfile.flush()
        if reply.cut:
            self.close_connection = True
