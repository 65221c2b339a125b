"""A server that sends requests on: to another server, within itself, and to a store of files."""

import asyncio
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest

from bench.proposers.api.chat import Chat
from bench.proposers.api.client import Client
from bench.proposers.api.responses import Responses
from bench.proposers.proposer import Broken
from tests.proposers.api.test_failures import API, ask
from tests.support.options import asked
from tests.support.server import GOOD, Reply, serve

LINES = b'{"custom_id": "a"}\n{"custom_id": "b"}\n'


def path_of(api: type[Responses] | type[Chat]) -> str:
    """Where an API is asked, below the base."""
    return "/responses" if api is Responses else "/chat/completions"


@API
@pytest.mark.parametrize("status", [302, 307, 308])
def test_nothing_is_sent_on_to_another_server(
    api: type[Responses] | type[Chat], status: int
) -> None:
    with serve() as other:
        to_it = Reply(status=status, headers={"Location": f"{other.base_url}/responses"})
        outage, asked = ask(api, to_it, header=("x-api-key=sk-of-a-header",))
    assert str(outage).startswith("the server sends on to http://127.0.0.1: check --base-url")
    assert (asked, other.asked) == (1, [])


@API
def test_a_server_may_send_on_within_itself_and_break_off_there(
    api: type[Responses] | type[Chat],
) -> None:
    there = Reply(status=307, headers={"Location": f"/v2{path_of(api)}"})
    answer, asked = ask(api, [there, Reply()])
    assert (answer.text, asked) == (GOOD, 2)
    broken, _ = ask(api, [there, Reply(cut=True)], max_retries=0)
    assert isinstance(broken, Broken)


class _Store(BaseHTTPRequestHandler):
    """A store of files, or with `Server.store` a server that sends on to one."""

    def log_message(self, *_: object) -> None:
        """Say nothing."""

    def do_GET(self) -> None:
        server = self.server
        assert isinstance(server, Files)
        server.headers.append({name.lower(): value for name, value in self.headers.items()})
        self.send_response(302 if server.store else 200)
        if server.store:
            self.send_header("Location", server.store)
        self.send_header("Content-Length", str(0 if server.store else len(LINES)))
        self.end_headers()
        if not server.store:
            self.wfile.write(LINES)


class Files(HTTPServer):
    """It keeps the headers that it was sent, their names in lower case."""

    def __init__(self, store: str = "") -> None:
        self.store = store
        self.headers: list[dict[str, str]] = []
        super().__init__(("127.0.0.1", 0), _Store)


@contextmanager
def running(server: Files) -> Iterator[str]:
    """The server's address."""
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def test_a_file_may_lie_in_a_store_which_is_told_nothing_that_is_ours() -> None:
    store = Files()
    with running(store) as there, running(server := Files(f"{there}/signed?by=them")) as here:
        _, asking = asked(base_url=f"{here}/v1", header=("x-api-key=sk-of-a-header",))

        async def download() -> bytes:
            client = Client(asking)
            try:
                return bytes((await client.reply("GET", "/files/f/content", "m")).content)
            finally:
                await client.aclose()

        assert asyncio.run(download()) == LINES
    (first,), (second,) = server.headers, store.headers
    assert first["x-api-key"] == "sk-of-a-header"
    assert set(second) <= {"host", "accept-encoding", "user-agent", "connection"}
    assert not any("sk-" in value for value in second.values())
