"""A model behind the Responses API."""

import asyncio
import hashlib
import time
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from bench.proposers.base import Answer, Lost, Outage, Request
from bench.proposers.body import further_fields, mapping, merged, read_usage, takes_effort, takes_verbosity
from bench.proposers.client import Client
from bench.proposers.failures import Failure
from bench.proposers.key import answer_key
from bench.settings import Settings

FIRST_POLL, SLOWEST_POLL = 0.5, 20.0
"""Seconds between two polls: half as many again each time, up to the slowest."""

_NO_RESPONSE = Failure("the reply is not a response of the Responses API", "check --base-url, or give --api chat")


class Responses:
    """Asks one question a request, with the client's retries."""

    name = "responses"

    def __init__(self, settings: Settings) -> None:
        self.tools: tuple[str, ...] = ("code_interpreter",) if settings.enable_code_interpreter else ()
        self._settings = settings
        self._client = Client(settings)
        self._extra = further_fields(settings)

    def body(self, request: Request) -> Mapping[str, Any]:
        """The body of POST /responses for this request."""
        settings = self._settings
        body: dict[str, Any] = {
            "model": request.model,
            "input": request.prompt,
            "max_output_tokens": settings.max_output_tokens,
            "store": settings.store,
            "stream": False,  # some servers stream unless they are told not to
            "prompt_cache_key": hashlib.sha256(request.prompt.encode()).hexdigest(),
        }
        if takes_effort(request.model):
            body["reasoning"] = {"effort": request.reasoning_effort}
        if takes_verbosity(request.model):
            body["text"] = {"verbosity": settings.text_verbosity}
        if self.tools:
            body["tools"] = [{"type": "code_interpreter", "container": {"type": "auto"}}]
            body["tool_choice"] = settings.tool_choice
            body["include"] = ["code_interpreter_call.outputs"]
        if settings.service_tier is not None:
            body["service_tier"] = settings.service_tier
        if settings.background:
            body |= {"background": True, "store": True}  # the API keeps what it makes in the background
        return merged(body, self._extra)

    async def propose(self, request: Request) -> Answer:
        """Ask, and read what came back. Every failure of the asking is an Outage."""
        started_at, start = datetime.now(UTC).isoformat(), time.perf_counter()
        payload, request_id = await self._create(request)
        return self._answer(request, payload, request_id, started_at, start)

    async def start(self, request: Request) -> str:
        """Have the answer made in the background. The id to collect it by."""
        payload, _ = await self._create(request)
        if not isinstance(payload.get("id"), str):
            raise self._client.outage(request.model, _NO_RESPONSE)
        return str(payload["id"])

    async def collect(self, request: Request, response_id: str) -> Answer:
        """Poll, ever more slowly, for up to `--request-timeout`. Lost where the answer will never be there."""
        started_at, start, pause, queued_ms = datetime.now(UTC).isoformat(), time.perf_counter(), FIRST_POLL, 0.0
        while True:
            try:
                payload, request_id = await self._client.send("GET", f"/responses/{response_id}", request.model)
            except Outage as outage:
                if outage.status == 404:
                    raise Lost(f"background response {response_id} is gone: {outage}") from None
                raise
            if payload.get("status") not in ("queued", "in_progress"):
                answer = self._answer(request, payload, request_id, started_at, start, Lost)
                return replace(answer, queued_ms=queued_ms)
            if payload["status"] == "queued":
                queued_ms = (time.perf_counter() - start) * 1000
            if time.perf_counter() - start > self._settings.request_timeout:
                late = Failure(f"background response {response_id} is not finished", "run again to collect it")
                raise self._client.outage(request.model, late)
            await asyncio.sleep(pause)
            pause = min(pause * 1.5, SLOWEST_POLL)

    async def cancel(self, response_id: str) -> None:
        """Have the answer made no further."""
        await self._client.send("POST", f"/responses/{response_id}/cancel", "of " + response_id)

    async def aclose(self) -> None:
        """Close the connections."""
        await self._client.aclose()

    async def _create(self, request: Request) -> tuple[dict[str, Any], str | None]:
        body = self.body(request)
        key = answer_key(body, self._client.host, request)
        return await self._client.send("POST", "/responses", request.model, body, key)

    def _answer(
        self, request: Request, payload: dict[str, Any], request_id: str | None, started_at: str, start: float,
        kind: type[Outage] = Outage,
    ) -> Answer:  # fmt: skip
        try:
            answer = _read(payload, request_id, started_at, (time.perf_counter() - start) * 1000)
        except (ValueError, TypeError, AttributeError, KeyError):
            raise self._client.outage(request.model, _NO_RESPONSE) from None
        if answer is None:
            error = payload.get("error") or {}
            what = error.get("message") if isinstance(error, dict) else error
            failure = Failure(f"the response {payload.get('status')}: {what or 'no reason given'}", "run again")
            raise self._client.outage(request.model, failure, kind)
        return answer


def _read(payload: Any, request_id: str | None, started_at: str, duration_ms: float) -> Answer | None:
    """The answer in a response's payload; None where the response failed."""
    if not isinstance(payload, dict) or not isinstance(payload.get("output"), list):
        raise ValueError("no response")
    status = payload.get("status")
    if status not in (None, "completed", "incomplete"):
        return None
    items = [mapping(item) for item in payload["output"]]
    calls = [item for item in items if item.get("type") == "code_interpreter_call"]
    parts = [part for item in items if item.get("type") == "message" for part in item.get("content") or ()]
    texts = [part["text"] for part in parts if part["type"] == "output_text"]
    refusals = [part["refusal"] for part in parts if part["type"] == "refusal"]
    error, detail = None, None
    reason = (payload.get("incomplete_details") or {}).get("reason")
    if refusals or reason == "content_filter":
        error, detail = "refused", "".join(refusals) or reason
    elif status == "incomplete":
        error, detail = "incomplete", reason
    outputs = [mapping(output) for call in calls if isinstance(some := call.get("outputs"), list) for output in some]
    return Answer(
        text="".join(texts) if texts else None,
        error=error,
        error_detail=detail,
        usage=read_usage(payload.get("usage"), "input_tokens", "output_tokens"),
        model=payload.get("model"),
        response_id=payload.get("id"),
        request_id=request_id,
        tool_uses=len(calls),
        tool_results_chars=sum(len(str(output.get("logs") or output.get("url") or "")) for output in outputs),
        duration_ms=duration_ms,
        started_at=started_at,
    )
