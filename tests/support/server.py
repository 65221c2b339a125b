"""A model server on loopback: real HTTP, Responses API and Chat Completions, scripted replies.

    with serve(Reply(text="...")) as server:
        ...  --base-url server.base_url
        assert server.paid == {...}

A script is one `Reply`, a list of them (the last repeats), or a function from `Asked` to `Reply`.
`faulty` puts deterministic faults in front of any script. What was asked is in `server.asked`; what
a provider would have billed is in `server.paid`, by the client's `X-Client-Request-Id` (the
ledger's key: one a point and attempt).
"""

import hashlib
import json
import threading
import time
from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from tests.support.batching import Batching
from tests.support.replies import (
    CHAT_USAGE,
    FAULTS,
    GOOD,
    RESPONSES_USAGE,
    WRONG,
    Asked,
    Reply,
    Script,
    chat_body,
    error,
    faulty,
    response_body,
    scripted,
)
from tests.support.wire import Http

__all__ = [
    "CHAT_USAGE",
    "FAULTS",
    "GOOD",
    "RESPONSES_USAGE",
    "WRONG",
    "Asked",
    "Reply",
    "Script",
    "Server",
    "error",
    "faulty",
    "serve",
]


ANSWERING = Reply()


class Server:
    """What a running server knows. `base_url` is what `--base-url` takes."""

    def __init__(self, script: Script, address: str = "127.0.0.1") -> None:
        self.script = scripted(script)
        self.address = address
        self.asked: list[Asked] = []
        self.paid: Counter[str] = Counter()
        """Answers generated, by key: sent whole, cut, or to be polled for."""
        self.polled: Counter[str] = Counter()
        self.cancelled: list[str] = []
        self.stored: dict[str, dict[str, Any]] = {}
        self._unknown: Counter[str] = Counter()
        self._unfinished: Counter[str] = Counter()
        self._numbers: Counter[str] = Counter()
        self._lock = threading.Lock()
        self.batching = Batching(self._line)
        self._http = Http(self, address)
        self.port = int(self._http.server_address[1])

    @property
    def base_url(self) -> str:
        return f"http://{self.address}:{self.port}/v1"

    @property
    def questions(self) -> list[Asked]:
        """The requests that ask for an answer: no polls, no cancellations."""
        return [
            asked
            for asked in self.asked
            if asked.path.endswith(("/responses", "/chat/completions"))
        ]

    def accept(
        self, method: str, path: str, headers: Mapping[str, str], body: dict[str, Any]
    ) -> Asked:
        """Count the request and write it down."""
        key = (
            headers.get("x-client-request-id")
            or hashlib.sha256(json.dumps(body).encode()).hexdigest()
        )
        with self._lock:
            self._numbers[key] += 1
            asked = Asked(
                method=method,
                path=path.partition("?")[0],
                query=path.partition("?")[2],
                headers=dict(headers),
                body=body,
                key=key,
                number=self._numbers[key],
            )
            self.asked.append(asked)
        return asked

    def create(self, asked: Asked, reply: Reply) -> dict[str, Any]:
        """The body of a 200 for a new response or completion, which is billed from here on."""
        response_id = (
            f"resp_{hashlib.sha256(f'{asked.key}/{asked.number}'.encode()).hexdigest()[:24]}"
        )
        body = (chat_body if asked.path.endswith("completions") else response_body)(
            asked.body, reply, response_id
        )
        with self._lock:
            self.paid[asked.key] += 1
            if asked.body.get("background"):
                if reply.at_once:
                    return body
                self.stored[response_id] = body
                self._unknown[response_id] = reply.unknown
                self._unfinished[response_id] = reply.polls
                return self._unfinished_body(body, "queued")
        return body

    def _line(self, line: dict[str, Any]) -> tuple[int, dict[str, Any]]:
        """Status and body of what a line of a batch brings."""
        asked = self.accept(
            "POST", line["url"], {"x-client-request-id": line["custom_id"]}, line["body"]
        )
        reply = self.script(asked)
        if reply.status != 200:
            return reply.status, {"error": reply.error or {"message": "scripted"}}
        return 200, self.create(asked, reply)

    def wait_until_idle(self) -> None:
        """Wait until nobody is connected, as after a run that was killed."""
        while self._http.open:
            time.sleep(0.002)

    def poll(self, response_id: str) -> dict[str, Any] | None:
        """The stored response, finished once it was polled for often enough."""
        with self._lock:
            self.polled[response_id] += 1
            if self._unknown[response_id] > 0:
                self._unknown[response_id] -= 1
                return None
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
                return 400, {
                    "error": {"message": "Cannot cancel a completed response.", "code": None}
                }
            self.cancelled.append(response_id)
            body.update(status="cancelled", output=[], usage=None)
            return 200, body

    @staticmethod
    def _unfinished_body(body: Mapping[str, Any], status: str) -> dict[str, Any]:
        return {**body, "status": status, "output": [], "usage": None}


@contextmanager
def serve(script: Script = ANSWERING, address: str = "127.0.0.1") -> Iterator[Server]:
    """A running server on a free port of loopback, gone with the `with` block."""
    server = Server(script, address)
    thread = threading.Thread(
        target=server._http.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True
    )
    thread.start()
    try:
        yield server
    finally:
        server._http.shutdown()
        server._http.server_close()
        thread.join()
