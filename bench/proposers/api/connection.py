"""The HTTP client below the `openai` client: how long a try may take, and what is tried again."""

import asyncio
import json
from typing import Any

import httpx2
import openai
import structlog

from bench.proposers import controller
from bench.proposers.api.blame import is_quota

CONNECT_SECONDS = 10.0
"""For a connection, with its TLS: a server that is there takes less."""

log = structlog.get_logger(__name__)


ID_HEADER = "X-Client-Request-Id"
"""What a question is known by to the server: its key."""

_ANSWERS = "llmpv_answers"
"""A request's extension: whether a reply to it began that is no error."""


class BrokenReply(openai.APIConnectionError):
    """A question went out, and its answer broke off or did not come in time: it may be billed.

    The client does not retry after an error of its own kind: whoever keeps the money decides.
    """


class Http(openai.DefaultAsyncHttpxClient):
    """Bounds each try as a whole: httpx's own limit is for each read, and bytes may come singly."""

    def __init__(self, seconds: float, query: str = "") -> None:
        """`seconds` for each try; `query` is sent with each request, as it stands in the server's address."""
        params = httpx2.QueryParams(query)
        super().__init__(params=params, event_hooks={"request": [_log_retry], "response": [_judge]})
        self._seconds = seconds

    async def send(self, request: httpx2.Request, **options: Any) -> httpx2.Response:
        """The reply, read whole."""
        if controller.is_gone():
            raise openai.OpenAIError(controller.LINE)  # which the client does not retry
        try:
            async with asyncio.timeout(self._seconds):
                return await super().send(request, **options)
        except (TimeoutError, httpx2.ReadTimeout):
            late = httpx2.ReadTimeout("the reply did not end", request=request)
            if _is_question(request):
                raise BrokenReply(request=request) from late
            raise late from None
        except httpx2.TransportError as error:
            if _is_question(request) and request.extensions.get(_ANSWERS):
                raise BrokenReply(request=request) from error
            raise


def limits(seconds: float) -> httpx2.Timeout:
    """What a try may wait for at most: to be connected, and for each read."""
    return httpx2.Timeout(seconds, connect=min(CONNECT_SECONDS, seconds))


def _is_question(request: httpx2.Request) -> bool:
    """Whether an answer is asked for: to poll and to cancel is free."""
    return ID_HEADER in request.headers


async def _judge(response: httpx2.Response) -> None:
    """Correct what the client retries: a 200 that is no JSON is worth it, a spent quota is not."""
    response.request.extensions[_ANSWERS] = response.is_success
    body = await response.aread()
    try:
        payload = json.loads(body.decode("utf-8-sig"))
    except (ValueError, RecursionError):
        if response.is_success:
            what = "the reply is no JSON"
            raise httpx2.RemoteProtocolError(what, request=response.request) from None
        return
    if response.status_code == 429 and is_quota(payload):
        response.headers["x-should-retry"] = "false"


async def _log_retry(request: httpx2.Request) -> None:
    count = request.headers.get("x-stainless-retry-count", "0")
    if count.isdigit() and int(count) > 0:
        key = request.headers.get(ID_HEADER)
        log.warning("request_retried", retry=int(count), request=key)
