"""A model behind Chat Completions: for servers that lack the Responses API."""

import time
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from bench.proposers.base import Answer, Request
from bench.proposers.body import further_fields, merged, read_usage, takes_effort
from bench.proposers.client import Client
from bench.proposers.failures import Failure
from bench.proposers.key import answer_key
from bench.settings import Settings, SettingsError

_STRICT_HOSTS = ("openai.com", "azure.com")
"""Where `max_tokens` beside its newer name is an error; Ollama and others know the older name alone."""


class Chat:
    """Asks one question a request, with the client's retries. It has no tools."""

    name = "chat"
    tools: tuple[str, ...] = ()

    def __init__(self, settings: Settings) -> None:
        if settings.enable_code_interpreter:
            raise SettingsError("--enable-code-interpreter: Chat Completions has none; give --api responses")
        if settings.background:
            raise SettingsError("--background: Chat Completions has none; give --api responses")
        self._settings = settings
        self._client = Client(settings)
        self._extra = further_fields(settings)

    def body(self, request: Request) -> Mapping[str, Any]:
        """The body of POST /chat/completions for this request: the fields that servers have in common."""
        body: dict[str, Any] = {
            "model": request.model,
            "messages": [{"role": "user", "content": request.prompt}],
            "max_completion_tokens": self._settings.max_output_tokens,
            "stream": False,  # some servers stream unless they are told not to
        }
        if not self._client.host.endswith(_STRICT_HOSTS):
            body["max_tokens"] = self._settings.max_output_tokens
        if takes_effort(request.model):
            body["reasoning_effort"] = request.reasoning_effort
        if self._settings.service_tier is not None:
            body["service_tier"] = self._settings.service_tier
        # Few servers have these two: they are sent where they are asked for.
        if self._settings.store:
            body["store"] = True
        if self._settings.text_verbosity != "low":
            body["verbosity"] = self._settings.text_verbosity
        return merged(body, self._extra)

    async def propose(self, request: Request) -> Answer:
        """Ask, and read what came back. Every failure of the asking is an Outage."""
        body = self.body(request)
        key = answer_key(body, self._client.host, request)
        started_at, start = datetime.now(UTC).isoformat(), time.perf_counter()
        payload, request_id = await self._client.send("POST", "/chat/completions", request.model, body, key)
        try:
            return _read(payload, request_id, started_at, (time.perf_counter() - start) * 1000)
        except (TypeError, AttributeError, KeyError, IndexError):
            failure = Failure("the reply is not a completion of Chat Completions", "check --base-url")
            raise self._client.outage(request.model, failure) from None

    async def aclose(self) -> None:
        """Close the connections."""
        await self._client.aclose()


def _read(payload: Mapping[str, Any], request_id: str | None, started_at: str, duration_ms: float) -> Answer:
    choice = payload["choices"][0]
    message, reason = choice["message"], choice.get("finish_reason")
    refusal = message.get("refusal")
    error, detail = None, None
    if refusal or reason == "content_filter":
        error, detail = "refused", refusal or reason
    elif reason == "length":
        error, detail = "incomplete", reason
    return Answer(
        text=_text(message.get("content")),
        error=error,
        error_detail=detail,
        usage=read_usage(payload.get("usage"), "prompt_tokens", "completion_tokens"),
        model=payload.get("model"),
        response_id=payload.get("id"),
        request_id=request_id,
        duration_ms=duration_ms,
        started_at=started_at,
    )


def _text(content: Any) -> str | None:
    """A message's content, which some servers send in parts."""
    if isinstance(content, list):
        return "".join(part["text"] for part in content if part.get("type") == "text")
    if content is not None and not isinstance(content, str):
        raise TypeError("no text")
    return content
