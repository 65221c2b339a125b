"""The batch endpoint of the loopback model server: files, batches, and what may go wrong with both.

    server.batching.plan = lambda number: BatchPlan(ends="expired", unanswered=(2,))

A batch is run, and billed, when it ends. Each reply says when to look again, so that nobody waits.
"""

import json
import random
import re
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from email.parser import BytesParser
from email.policy import HTTP
from typing import Any
from urllib.parse import parse_qs

PATIENCE = 60.0
"""Seconds that a moment is held at most."""

SOON = {"openai-poll-after-ms": "10"}


@dataclass(frozen=True, kw_only=True)
class BatchPlan:
    """What becomes of one batch."""

    looks: int = 2
    """How many looks find it unfinished."""
    late: int = 0
    """How many looks after its end find no files."""
    ends: str = "completed"
    unanswered: tuple[int, ...] = ()
    """The lines, from 1, that have an error instead of an answer: `error`."""
    missing: tuple[int, ...] = ()
    """The lines that are in no file."""
    error: Mapping[str, Any] = field(default_factory=lambda: {"code": "batch_expired"})
    noise: bytes = b""
    """What stands before the lines of the file of answers."""
    errors: tuple[Mapping[str, Any], ...] = ()
    """Why it failed as a whole."""
    is_lost: bool = False
    """Whether the connection ends instead of the reply that tells of its creation."""


UNDER_WAY = ("validating", "in_progress", "finalizing")
FULL = BatchPlan(
    looks=0,
    ends="failed",
    errors=({"code": "token_limit_exceeded", "message": "Enqueued token limit reached"},),
)


@dataclass
class Batch:
    """A batch that was created."""

    number: int
    plan: BatchPlan
    lines: list[dict[str, Any]]
    token: str
    status: str = "validating"
    looked: int = 0
    looked_by_its_end: int = 0

    @property
    def batch_id(self) -> str:
        return f"batch_{self.number}"

    @property
    def keys(self) -> list[str]:
        return [line["custom_id"] for line in self.lines]


Told = tuple[int, bytes, Mapping[str, str]]
"""Status, body and headers of a reply."""


