"""How long an answer may take, where the process itself is stopped meanwhile."""

import asyncio
import contextlib
import time

import pytest

from bench.proposers import try_limit
from bench.proposers.api.responses import Responses
from bench.proposers.function import FunctionProposer
from bench.proposers.proposer import Outage
from bench.proposers.try_limit import at_most
from tests.proposers.api.test_failures import REQUEST
from tests.support.options import asked
from tests.support.server import GOOD, Reply, serve

LIMIT = 0.5


@pytest.fixture(autouse=True)
def _notices_soon(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(try_limit, "HELD_UP_SECONDS", 0.2)
    monkeypatch.setenv("OPENAI_API_KEY", "sk-test")


def stop() -> None:
    """Let this process do nothing until the limit is over, as if it had been stopped."""
    time.sleep(LIMIT + 0.5)


def test_who_was_not_stopped_has_no_more_than_the_limit() -> None:
    async def wait() -> None:
        with at_most(0.01):
            await asyncio.sleep(60)

    with pytest.raises(TimeoutError):
        asyncio.run(wait())


def test_who_was_stopped_is_not_waited_for_without_end() -> None:
    async def wait() -> None:
        with at_most(LIMIT):
            stop()
            await asyncio.sleep(60)

    with pytest.raises(TimeoutError):
        asyncio.run(wait())


def test_an_answer_that_came_while_the_process_was_stopped_is_not_paid_for_again() -> None:
    async def run(base_url: str) -> str | None:
        proposer = Responses(*asked(base_url=base_url, request_timeout=LIMIT))
        answering = asyncio.ensure_future(proposer.propose(REQUEST))
        while not server.questions:
            await asyncio.sleep(0.01)
        stop()
        answer = await answering
        await proposer.aclose()
        return answer.text

    with serve(Reply(delay=0.2)) as server:
        assert asyncio.run(run(server.base_url)) == GOOD
        assert server.paid.total() == 1


def test_a_function_that_answered_meanwhile_is_heard_and_its_own_timeout_is_its_own() -> None:
    options = asked(request_timeout=LIMIT)[1]

    async def answers(_examples: object, _prompt: str) -> str:
        stop()
        await asyncio.sleep(0.01)
        return GOOD

    async def gives_up(_examples: object, _prompt: str) -> str:
        raise TimeoutError("the function's own")

    async def hangs(_examples: object, _prompt: str) -> str:
        await asyncio.sleep(60)
        return GOOD

    assert asyncio.run(FunctionProposer(answers, options).propose(REQUEST)).text == GOOD
    with pytest.raises(TimeoutError, match="the function's own"):
        asyncio.run(FunctionProposer(gives_up, options).propose(REQUEST))
    with pytest.raises(Outage, match="no answer within"):
        asyncio.run(FunctionProposer(hangs, options).propose(REQUEST))


def test_a_function_that_goes_on_when_it_is_cancelled_does_not_get_as_long_again() -> None:
    slept: list[float] = []

    async def retries(_examples: object, _prompt: str) -> str:
        for seconds in (60, 1, 1):
            with contextlib.suppress(asyncio.CancelledError):
                await asyncio.sleep(seconds)
                slept.append(seconds)
        return GOOD

    options = asked(request_timeout=LIMIT)[1]
    assert asyncio.run(FunctionProposer(retries, options).propose(REQUEST)).text == GOOD
    assert not slept
