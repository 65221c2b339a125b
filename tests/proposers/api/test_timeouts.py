"""How long a server may take: to be connected, and from the first byte to the last."""

import socket
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from bench.proposers.api import connection
from bench.proposers.api.chat import Chat
from bench.proposers.api.responses import Responses
from bench.proposers.proposer import Outage
from tests.proposers.api.test_failures import API, ask
from tests.support.server import GOOD, Reply


@contextmanager
def silent() -> Iterator[int]:
    """The port of a server that takes connections and says nothing."""
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        listening.listen()
        yield listening.getsockname()[1]


@API
def test_a_silent_port_is_given_up_soon(
    api: type[Responses] | type[Chat],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(connection, "CONNECT_SECONDS", 0.1)
    with silent() as port:
        outage, _ = ask(api, Reply(), address=f"https://127.0.0.1:{port}/v1", max_retries=0)
    assert isinstance(outage, Outage) and "no connection within 0.1 s" in str(outage)


@API
def test_headers_that_come_byte_by_byte_end_with_the_request_timeout(
    api: type[Responses] | type[Chat],
) -> None:
    outage, _ = ask(api, Reply(drip_head=0.05), request_timeout=0.3, max_retries=0)
    assert isinstance(outage, Outage) and "raise --request-timeout" in str(outage)
    answer, _ = ask(api, Reply(drip_head=0.0001))
    assert answer.text == GOOD
