"""The HTTP of the loopback model server: requests in, scripted replies out, some of them broken."""

import hashlib
import json
import re
import socket
import struct
import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Protocol

from tests.support.batching import Batching
from tests.support.replies import Asked, Reply

_PATHS = r"/((?:responses|files|batches)(?:/.*)?|chat/completions)$"


class State(Protocol):
    """What is behind the HTTP: `tests.support.server.Server`."""

    script: Callable[[Asked], Reply]
    batching: Batching

    def accept(
        self, method: str, path: str, headers: Mapping[str, str], body: dict[str, Any]
    ) -> Asked: ...

    def create(self, asked: Asked, reply: Reply) -> dict[str, Any]: ...

    def poll(self, response_id: str) -> dict[str, Any] | None: ...

    def cancel(self, response_id: str) -> tuple[int, dict[str, Any] | None]: ...


class Http(ThreadingHTTPServer):
    daemon_threads = True
    block_on_close = False
    request_queue_size = 1024

    def __init__(self, state: State, address: str) -> None:
        self.state = state
        self.open: set[socket.socket] = set()
        super().__init__((address, 0), _Handler)

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
    server: Http

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the base class's name
        """Say nothing: the tests read `Server.asked`."""

    def handle(self) -> None:
        with suppress(ConnectionError, TimeoutError):  # the client went away, as killed ones do
            super().handle()

    def finish(self) -> None:
        with suppress(OSError):
            super().finish()

    def do_POST(self) -> None:
        size = int(self.headers.get("content-length") or 0)
        data = self.rfile.read(size)
        if len(data) < size:  # the client died before it had sent the whole
            self.close_connection = True
            return None
        path = self._below_the_base()
        if path.startswith(("files", "batches")):
            return self._batching("POST", path, data)
        body, state = json.loads(data or b"{}"), self.server.state
        asked = state.accept(
            "POST", self.path, {k.lower(): v for k, v in self.headers.items()}, body
        )
        if path.startswith("responses/") and path.endswith("/cancel"):
            status, found = state.cancel(path.split("/")[1])
            return self._send_found(found, status)
        if path not in ("responses", "chat/completions"):
            return self._send_found(None)
        return self._reply(asked, state.script(asked))

    def do_GET(self) -> None:
        state = self.server.state
        state.accept("GET", self.path, {k.lower(): v for k, v in self.headers.items()}, {})
        path = self._below_the_base()
        if path.startswith(("files", "batches")):
            return self._batching("GET", path, b"")
        return self._send_found(state.poll(path.split("/")[1]) if path.count("/") == 1 else None)

    def _below_the_base(self) -> str:
        """The path of an API, wherever it begins: one host can have several servers."""
        found = re.search(_PATHS, self.path.partition("?")[0])
        return found[1] if found else ""

    def _send_found(self, body: Mapping[str, Any] | None, status: int = 200) -> None:
        if body is None:
            gone = {
                "message": "Not found.",
                "type": "invalid_request_error",
                "param": None,
                "code": None,
            }
            return self._send(404, json.dumps({"error": gone}).encode())
        return self._send(status, json.dumps(body).encode())

    def _batching(self, method: str, path: str, data: bytes) -> None:
        query, kind = self.path.partition("?")[2], self.headers.get("content-type") or ""
        told = self.server.state.batching.handle(method, path, query, data, kind)
        if told is None:
            self.close_connection = True
            return None
        status, body, headers = told
        return self._send(status, body, Reply(headers=headers))

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
                reply.status,
                json.dumps({"error": reply.error or {"message": "scripted"}}).encode(),
                reply,
            )
        return self._send(200, json.dumps(self.server.state.create(asked, reply)).encode(), reply)

    def _send(self, status: int, body: bytes, reply: Reply | None = None) -> None:
        reply = reply or Reply()
        if reply.drip_head:
            head = f"HTTP/1.1 {status} -\r\nContent-Length: {len(body)}\r\n\r\n"
            return self._drip(head.encode() + body, reply.drip_head)
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.send_header("X-Request-Id", f"req_{hashlib.sha256(body).hexdigest()[:16]}")
        for name, value in reply.headers.items():
            self.send_header(name, value)
        self.end_headers()
        if reply.drip:
            self._drip(body, reply.drip)
        else:
            self.wfile.write(body[: len(body) // 2] if reply.cut else body)
        self.wfile.flush()
        if reply.cut:
            self.close_connection = True
        return None

    def _drip(self, data: bytes, seconds: float) -> None:
        for byte in data:
            self.wfile.write(bytes([byte]))
            self.wfile.flush()
            time.sleep(seconds)
