"""When a round is sent: once every search waits, whoever it waits for, and not before."""

import asyncio
from collections.abc import Iterator

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bench.ledger import rounds as of_rounds
from bench.ledger.rounds import Rounds


@pytest.fixture(autouse=True, scope="module")
def _at_once() -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(of_rounds, "MOMENT", 0.001)
        yield


@settings(max_examples=40)
@given(st.lists(st.lists(st.integers(0, 3), max_size=4), min_size=1, max_size=6))
def test_every_search_is_in_each_round_until_it_ends(searches: list[list[int]]) -> None:
    """A search takes part once for each number, and computes for so many moments before that."""
    sent: list[int] = []

    async def run() -> None:
        rounds, waiting = Rounds(), list[asyncio.Event]()

        def send() -> None:
            if waiting:
                sent.append(len(waiting))
                while waiting:
                    waiting.pop().set()

        async def search(moments: list[int]) -> None:
            with rounds.search():
                for count in moments:
                    for _ in range(count):
                        await asyncio.sleep(0)
                    answer = asyncio.Event()
                    with rounds.asking():
                        waiting.append(answer)
                        with rounds.waiting():
                            await answer.wait()

        rounds.at_each(send)
        async with asyncio.timeout(20), asyncio.TaskGroup() as tasks:
            for moments in searches:
                tasks.create_task(search(moments))

    asyncio.run(run())
    longest = max(map(len, searches))
    assert sent == [sum(len(one) > number for one in searches) for number in range(longest)]


def test_those_without_room_try_again_in_their_order_before_a_round_is_sent() -> None:
    told: list[str] = []

    async def run() -> None:
        rounds, free, gathered = Rounds(), 2, list[tuple[str, asyncio.Event]]()

        def send() -> None:
            if gathered:
                told.append("".join(name for name, _ in gathered))
                while gathered:
                    gathered.pop()[1].set()

        async def search(name: str) -> None:
            with rounds.search():
                await ask(name)

        async def ask(name: str) -> None:
            nonlocal free
            with rounds.asking():
                again = False
                while free == 0:
                    await rounds.room(rounds.ended, again=again)
                    again = True
                free -= 1
                answer = asyncio.Event()
                gathered.append((name, answer))
                with rounds.waiting():
                    await answer.wait()
                free += 1

        rounds.at_each(send)
        async with asyncio.timeout(20), asyncio.TaskGroup() as tasks:
            begun = [tasks.create_task(search(name)) for name in "abcdefg"]
            while len(told) < 1:
                await asyncio.sleep(0)
            begun[3].cancel()

    asyncio.run(run())
    assert told == ["ab", "ce", "fg"]
