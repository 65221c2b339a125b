"""Many requests at once share few connections each, and whatever else goes with a client."""

import asyncio
import threading

from bench.proposers.api.connection import POOL_SIZE, Http
from tests.support.server import Asked, Reply, serve

AT_ONCE = 2 * POOL_SIZE + 1


def test_a_pool_has_few_requests_and_its_connections_serve_the_next_ones() -> None:
    """Here 17 are in flight together, twice; and what one reply sets as a cookie, all send."""
    together, in_use = threading.Barrier(AT_ONCE), list[list[int]]()
    http: list[Http] = []

    def answer(_: Asked) -> Reply:
        if together.wait(timeout=30) == 0:
            in_use.append([pool.in_use for pool in http[0].pools])
        together.wait(timeout=30)
        return Reply(headers={"Set-Cookie": "place=third; Path=/"})

    async def ask(base_url: str) -> list[int]:
        http.append(Http(60.0))
        connected = []
        for _ in range(2):
            asked = (http[0].post(f"{base_url}/responses", json={}) for _ in range(AT_ONCE))
            replies = await asyncio.gather(*asked)
            assert {reply.status_code for reply in replies} == {200}
            connected.append(len(server._http.open))
        await http[0].aclose()
        return connected

    with serve(answer) as server:
        connected = asyncio.run(ask(server.base_url))
        server.wait_until_idle()
    assert in_use == [[POOL_SIZE, POOL_SIZE, 1]] * 2
    assert connected == [AT_ONCE, AT_ONCE]
    cookies = [asked.headers.get("cookie") for asked in server.asked]
    assert cookies == [None] * AT_ONCE + ["place=third"] * AT_ONCE
    assert [pool.in_use for pool in http[0].pools] == [0, 0, 0]
