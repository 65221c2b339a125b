"""A model behind the Responses API."""

import hashlib
import json
import os
import time
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import structlog

from bench.ledger.store import answer_key
from bench.proposers.base import Answer, Outage, Request
from bench.record import Usage
from bench.settings import Settings

if TYPE_CHECKING:
    import openai

DEFAULT_BASE_URL = "https://api.openai.com/v1"

log = structlog.get_logger(__name__)


def host_of(settings: Settings) -> str:
    """The host, with its port if it has one, that the requests go to."""
    url = settings.base_url or os.environ.get("OPENAI_BASE_URL") or DEFAULT_BASE_URL
    return urlsplit(url).netloc.rpartition("@")[2] or url


class Responses:
    """Asks one question a request, with the client's retries."""

    name = "responses"

    def __init__(self, settings: Settings) -> None:
        self.tools: tuple[str, ...] = ("code_interpreter",) if settings.enable_code_interpreter else ()
        self._settings = settings
        self._host = host_of(settings)
        self._extra = _extra(settings)
        self._key: str | None = None
        self._client: openai.AsyncOpenAI | None = None

    def body(self, request: Request) -> Mapping[str, Any]:
        """The body of POST /responses for this request."""
        settings = self._settings
        body: dict[str, Any] = {
            "model": request.model,
            "input": request.prompt,
            "reasoning": {"effort": request.reasoning_effort},
            "text": {"verbosity": settings.text_verbosity},
            "max_output_tokens": settings.max_output_tokens,
            "store": settings.store,
            "prompt_cache_key": hashlib.sha256(request.prompt.encode()).hexdigest(),
        }
        if self.tools:
            body["tools"] = [{"type": "code_interpreter", "container": {"type": "auto"}}]
            body["tool_choice"] = settings.tool_choice
            body["include"] = ["code_interpreter_call.outputs"]
        if settings.service_tier is not None:
            body["service_tier"] = settings.service_tier
        return _merged(body, self._extra)

    async def propose(self, request: Request) -> Answer:
        """Ask, and read what came back. Every failure of the asking is an Outage."""
        import openai

        client = self._connect(request.model)
        body = self.body(request)
        headers = {"X-Client-Request-Id": answer_key(body, self._host, request)}
        started_at, start = datetime.now(UTC).isoformat(), time.perf_counter()
        try:
            raw = await client.responses.with_raw_response.create(extra_body=dict(body), extra_headers=headers)
            payload = json.loads(raw.http_response.content)
            duration_ms = (time.perf_counter() - start) * 1000
            answer = _read(payload, raw.headers.get("x-request-id"), started_at, duration_ms)
        except openai.OpenAIError as error:
            raise self._outage(request, *_explain(error)) from None
        except (ValueError, TypeError, AttributeError, KeyError):
            raise self._outage(
                request, "the reply is not a response of the Responses API", "check --base-url"
            ) from None
        if answer is None:
            failed = payload.get("error") or {}
            what = failed.get("message") if isinstance(failed, dict) else failed
            raise self._outage(
                request, f"the response {payload.get('status')}: {what or 'no reason given'}", "run again"
            )
        return answer

    async def aclose(self) -> None:
        """Close the connections."""
        if self._client is not None:
            await self._client.close()
            self._client = None

    def _connect(self, model: str) -> "openai.AsyncOpenAI":
        if self._client is None:
            import openai

            self._key = self._read_key(model)
            settings = self._settings
            self._client = openai.AsyncOpenAI(
                api_key=self._key,
                base_url=settings.base_url,
                timeout=settings.request_timeout,
                max_retries=settings.max_retries,
                http_client=openai.DefaultAsyncHttpxClient(event_hooks={"request": [_log_retry]}),
            )
        return self._client

    def _read_key(self, model: str) -> str:
        path = self._settings.api_key_file
        try:
            key = path.read_text("utf-8").strip() if path else os.environ.get("OPENAI_API_KEY", "").strip()
        except (OSError, UnicodeDecodeError):
            raise Outage(f"cannot read the API key in {path}: check --api-key-file (model {model})") from None
        if not key:
            raise Outage(f"no API key: set OPENAI_API_KEY or give --api-key-file (model {model})")
        if not key.isascii() or not key.isprintable() or " " in key:
            raise Outage(f"the API key is not one word of ASCII: check {path or 'OPENAI_API_KEY'} (model {model})")
        return key

    def _outage(self, request: Request, what: str, advice: str) -> Outage:
        line = " ".join(f"{what}: {advice} (model {request.model} at {self._host})".split())
        return Outage(line.replace(self._key, "[key]") if self._key else line)


