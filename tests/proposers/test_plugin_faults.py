"""What fails in code of somebody else's names whose it is; what we stop ourselves does not."""

import asyncio

import anyio
import pytest

from bench.proposers.plugin_faults import blaming
from bench.proposers.proposer import Outage


async def waits() -> None:
    with blaming("mine"):
        await asyncio.sleep(60)


def test_a_search_that_is_stopped_blames_nobody() -> None:
    async def stopped_in_either_way() -> None:
        with anyio.CancelScope() as scope:
            scope.cancel()
            await waits()
        assert scope.cancelled_caught
        search = asyncio.ensure_future(waits())
        await asyncio.sleep(0)
        search.cancel()
        with pytest.raises(asyncio.CancelledError):
            await search

    asyncio.run(stopped_in_either_way())


def test_what_a_plugin_cancels_itself_is_its_failure() -> None:
    async def cancels() -> None:
        own = asyncio.ensure_future(asyncio.sleep(60))
        own.cancel()
        with blaming("mine"):
            await own

    with pytest.raises(Outage, match=r"^mine: CancelledError"):
        asyncio.run(cancels())


@pytest.mark.parametrize("raised", [SystemExit(3), pytest.skip.Exception("no")])
def test_what_ends_a_process_or_a_test_is_the_failure_of_a_plugin(raised: BaseException) -> None:
    with pytest.raises(Outage, match=r"^mine: "), blaming("mine"):
        raise raised


def test_ctrl_c_is_nobodys_failure() -> None:
    with pytest.raises(KeyboardInterrupt), blaming("mine"):
        raise KeyboardInterrupt
