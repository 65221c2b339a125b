"""Searches in flight: at most so many, in the order of their tests, and none twice."""

import asyncio
from collections.abc import Awaitable, Callable, Iterable
from typing import Any, cast

import anyio
import anyio.lowlevel
import structlog
from hypothesis import given, settings
from hypothesis import strategies as st

from bench.question.grid import GridPoint
from bench.record.attempt import Attempt
from bench.search.conclusion import Searched
from bench.search.flight import Flight, Planned, Search

Judged = Callable[[Attempt], None]


async def settle() -> None:
    """Let all happen that waits for nothing."""
    for _ in range(10):
        await anyio.lowlevel.checkpoint()


class Plan:
    """Tests named 0, 1, 2, ..., whose searches end when they are let go."""

    def __init__(self, most: int, ahead: int, count: int) -> None:
        self.began: list[str] = []
        self.stopped: list[str] = []
        self.flying = 0
        self.logged: dict[str, object] = {}
        self._planned = [Planned(str(n), cast("GridPoint", str(n))) for n in range(count)]
        self._let_go = {planned.test: anyio.Event() for planned in self._planned}
        self.at = -1
        self.flight = Flight(most, ahead, self._search, self._coming)

    def _coming(self) -> Iterable[Planned]:
        return self._planned[self.at + 1 :]

    async def _search(self, point: GridPoint, judged: Judged) -> Searched:
        test = str(point)
        self.began.append(test)
        self.flying += 1
        judged(cast("Attempt", f"attempt of {test}"))
        try:
            await self._let_go[test].wait()
        except BaseException:
            self.stopped.append(test)
            raise
        finally:
            self.flying -= 1
        self.logged[test] = structlog.contextvars.get_contextvars()["search"]
        if test == "1":
            raise ZeroDivisionError(test)
        return cast("Searched", f"outcome of {test}")

    async def land(self, *tests: int) -> None:
        """Let these searches end, and what follows from it happen."""
        for test in tests:
            self._let_go[str(test)].set()
        await settle()

    async def ask(self, test: int) -> Search:
        """The test runs."""
        self.at = test
        search = self.flight.ask(self._planned[test])
        await settle()
        return search


def fly(most: int, ahead: int, count: int, story: Callable[[Plan], Awaitable[None]]) -> Plan:
    """What a story leaves of tests, of which `most` are in flight."""

    async def told() -> Plan:
        tests = Plan(most, ahead, count)
        async with anyio.create_task_group() as group:
            await group.start(tests.flight.keep_up)
            await story(tests)
            tests.flight.end()
        return tests

    return asyncio.run(told())


def test_they_begin_in_order_and_each_test_gets_its_own() -> None:
    async def story(tests: Plan) -> None:
        first = await tests.ask(0)
        assert tests.began == ["0", "1", "2"] and not first.ended.done()
        await tests.land(2)
        assert tests.began == ["0", "1", "2", "3"]
        assert tests.flight.ahead_of(None) == (2, 1)
        assert (tests.flight.ahead_of("1"), tests.flight.ahead_of("2")) == ((1, 1), (2, 0))
        await tests.land(0, 1)
        assert cast("Any", first.ended.result()) == "outcome of 0"
        assert cast("Any", first.attempts) == ["attempt of 0"]
        assert isinstance((await tests.ask(1)).ended.exception(), ZeroDivisionError)
        assert cast("Any", (await tests.ask(2)).ended.result()) == "outcome of 2"

    tests = fly(3, 30, 6, story)
    assert tests.began == ["0", "1", "2", "3", "4", "5"]
    assert sorted(tests.stopped) == ["3", "4", "5"]  # in flight when it ended
    assert tests.logged == {"0": "0", "1": "1", "2": "2"}


def test_with_one_in_flight_a_search_begins_when_its_test_asks() -> None:
    async def story(tests: Plan) -> None:
        for n in (0, 1, 2):
            search = await tests.ask(n)
            assert tests.began == [str(m) for m in range(n + 1)]
            await tests.land(n)
            assert search.ended.done()

    fly(1, 0, 4, story)


def test_a_test_out_of_order_is_the_next_and_runs_again_if_it_asks_again() -> None:
    async def story(tests: Plan) -> None:
        await tests.ask(0)
        asked = await tests.ask(3)  # there is no room: the tests in between were left out
        assert tests.began == ["0", "1"]
        await tests.land(0, 3)
        assert tests.began == ["0", "1", "3", "4"] and asked.ended.done()
        assert (await tests.ask(3)) is not asked

    fly(2, 20, 6, story)


def test_nothing_begins_once_it_is_stopped_but_what_a_test_asks_for() -> None:
    async def story(tests: Plan) -> None:
        search = await tests.ask(0)
        tests.flight.stop()
        await settle()
        assert sorted(tests.stopped) == ["0", "1"] and search.ended.cancelled()
        assert tests.flying == 0 and tests.flight.ahead_of(None) == (0, 0)
        again = await tests.ask(1)
        await tests.land(1)
        assert tests.began == ["0", "1", "1"] and again.ended.done()

    fly(2, 20, 6, story)


@settings(max_examples=40)
@given(most=st.integers(1, 4), ahead=st.integers(0, 8), order=st.permutations(range(10)))
def test_never_more_than_so_many_are_in_flight_and_none_begins_twice(
    most: int, ahead: int, order: list[int]
) -> None:
    async def story(tests: Plan) -> None:
        asked = [await tests.ask(0)]
        for n in order:
            await tests.land(n)
            while asked[-1].ended.done() and len(asked) < len(order):
                asked.append(await tests.ask(len(asked)))
            assert tests.flying <= most
            begun_ahead = len(tests.began) - len(asked)
            assert begun_ahead <= ahead
        assert asked[-1].ended.done() and tests.flying == 0

    tests = fly(most, ahead, len(order), story)
    assert tests.began == [str(n) for n in range(len(order))]
