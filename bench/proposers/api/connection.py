"""The HTTP client below the `openai` client: how long a try may take, and what is retried."""

import json
import logging
import ssl
from collections.abc import Sequence
from dataclasses import dataclass
from http.cookiejar import CookieJar
from typing import Any

import httpx2
import openai
import structlog

from bench.proposers import controller
from bench.proposers.api.blame import is_quota
from bench.proposers.try_limit import at_most

CONNECT_SECONDS = 10.0
"""For connecting, with TLS. A server that is up needs less."""

POOL_SIZE = 8
"""Requests that share a pool of connections."""

log = structlog.get_logger(__name__)

for _talkative in ("httpx2", "httpcore2", "openai"):
    # pytest shows what they log: addresses with their queries, headers of replies.
    logging.getLogger(_talkative).setLevel(logging.WARNING)

CONTENT = "/content"
"""How the path of a file's content ends: that is no JSON."""

ID_HEADER = "X-Client-Request-Id"
"""The header that tells the server a question's key."""

_TRY = "llmpv_try"
"""An extension of a request: the `_Sending` that it belongs to."""

PAYLOAD = "llmpv_payload"
"""An extension of a reply: what its body is as JSON."""


class BrokenReply(openai.APIConnectionError):
    """A question's answer broke off or did not come in time, so that it may be billed.

    As it is an error of the client's own kind, the client does not retry. That is for the ledger
    to decide, which keeps the money.
    """


@dataclass(frozen=True, slots=True)
class Extras:
    """What goes with each request, beside what the client sends."""

    query: str = ""
    """That of the server's address."""
    parameters: Sequence[tuple[str, str]] = ()
    """Further ones of the query."""
    headers: Sequence[tuple[str, str]] = ()
    """They take the place of the client's own."""
    is_keyed: bool = True
    """Whether the client's key is sent."""

    def params(self) -> httpx2.QueryParams:
        """The whole query."""
        return httpx2.QueryParams([*httpx2.QueryParams(self.query).multi_items(), *self.parameters])

    def headers_with(self, own: httpx2.Headers) -> httpx2.Headers:
        """The headers of a request which has its own."""
        if not self.headers and self.is_keyed:
            return own
        given = httpx2.Headers(list(self.headers))
        left_out = set(given) | (set() if self.is_keyed else {"authorization"})
        kept = [(name, value) for name, value in own.multi_items() if name not in left_out]
        return httpx2.Headers([*kept, *given.multi_items()])


NO_EXTRAS = Extras()


@dataclass(slots=True)
class _Sending:
    """One try of a request, which redirections are a part of."""

    url: httpx2.URL
    """Where it began."""
    answers: bool = False
    """Whether a reply with a status of success began."""


class _Pool(openai.DefaultAsyncHttpxClient):
    """Some of the connections to a server."""

    def __init__(self, verify: ssl.SSLContext, cookies: CookieJar) -> None:
        super().__init__(
            verify=verify,  # to make one for each would take a tenth of a second
            cookies=cookies,
            event_hooks={"request": [_stay, _log_retry], "response": [_judge]},
            limits=httpx2.Limits(),  # none: there are as many requests as searches in flight
        )
        self.in_use = 0

    async def send(self, request: httpx2.Request, **options: Any) -> httpx2.Response:
        """The reply, read to its end."""
        self.in_use += 1
        try:
            return await super().send(request, **options)
        finally:
            self.in_use -= 1


class Http(openai.DefaultAsyncHttpxClient):
    """Limits each try as a whole. The limit of httpx is for one read, and bytes may come singly.

    httpx looks at all connections of a pool for each request, twice. So there are as many pools as
    it takes for each to have a few.
    """

    def __init__(self, seconds: float, extras: Extras = NO_EXTRAS) -> None:
        """`seconds` is for each try."""
        self._verify = httpx2.create_ssl_context()
        super().__init__(params=extras.params(), verify=self._verify)
        self._seconds = seconds
        self._extras = extras
        self.pools: list[_Pool] = []

    async def send(self, request: httpx2.Request, **options: Any) -> httpx2.Response:
        """The reply, read to its end."""
        if controller.is_gone():
            raise openai.OpenAIError(controller.LINE)  # the client does not retry this
        request.headers = self._extras.headers_with(request.headers)
        request.extensions[_TRY] = tried = _Sending(request.url)
        try:
            with at_most(self._seconds):
                return await self._pool().send(request, **options)
        except TimeoutError:
            late = httpx2.ReadTimeout("the reply did not end", request=request)
            if _is_question(request):
                raise BrokenReply(request=request) from late
            raise late from None
        except (httpx2.TransportError, httpx2.DecodingError) as error:
            if _is_question(request) and tried.answers:
                raise BrokenReply(request=request) from error
            raise

    async def aclose(self) -> None:
        """Close all connections."""
        for pool in self.pools:
            await pool.aclose()
        await super().aclose()

    def _pool(self) -> _Pool:
        """The first pool with room, so that as few connections as can be are open."""
        for pool in self.pools:
            if pool.in_use < POOL_SIZE:
                return pool
        self.pools.append(_Pool(self._verify, self.cookies.jar))
        return self.pools[-1]


def limits(seconds: float) -> httpx2.Timeout:
    """How long a try may wait at most to be connected. What follows has the try's own limit."""
    return httpx2.Timeout(None, connect=min(CONNECT_SECONDS, seconds))


def _is_question(request: httpx2.Request) -> bool:
    """Whether the request asks for an answer. Polling and cancelling cost nothing."""
    return ID_HEADER in request.headers


async def _stay(request: httpx2.Request) -> None:
    """Follow no redirection to another server: it would be sent what is meant for this one.

    The client takes its own key out of such a request, but no header of ours. The same host by
    https is no other server.
    """
    first, url = request.extensions[_TRY].url, request.url
    is_first = url is first  # then nothing was sent on
    if is_first or url.origin in (first.origin, first.copy_with(scheme="https").origin):
        return
    if first.path.endswith(CONTENT):  # a store of files is asked for one without what is ours
        own = ("host", "accept-encoding", "user-agent")
        request.headers = httpx2.Headers({name: request.headers[name] for name in own})
        return
    # The client does not retry this.
    raise openai.OpenAIError(f"the server sends on to {url.scheme}://{url.host}")


async def _judge(response: httpx2.Response) -> None:
    """Correct what the client retries: a 200 that is not JSON, but not a spent quota."""
    sending = response.request.extensions[_TRY]
    sending.answers = response.is_success
    body = await response.aread()
    if response.is_success and sending.url.path.endswith(CONTENT):
        return
    try:
        payload = json.loads(body.decode().removeprefix("\ufeff"))
    except (ValueError, RecursionError):
        if response.is_success:
            what = "the reply is no JSON"
            raise httpx2.RemoteProtocolError(what, request=response.request) from None
        return
    response.extensions[PAYLOAD] = payload
    if response.status_code == 429 and is_quota(payload):
        response.headers["x-should-retry"] = "false"


async def _log_retry(request: httpx2.Request) -> None:
    count = request.headers.get("x-stainless-retry-count", "0")
    if count.isdigit() and int(count) > 0:
        key = request.headers.get(ID_HEADER)
        log.warning("request_retried", retry=int(count), request=key)
