"""A model behind the Responses API."""

import asyncio
import hashlib
from collections.abc import Mapping
from dataclasses import replace
from typing import Any
from urllib.parse import quote

from bench.options.settings import AskingOptions, QuestionOptions
from bench.proposers.answer_key import answer_key
from bench.proposers.api.batch_api import BatchApi
from bench.proposers.api.body import RESPONSES_FIELDS, changes, merged
from bench.proposers.api.client import Client
from bench.proposers.api.failures import RESPONSES as PATH
from bench.proposers.api.failures import Failure, told
from bench.proposers.api.models import behind, takes_effort, takes_verbosity
from bench.proposers.api.reading import (
    CUT,
    LIMIT,
    answer_text,
    ending,
    has_unread,
    hosted_uses,
    mapping,
    name,
    read_usage,
    said_by,
    unread,
    used_up,
    word,
)
from bench.proposers.api.tool_calls import (
    MOST_CALLS,
    choice_of,
    function_of,
    ids_of,
    read_call,
    sendable,
)
from bench.proposers.api.words import error_in
from bench.proposers.clock import Clock, growing_pauses
from bench.proposers.proposer import Lost, Outage, Refused, Request, TooLong
from bench.record.answer import Answer
from bench.record.tools import CODE_INTERPRETER, PYTHON, ToolCall

FIRST_POLL, SLOWEST_POLL = 0.5, 20.0
"""Seconds between two polls. They grow by half each time, up to the slowest."""

UNKNOWN_SECONDS = 30.0
"""How long a server may be without knowledge of a response that it has just begun."""

UNFINISHED = ("queued", "in_progress")

_COUNTS = ("input_tokens", "output_tokens")
_REPEATED = ("reasoning", "message", "function_call")
"""The types of the items that the next request of a conversation repeats."""

_NO_RESPONSE = Failure(
    "the reply is not a response of the Responses API", "check --base-url, or give --api chat"
)


class Responses:
    """Asks each question with one request, which the client may retry."""

    name = "responses"

    def __init__(self, question: QuestionOptions, asking: AskingOptions) -> None:
        self._question = question
        self._asking = asking
        self._client = Client(asking, question.model)
        self._extra = changes(question, RESPONSES_FIELDS)

    def body(self, request: Request) -> Mapping[str, Any]:
        """The body of POST /responses for this request."""
        question, asking = self._question, self._asking
        model = behind(request.model, asking.base_model)
        cached = request.shared or request.prompt
        body: dict[str, Any] = {
            "model": request.model,
            "input": _input(request),
            "max_output_tokens": question.max_output_tokens,
            "store": asking.store,
            "stream": False,  # some servers stream unless they are told not to
            "prompt_cache_key": hashlib.sha256(cached.encode()).hexdigest(),
        }
        if takes_effort(model, request.reasoning_effort):
            body["reasoning"] = {"effort": request.reasoning_effort}
        if takes_verbosity(model):
            body["text"] = {"verbosity": question.text_verbosity}
        if request.tools == CODE_INTERPRETER:
            body["tools"] = [{"type": "code_interpreter", "container": {"type": "auto"}}]
            body["tool_choice"] = question.tool_choice
            body["include"] = ["code_interpreter_call.outputs"]
        if request.tools == PYTHON:
            body["tools"] = [{"type": "function", **function_of(request), "strict": True}]
            body["tool_choice"] = choice_of(request, question.tool_choice)
            if "reasoning" in body and not (asking.store or asking.background):
                # What the server does not keep has to be sent back to it.
                body["include"] = ["reasoning.encrypted_content"]
        if asking.service_tier is not None:
            body["service_tier"] = asking.service_tier
        if asking.background:
            # The API has to store what it makes in the background.
            body |= {"background": True, "store": True}
        return merged(body, self._extra)

    async def propose(self, request: Request) -> Answer:
        """Ask, and read the reply. Every failure is an Outage."""
        clock = Clock()
        try:
            payload, request_id = await self._create(request)
            return self.answer(request, payload, request_id, clock)
        except (Refused, TooLong) as words:
            return unread(words, request, clock)

    def batching(self) -> BatchApi:
        """The batch endpoint of this server."""
        return BatchApi(self._client, PATH)

    async def start(self, request: Request) -> str | Answer:
        """Start an answer in the background: its id, or the answer if it is there at once."""
        clock = Clock()
        try:
            payload, request_id = await self._create(request)
            if payload.get("status", "queued") not in UNFINISHED:
                return self.answer(request, payload, request_id, clock)
        except (Refused, TooLong) as words:
            return unread(words, request, clock)
        response_id = payload.get("id")
        if not isinstance(response_id, str) or not response_id or not response_id.isprintable():
            raise self._client.outage(request.model, _NO_RESPONSE)
        return response_id

    async def collect(self, request: Request, response_id: str, *, is_new: bool = False) -> Answer:
        """Poll, ever more slowly, for up to `--request-timeout`.

        Raises Outage, and Lost where the answer will never be there.
        """
        clock, queued_ms = Clock(), 0.0
        pauses = growing_pauses(FIRST_POLL, SLOWEST_POLL)
        patience_ms = (UNKNOWN_SECONDS if is_new else 0.0) * 1000
        while True:
            payload, request_id = await self._poll(request, response_id, clock.ms < patience_ms)
            if payload.get("status") not in UNFINISHED:
                # An error without a status is about the poll; the response itself may be fine.
                kind = Lost if isinstance(payload.get("status"), str) else Outage
                try:
                    answer = self.answer(request, payload, request_id, clock, kind)
                except (Refused, TooLong) as words:
                    answer = unread(words, request, clock)
                return replace(answer, queued_ms=queued_ms)
            if payload["status"] == "queued":
                queued_ms = clock.ms
            if clock.ms > self._asking.request_timeout * 1000:
                what = f"background response {response_id} is not finished"
                raise self._client.outage(request.model, Failure(what, "run again to collect it"))
            await asyncio.sleep(next(pauses))

    async def cancel(self, response_id: str) -> None:
        """Have the server stop working on the answer. Raises Outage."""
        await self._client.send(
            "POST", f"{PATH}/{quote(response_id, '')}/cancel", "of " + response_id
        )

    async def aclose(self) -> None:
        """Close the connections."""
        await self._client.aclose()

    async def _create(self, request: Request) -> tuple[dict[str, Any], str | None]:
        body = self.body(request)
        key = answer_key(body, self._client.address, request)
        return await self._client.send("POST", PATH, request.model, body, key)

    async def _poll(
        self, request: Request, response_id: str, is_new: bool
    ) -> tuple[dict[str, Any], str | None]:
        """The response as it is now. An unknown one that `is_new` counts as queued."""
        try:
            return await self._client.send("GET", f"{PATH}/{quote(response_id, '')}", request.model)
        except Outage as outage:
            if outage.status != 404:
                raise
            if is_new:
                return {"status": "queued"}, None
            raise Lost(f"background response {response_id} is gone: {outage}") from None

    def answer(
        self,
        request: Request,
        payload: dict[str, Any],
        request_id: str | None,
        clock: Clock,
        kind: type[Outage] = Outage,
    ) -> Answer:
        """The answer in a response. Raises Outage, of this kind where the server failed."""
        try:
            read = _read(payload, self.body(request), request_id, clock)
        except (ValueError, TypeError, AttributeError, KeyError):
            read = _NO_RESPONSE
        if isinstance(read, Failure):
            outage = self._client.outage(request.model, read, kind)
            outage.usage = read_usage(payload.get("usage"), *_COUNTS)
            raise outage
        has_tool = request.tools == PYTHON
        return _with_calls(read, request, payload.get("output")) if has_tool else read