async def _log_retry(request: Any) -> None:
    count = request.headers.get("x-stainless-retry-count", "0")
    if count.isdigit() and int(count) > 0:
        log.warning("request_retried", retry=int(count), request=request.headers.get("x-client-request-id"))


def _extra(settings: Settings) -> dict[str, Any]:
    if settings.request_json is None:
        return {}
    try:
        extra = json.loads(settings.request_json.read_text("utf-8"))
    except (OSError, ValueError) as error:
        raise Outage(f"--request-json {settings.request_json}: {error}: give a file with one JSON object") from None
    if not isinstance(extra, dict):
        raise Outage(f"--request-json {settings.request_json}: not an object: give a file with one JSON object")
    return extra


def _merged(body: Mapping[str, Any], extra: Mapping[str, Any]) -> dict[str, Any]:
    merged = dict(body)
    for name, value in extra.items():
        old = merged.get(name)
        merged[name] = _merged(old, value) if isinstance(old, dict) and isinstance(value, dict) else value
    return merged


def _explain(error: Exception) -> tuple[str, str]:
    """What went wrong, and what to do about it."""
    import openai

    if isinstance(error, openai.APITimeoutError):
        return "the request timed out", "raise --request-timeout"
    if isinstance(error, openai.APIConnectionError):
        return f"no connection ({error.__cause__ or error})", "check the network and --base-url"
    if isinstance(error, openai.APIStatusError):
        advice = {
            400: "check the model's options and --request-json",
            401: "check the API key",
            403: "check what the API key may use",
            404: "check the model's name and --base-url",
            429: "wait, run fewer workers, or check the account's quota",
        }.get(error.status_code, "run again later")
        return f"HTTP {error.status_code}, {error.message}", advice
    return str(error) or type(error).__name__, "check --base-url"


def _read(payload: Any, request_id: str | None, started_at: str, duration_ms: float) -> Answer | None:
    """The answer in a response's payload; None where the response failed."""
    if not isinstance(payload, dict) or not isinstance(payload.get("output"), list):
        raise ValueError("no response")
    status = payload.get("status")
    if status not in (None, "completed", "incomplete"):
        return None
    items = payload["output"]
    calls = [item for item in items if item["type"] == "code_interpreter_call"]
    parts = [part for item in items if item["type"] == "message" for part in item.get("content") or ()]
    texts = [part["text"] for part in parts if part["type"] == "output_text"]
    refusals = [part["refusal"] for part in parts if part["type"] == "refusal"]
    error, detail = None, None
    reason = (payload.get("incomplete_details") or {}).get("reason")
    if refusals or reason == "content_filter":
        error, detail = "refused", "".join(refusals) or reason
    elif status == "incomplete":
        error, detail = "incomplete", reason
    usage = payload.get("usage") or {}
    outputs = [output for call in calls for output in call.get("outputs") or ()]
    return Answer(
        text="".join(texts) if texts else None,
        error=error,
        error_detail=detail,
        usage=Usage(
            input_tokens=usage.get("input_tokens"),
            cached_tokens=(usage.get("input_tokens_details") or {}).get("cached_tokens"),
            output_tokens=usage.get("output_tokens"),
            reasoning_tokens=(usage.get("output_tokens_details") or {}).get("reasoning_tokens"),
            total_tokens=usage.get("total_tokens"),
        ),
        model=payload.get("model"),
        response_id=payload.get("id"),
        request_id=request_id,
        tool_uses=len(calls),
        tool_results_chars=sum(len(output.get("logs") or output.get("url") or "") for output in outputs),
        duration_ms=duration_ms,
        started_at=started_at,
    )
