"""A model behind Chat Completions: for servers that lack the Responses API."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from bench.options.settings import (
    AskingOptions,
    QuestionOptions,
    SettingsError,
)
from bench.proposers.answer_key import answer_key
from bench.proposers.api.batch_api import BatchApi
from bench.proposers.api.body import CHAT_FIELDS, changes, merged
from bench.proposers.api.client import Client
from bench.proposers.api.failures import Failure, told
from bench.proposers.api.models import behind, takes_effort
from bench.proposers.api.reading import (
    CUT,
    LIMIT,
    answer_text,
    are_odd,
    ending,
    is_filtered,
    mapping,
    name,
    read_usage,
    texts,
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
from bench.proposers.clock import Clock
from bench.proposers.proposer import Refused, Request, TooLong
from bench.record.answer import Answer
from bench.record.tools import CODE_INTERPRETER, PYTHON, ToolCall

PATH = "/chat/completions"

_DONE = ("stop", "end_turn", "stop_sequence", "eos", "eos_token", "tool_calls", "function_call")
"""The finish reasons of an answer that the model ended itself. Such an answer may be empty."""

_MALFORMED = "malformed_function_call"
"""How Gemini's finish reason ends where the model wrote a call that cannot be read: it is empty."""

_FAILED = (
    *("error", "network_error", "insufficient_system_resource", "abort"),
    *("cancelled", "canceled", "timeout", "time_limit"),
)
"""The finish reasons of an answer that the server broke off. What came of it is no answer."""

_COUNTS = ("prompt_tokens", "completion_tokens")
_THINKING = ("reasoning_content", "reasoning")
"""The fields of a model's thinking. Some servers put the whole answer there, and nothing else."""

_STRICT_HOSTS = ("openai.com", "azure.com")
"""Hosts that refuse `max_tokens` beside its newer name. Ollama and others know only the older."""


class Chat:
    """Asks each question with one request, which the client may retry."""

    name = "chat"

    def __init__(self, question: QuestionOptions, asking: AskingOptions) -> None:
        if CODE_INTERPRETER in question.tools:
            raise SettingsError(
                f"--enable-code-interpreter (--tools {CODE_INTERPRETER}): "
                "Chat Completions has none; give --api responses"
            )
        if asking.background:
            raise SettingsError("--background: Chat Completions has none; give --api responses")
        self._question = question
        self._asking = asking
        self._client = Client(asking, question.model)
        self._extra = changes(question, CHAT_FIELDS)

    def body(self, request: Request) -> Mapping[str, Any]:
        """The body of POST /chat/completions: the fields that all servers have in common."""
        body: dict[str, Any] = {
            "model": request.model,
            "messages": _messages(request),
            "max_completion_tokens": self._question.max_output_tokens,
            "stream": False,  # some servers stream unless they are told not to
        }
        if not self._client.host.endswith(_STRICT_HOSTS):
            body["max_tokens"] = self._question.max_output_tokens
        if takes_effort(behind(request.model, self._asking.base_model), request.reasoning_effort):
            body["reasoning_effort"] = request.reasoning_effort
        if request.tools == PYTHON:
            body["tools"] = [{"type": "function", "function": function_of(request)}]
            body["tool_choice"] = choice_of(request, self._question.tool_choice)
        if self._asking.service_tier is not None:
            body["service_tier"] = self._asking.service_tier
        # Few servers know these two, so they are sent only where they are asked for.
        if self._asking.store:
            body["store"] = True
        if self._question.text_verbosity != "low":
            body["verbosity"] = self._question.text_verbosity
        return merged(body, self._extra)

    async def propose(self, request: Request) -> Answer:
        """Ask, and read the reply. Every failure is an Outage."""
        body, clock = self.body(request), Clock()
        key = answer_key(body, self._client.address, request)
        try:
            payload, request_id = await self._client.send("POST", PATH, request.model, body, key)
            return self.answer(request, payload, request_id, clock)
        except (Refused, TooLong) as words:
            return unread(words, request, clock)

    def answer(
        self, request: Request, payload: dict[str, Any], request_id: str | None, clock: Clock
    ) -> Answer:
        """The answer in a completion. Raises Outage where it holds none."""
        try:
            read = _read(payload, self.body(request), request_id, clock)
        except (TypeError, AttributeError, KeyError, IndexError):
            read = Failure("the reply is not a completion of Chat Completions", "check --base-url")
        if isinstance(read, Failure):
            outage = self._client.outage(request.model, read)
            outage.usage = read_usage(payload.get("usage"), *_COUNTS)
            raise outage
        if request.tools != PYTHON:
            return read
        return _with_calls(read, request, mapping(payload["choices"][0].get("message")))

    def batching(self) -> BatchApi:
        """The batch endpoint of this server."""
        return BatchApi(self._client, PATH)

    async def aclose(self) -> None:
        """Close the connections."""
        await self._client.aclose()