def _input(request: Request) -> str | list[Mapping[str, Any]]:
    """The prompt, or the conversation so far."""
    if not request.turns:
        return request.prompt
    items: list[Mapping[str, Any]] = [{"role": "user", "content": request.prompt}]
    for turn in request.turns:
        items += turn.answer.items
        for call, result in zip(turn.answer.calls, turn.results, strict=True):
            told = {"type": "function_call_output", "call_id": call.id, "output": result.text}
            items.append(told)
    return items


def _read(
    payload: dict[str, Any], body: Mapping[str, Any], request_id: str | None, clock: Clock
) -> Answer | Failure:
    """The answer in a response, or why there is none."""
    if failure := _failure(payload, body):
        return failure
    status = payload.get("status")
    items = [mapping(item) for item in payload.get("output") or ()]
    text = said_by(items, "message", "output_text")
    refusal = said_by(items, "message", "refusal", "refusal")
    thought = said_by(items, "reasoning", "reasoning_text")
    usage = read_usage(payload.get("usage"), *_COUNTS)
    reason = word(mapping(payload.get("incomplete_details")).get("reason"))
    has_ended = status == "completed" and bool(text)
    is_cut = reason in CUT or used_up(usage, body, has_ended) or (status == "incomplete" and text)
    error, detail = ending(refusal, reason, (reason or LIMIT) if is_cut else None)
    says = text or any(item.get("type") == "function_call" for item in items)
    if not (error or says or thought) and has_unread(items):
        raise ValueError("no response")  # what cannot be read may have been the answer
    if error is None and status != "completed" and not says:
        what = f"the answer is empty, with status {status!r} and reason {reason or None!r}"
        return Failure(what, "run again")
    uses, chars = hosted_uses(items)
    told_text, is_thinking = answer_text(text or None, thought)
    return Answer(
        text=told_text,
        is_thinking=is_thinking,
        error=error,
        error_detail=detail,
        ended=status,
        usage=usage,
        model=name(payload.get("model")),
        response_id=name(payload.get("id")),
        request_id=request_id,
        tool_uses=uses,
        tool_results_chars=chars,
        duration_ms=clock.ms,
        started_at=clock.started_at,
    )


def _failure(payload: Mapping[str, Any], body: Mapping[str, Any]) -> Failure | None:
    """Why there is no answer, where the response says so. Raises ValueError for what is none."""
    error, status, output = error_in(payload), payload.get("status"), payload.get("output")
    if error or status not in (None, "completed", "incomplete"):
        head = "the server failed" if status in (None, "completed") else f"the response {status}"
        return told(head, error or "no reason given", PATH, body)
    if not isinstance(output, list) and (status, output) != ("incomplete", None):
        raise ValueError("no response")
    return None


def _with_calls(read: Answer, request: Request, output: Any) -> Answer:
    """The answer with the calls in a response, and its items as the next request repeats them."""
    items = [mapping(item) for item in output or ()]
    asked = [item for item in items if item.get("type") == "function_call"][:MOST_CALLS]
    if not asked:
        return read
    ids = iter(ids_of(request, [item.get("call_id") for item in asked]))
    calls: list[ToolCall] = []
    repeated: list[Mapping[str, Any]] = []
    for item in items:
        if item.get("type") == "function_call":
            if len(calls) == len(asked):
                continue
            call, arguments = read_call(next(ids), item.get("name"), item.get("arguments"))
            calls.append(call)
            item = {**item, "call_id": call.id, "name": call.name, "arguments": arguments}
        if item.get("type") in _REPEATED:
            repeated.append(sendable(item))
    return replace(read, calls=tuple(calls), items=tuple(repeated))
