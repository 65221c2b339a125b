"""The batch endpoint of a server: files of requests go in, files of results come out."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from bench.proposers.api.batch_lines import read_result
from bench.proposers.api.client import Client
from bench.proposers.api.failures import UNREAD, Failure, told
from bench.proposers.api.reading import count, mapping, name, word
from bench.proposers.api.words import error_in
from bench.proposers.clock import Clock
from bench.proposers.proposer import Outage, Request, Unserved
from bench.record.answer import Answer

UNFINISHED = ("validating", "in_progress", "finalizing", "cancelling")
ENDED = ("completed", "expired", "cancelled", "failed")

TOKEN = "llmpv"  # noqa: S105 - a name in a batch's metadata
PAGE = 100
"""Batches that one request lists."""
MOST_PAGES = 1000
"""A server that has more of them has no end."""
HINT = "openai-poll-after-ms"
"""The header by which a server says when to look again."""
_LONGEST_HINT = 3600.0

_NO_BATCH = Failure("the reply is not one of a batch endpoint", "check --base-url")


@dataclass(frozen=True, slots=True, kw_only=True)
class BatchState:
    """A batch as the server tells of it."""

    status: str
    done: int
    """How many of its requests have an answer, or failed."""
    total: int
    files: tuple[str, ...]
    """The ids of the files with its results: answers, then errors."""
    errors: tuple[Mapping[str, Any], ...]
    """Why the batch as a whole failed."""
    hint: float | None
    """After how many seconds the server wants to be asked again."""


class BatchProposer(Protocol):
    """A proposer whose requests can be sent as a batch."""

    def batching(self) -> "BatchApi":
        """The batch endpoint of its server."""
        ...

    def body(self, request: Request) -> Mapping[str, Any]:
        """The exact body that would be sent for this request."""
        ...

    def answer(
        self, request: Request, payload: dict[str, Any], request_id: str | None, clock: Clock
    ) -> Answer:
        """The answer in what came back for a request. Raises Outage where it holds none."""
        ...


class BatchApi:
    """Batches of requests to one path of the API. Every method raises Outage."""

    def __init__(self, client: Client, path: str) -> None:
        self._client = client
        self.path = path

    async def upload(self, model: str, content: bytes) -> str:
        """The id of a new file with these lines."""
        file = ("file", ("batch.jsonl", content, "application/jsonl"))
        headers = {"Content-Type": "multipart/form-data"}
        body = {"purpose": "batch"}
        reply = await self._client.reply("POST", "/files", model, body, [file], headers=headers)
        return self._id_in(self._client.read(reply, model), model)

    async def create(self, model: str, file_id: str, token: str) -> str:
        """The id of a new batch of the lines in a file.

        It is asked for once: after a failure there may be such a batch all the same. Its token
        tells, see `find`.
        """
        body = {
            "input_file_id": file_id,
            "endpoint": f"/v1{self.path}",
            "completion_window": "24h",
            "metadata": {TOKEN: token},
        }
        reply = await self._client.reply("POST", "/batches", model, body, max_retries=0)
        return self._id_in(self._client.read(reply, model), model)

    async def find(self, model: str, token: str, since: float) -> tuple[str | None, float | None]:
        """The id of the batch with this token, or None; and after how long to look again.

        It was created after `since`, in seconds of Unix time.
        """
        after: dict[str, Any] = {}
        for _ in range(MOST_PAGES):
            reply = await self._client.reply(
                "GET", "/batches", model, params={"limit": PAGE, **after}
            )
            page = self._client.read(reply, model)
            if not isinstance(page.get("data"), list):
                break
            batches = [mapping(batch) for batch in page["data"]]
            for batch in batches:
                if mapping(batch.get("metadata")).get(TOKEN) == token:
                    return self._id_in(batch, model), None
            last = name(batches[-1].get("id")) if batches else None
            if page.get("has_more") is not True or not last or _are_older(batches, since):
                return None, _hint(reply.headers)
            after = {"after": last}
        raise self._client.outage(model, _NO_BATCH)

    async def look(self, model: str, batch_id: str) -> BatchState:
        """The batch as it is now."""
        reply = await self._client.reply("GET", f"/batches/{batch_id}", model)
        batch = self._client.read(reply, model)
        status, counts = word(batch.get("status")), mapping(batch.get("request_counts"))
        if status not in UNFINISHED and status not in ENDED:
            raise self._client.outage(model, _NO_BATCH)
        files = (_id(batch.get(field)) for field in ("output_file_id", "error_file_id"))
        errors = mapping(batch.get("errors")).get("data")
        return BatchState(
            status=status,
            done=sum(count(counts.get(field)) or 0 for field in ("completed", "failed")),
            total=count(counts.get("total")) or 0,
            files=tuple(filter(None, files)),
            errors=tuple(map(mapping, errors)) if isinstance(errors, list) else (),
            hint=_hint(reply.headers),
        )

    async def download(self, model: str, file_id: str) -> bytes:
        """The content of a file."""
        reply = await self._client.reply("GET", f"/files/{file_id}/content", model)
        return bytes(reply.content)

    async def cancel(self, model: str, batch_id: str) -> None:
        """Have the server begin no more of a batch's requests."""
        await self._client.reply("POST", f"/batches/{batch_id}/cancel", model)

    def payload(
        self, model: str, body: Mapping[str, Any], line: bytes
    ) -> tuple[dict[str, Any], str | None]:
        """What came back for a request with this body, and its id.

        Raises Unserved or Outage where the line tells of a failure.
        """
        plain = self._client.blotted(read_result(line))
        response = mapping(plain.get("response"))
        payload, status = response.get("body"), count(response.get("status_code"))
        is_success = status is None or 200 <= status < 300
        if is_success and isinstance(payload, dict) and not error_in(plain):
            return payload, name(response.get("request_id"))
        head = "the batch has no answer" if is_success else f"HTTP {status}"
        error = error_in(plain) or payload
        raise self.failure(model, body, head, error, None if is_success else status)

    def failure(
        self,
        model: str,
        body: Mapping[str, Any],
        head: str,
        error: Any = None,
        status: int | None = None,
    ) -> Outage:
        """What an error means for a request: Unserved where it may pass, else an Outage."""
        failure = told(head, error, self.path, body, status)
        passes = failure.ends is None and failure.status not in UNREAD
        return self._client.outage(model, failure, Unserved if passes else Outage)

    def _id_in(self, payload: Mapping[str, Any], model: str) -> str:
        if (found := _id(payload.get("id"))) is None:
            raise self._client.outage(model, _NO_BATCH)
        return found


def _id(value: Any) -> str | None:
    """An id of a file or batch, which becomes a part of an address; None for what is none."""
    is_id = isinstance(value, str) and re.fullmatch(r"[A-Za-z0-9_-]{1,200}", value)
    return value if is_id else None


def _are_older(batches: Sequence[Mapping[str, Any]], since: float) -> bool:
    """Whether these are from before a time, and what the server lists after them as well."""
    first, last = (count(batch.get("created_at")) for batch in (batches[0], batches[-1]))
    return first is not None and last is not None and last < min(first, since)


def _hint(headers: Mapping[str, str]) -> float | None:
    text = headers.get(HINT, "")
    return min(int(text) / 1000, _LONGEST_HINT) if text.isdecimal() and len(text) < 10 else None