def _messages(request: Request) -> list[Mapping[str, Any]]:
    """The conversation so far."""
    messages: list[Mapping[str, Any]] = [{"role": "user", "content": request.prompt}]
    for turn in request.turns:
        messages += turn.answer.items
        messages += [
            {"role": "tool", "tool_call_id": call.id, "content": result.text}
            for call, result in zip(turn.answer.calls, turn.results, strict=True)
        ]
    return messages


def _read(
    payload: dict[str, Any], body: Mapping[str, Any], request_id: str | None, clock: Clock
) -> Answer | Failure:
    """The answer in a completion, or why there is none."""
    if failure := _failure(payload, body):
        return failure
    choice = payload["choices"][0]
    reason = word(choice.get("finish_reason"))
    has_ended = reason in _DONE or reason.endswith(_MALFORMED)
    # Gemini gives no message where its filter held one back.
    message = mapping(choice.get("message")) if is_filtered(reason) else choice["message"]
    text, refusal = _text(message.get("content")), name(message.get("refusal"))
    thought = next(filter(None, map(name, map(message.get, _THINKING))), None)
    usage = read_usage(payload.get("usage"), *_COUNTS)
    cut = reason if reason in CUT else LIMIT if used_up(usage, body, has_ended) else None
    error, detail = ending(refusal, reason, cut)
    says = text or message.get("tool_calls")
    if not (error or says or thought) and are_odd(message.get("content"), "text"):
        raise TypeError("no text")  # what cannot be read may have been the answer
    if error is None and not says and not has_ended:
        return Failure(f"the answer is empty, with finish_reason {reason or None!r}", "run again")
    told_text, is_thinking = answer_text(text, thought)
    return Answer(
        text=told_text,
        is_thinking=is_thinking,
        error=error,
        error_detail=detail,
        ended=reason or None,
        usage=usage,
        model=name(payload.get("model")),
        response_id=name(payload.get("id")),
        request_id=request_id,
        duration_ms=clock.ms,
        started_at=clock.started_at,
    )


def _failure(payload: Mapping[str, Any], body: Mapping[str, Any]) -> Failure | None:
    """Why there is no answer, where the completion says so."""
    if error := error_in(payload):
        return told("the server failed", error, PATH, body)
    if not payload["choices"]:
        return Failure("the server gave no choice", "run again")
    choice = payload["choices"][0]
    if error := error_in(choice):
        return told("the server failed", error, PATH, body)
    reason = word(choice.get("finish_reason"))
    if reason in _FAILED:
        return Failure(f"the server broke the answer off (finish_reason {reason!r})", "run again")
    return None


def _with_calls(read: Answer, request: Request, message: Mapping[str, Any]) -> Answer:
    """The answer with the calls in a message, and the message as the next request repeats it."""
    given = message.get("tool_calls")
    if not isinstance(given, list) or not given:
        return read
    sent = [mapping(one) for one in given[:MOST_CALLS]]
    calls: list[ToolCall] = []
    repeated: list[Mapping[str, Any]] = []
    for one, call_id in zip(sent, ids_of(request, [one.get("id") for one in sent]), strict=True):
        asked = mapping(one.get("function"))
        call, arguments = read_call(call_id, asked.get("name"), asked.get("arguments"))
        function = {"name": call.name, "arguments": arguments}
        calls.append(call)
        repeated.append({"id": call.id, "type": "function", "function": function})
    said = {"role": "assistant", "content": _text(message.get("content")) or ""}
    # Servers that send a model's thinking so want it back as long as it uses tools.
    thought = {name: message[name] for name in _THINKING[:1] if message.get(name)}
    item = sendable({**said, **thought, "tool_calls": repeated})
    return replace(read, calls=tuple(calls), items=(item,))


def _text(content: Any) -> str | None:
    """A message's content, which some servers send in parts."""
    if content is not None and not isinstance(content, str | list):
        raise TypeError("no text")
    return None if content is None else "".join(texts(content, "text"))