class Batching:
    """The endpoint. `run` answers a line: it gives the status and the body of the answer."""

    def __init__(self, run: Callable[[dict[str, Any]], tuple[int, dict[str, Any]]]) -> None:
        self.plan: Callable[[int], BatchPlan] = lambda _: BatchPlan()
        self.queue = 10**9
        """So many requests of batches may be under way: one more, and a batch fails."""
        self.batches: list[Batch] = []
        self.files: dict[str, bytes] = {}
        self.cancelled: list[str] = []
        self.instead: dict[str, bytes] = {}
        """By path: what is replied there instead, whatever happens."""
        self.odd: Mapping[str, Any] = {}
        """Laid over what is told of each batch."""
        self.hold_at = ""
        """The moment at which the server does nothing more, until `release`."""
        self.held = threading.Event()
        self._go = threading.Event()
        self._run = run
        self._lock = threading.Lock()

    def release(self) -> None:
        """Go on from a moment that was held."""
        self.hold_at = ""
        self._go.set()
        self.held = threading.Event()
        self._go = threading.Event()

    def handle(
        self, method: str, path: str, query: str, data: bytes, content_type: str
    ) -> Told | None:
        """The reply to a request; None where the connection ends instead."""
        with self._lock:
            moment, told = self._handled(method, path, query, data, content_type)
        if moment and moment == self.hold_at:
            go = self._go
            self.held.set()
            go.wait(PATIENCE)
        if told is not None and path in self.instead:
            return 200, self.instead[path], {"openai-poll-after-ms": "9" * 400}
        return told

    def _handled(
        self, method: str, path: str, query: str, data: bytes, content_type: str
    ) -> tuple[str, Told | None]:
        name, _, rest = path.partition("/")
        number = re.fullmatch(r"batch_(\d+)(/cancel)?", rest)
        if (method, path) == ("POST", "files"):
            return "uploaded", self._upload(data, content_type)
        if (method, path) == ("POST", "batches"):
            return "created", self._create(json.loads(data))
        if (method, path) == ("GET", "batches"):
            return "listed", self._list(parse_qs(query))
        if name == "files" and rest.removesuffix("/content") in self.files:
            return "downloaded", (200, self.files[rest.removesuffix("/content")], SOON)
        if name == "batches" and number and int(number[1]) <= len(self.batches):
            batch = self.batches[int(number[1]) - 1]
            if number[2]:
                self.cancelled.append(batch.batch_id)
                self._end(batch, "cancelled")
            else:
                self._look(batch)
            return "looked", _told(self._state(batch))
        return "", _told({"error": {"message": "Not found.", "code": None}}, 404)

    def _upload(self, data: bytes, content_type: str) -> Told:
        head = f"Content-Type: {content_type}\r\n\r\n".encode()
        form = BytesParser(policy=HTTP).parsebytes(head + data)
        parts = {
            part.get_param("name", header="content-disposition"): part for part in form.iter_parts()
        }
        assert parts["purpose"].get_content().strip() == "batch"
        content = parts["file"].get_payload(decode=True)
        assert isinstance(content, bytes)
        return _told({"id": self._keep(content), "object": "file"})

    def _create(self, body: dict[str, Any]) -> Told | None:
        lines = [json.loads(line) for line in self.files[body["input_file_id"]].splitlines()]
        assert {line["url"] for line in lines} == {body["endpoint"]}
        assert len({line["custom_id"] for line in lines}) == len(lines)
        assert body["completion_window"] == "24h"
        number = len(self.batches) + 1
        under_way = sum(len(batch.lines) for batch in self.batches if batch.status in UNDER_WAY)
        is_full = under_way + len(lines) > self.queue
        plan = FULL if is_full else self.plan(number)
        batch = Batch(number, plan, lines, body["metadata"]["llmpv"])
        self.batches.append(batch)
        return None if batch.plan.is_lost else _told(self._state(batch))

    def _list(self, query: Mapping[str, list[str]]) -> Told:
        """Two on a page, so that pages are turned."""
        newest = [self._state(batch) for batch in reversed(self.batches)]
        after = query.get("after", [""])[0]
        start = [batch["id"] for batch in newest].index(after) + 1 if after else 0
        data = newest[start : start + 2]
        return _told({"object": "list", "data": data, "has_more": start + 2 < len(newest)})

    def _look(self, batch: Batch) -> None:
        batch.looked += 1
        if batch.status in UNDER_WAY:
            if batch.looked > batch.plan.looks:
                self._end(batch, batch.plan.ends)
            else:
                batch.status = UNDER_WAY[batch.looked % 3]

    def _end(self, batch: Batch, status: str) -> None:
        """Run its lines. Of one that is cancelled the first has been run by then."""
        batch.status, batch.looked_by_its_end = status, batch.looked
        answers: list[dict[str, Any]] = []
        errors: list[dict[str, Any]] = []
        for place, line in enumerate(batch.lines if status != "failed" else (), 1):
            is_late = status == "cancelled" and place > 1
            if place in batch.plan.missing or is_late:
                continue
            told: dict[str, Any] = {"id": f"batch_req_{place}", "custom_id": line["custom_id"]}
            if place in batch.plan.unanswered:
                errors.append({**told, "response": None, "error": batch.plan.error})
                continue
            code, body = self._run(line)
            response = {"status_code": code, "request_id": f"req_{place}", "body": body}
            (answers if code == 200 else errors).append({**told, "response": response})
        random.Random(batch.number).shuffle(answers)
        for kind, lines in (("output", answers), ("error", errors)):
            text = "".join(json.dumps(line) + "\n" for line in lines).encode()
            noise = batch.plan.noise if kind == "output" else b""
            self.files[f"file_{kind}_{batch.number}"] = noise + text

    def _state(self, batch: Batch) -> dict[str, Any]:
        is_over = f"file_output_{batch.number}" in self.files and batch.status != "failed"
        done = len(batch.lines) if is_over else 0
        has_files = is_over and batch.looked - batch.looked_by_its_end >= batch.plan.late
        return {
            "id": batch.batch_id,
            "object": "batch",
            "status": batch.status,
            "created_at": 4_000_000_000 + batch.number,
            "output_file_id": f"file_output_{batch.number}" if has_files else None,
            "error_file_id": f"file_error_{batch.number}" if has_files else None,
            "errors": {"object": "list", "data": list(batch.plan.errors)},
            "request_counts": {"total": len(batch.lines), "completed": done, "failed": 0},
            "metadata": {"llmpv": batch.token},
            **self.odd,
        }

    def _keep(self, content: bytes) -> str:
        file_id = f"file-{len(self.files) + 1}"
        self.files[file_id] = content
        return file_id


def _told(body: Mapping[str, Any], status: int = 200) -> Told:
    return status, json.dumps(body).encode(), SOON
