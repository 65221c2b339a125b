"""The searches of one process that are in flight, begun in the order of their tests."""

from collections import deque
from collections.abc import Awaitable, Callable, Iterable
from concurrent.futures import Future
from dataclasses import dataclass, field
from traceback import clear_frames

import anyio
import anyio.abc
import structlog

from bench.question.grid import GridPoint
from bench.record.attempt import Attempt
from bench.search.conclusion import Searched


@dataclass(frozen=True, slots=True)
class Planned:
    """A test that this process is going to run: its id, and its grid point."""

    test: str
    point: GridPoint


@dataclass(slots=True, eq=False)
class Search:
    """One search, under way or ended."""

    planned: Planned
    attempts: list[Attempt] = field(default_factory=list)
    """Those that were judged so far."""
    ended: "Future[Searched]" = field(default_factory=Future)
    scope: anyio.CancelScope = field(default_factory=anyio.CancelScope)
    """Ends it when it is cancelled."""


Searcher = Callable[[GridPoint, Callable[[Attempt], None]], Awaitable[Searched]]
Coming = Callable[[], Iterable[Planned]]
"""The tests that this process runs after the present one, in order, as far as it knows them."""


def nothing() -> Iterable[Planned]:
    """No tests: then a search begins when its test asks."""
    return ()


class Flight:
    """Begins searches ahead of their tests, and keeps what they leave until their tests ask.

    At most `most` are in flight, and at most `ahead` are begun whose tests have not asked yet. All
    of this runs on the event loop.
    """

    def __init__(self, most: int, ahead: int, searcher: Searcher, coming: Coming) -> None:
        self._most = most
        self._ahead = ahead
        self._searcher = searcher
        self._coming = coming
        self._asked: deque[Search] = deque()
        """What tests wait for, and is not begun."""
        self._begun: dict[str, Search] = {}
        """By test: what was begun ahead, and has not been asked for."""
        self._landed: set[str] = set()
        """Of those the tests whose searches have ended."""
        self._flying: set[Search] = set()
        self._over = anyio.Event()
        self._tasks: anyio.abc.TaskGroup

    def ahead_of(self, now: str | None) -> tuple[int, int]:
        """How many searches are in flight, and how many have ended, whose tests have not asked.

        The present test is not counted. For any thread.
        """
        landed = len(self._landed) - (now in self._landed)
        return len(self._begun) - (now in self._begun) - landed, landed

    async def keep_up(self, *, task_status: anyio.abc.TaskStatus[None]) -> None:
        """Hold the searches, until `end`."""
        async with anyio.create_task_group() as self._tasks:
            task_status.started()
            await self._over.wait()
            self._tasks.cancel_scope.cancel()

    def end(self) -> None:
        """Stop whatever is in flight, for good."""
        self._over.set()

    def stop(self) -> None:
        """Stop whatever is in flight, and begin nothing more ahead."""
        self._ahead = 0
        self._begun.clear()
        self._landed.clear()
        for search in self._flying:
            search.scope.cancel()

    def ask(self, planned: Planned) -> Search:
        """The search of a test that runs now. One that was not begun ahead is the next to begin."""
        search = self._begun.pop(planned.test, None)
        self._landed.discard(planned.test)
        if search is None:
            search = Search(planned)
            self._asked.append(search)
        self.fill()
        return search

    def fill(self) -> None:
        """Begin as many searches as there are, and as there is room for."""
        while len(self._flying) < self._most and (search := self._next()) is not None:
            self._flying.add(search)
            self._tasks.start_soon(self._fly, search)

    def _next(self) -> Search | None:
        if self._asked:
            return self._asked.popleft()
        if len(self._begun) >= self._ahead:
            return None
        for planned in self._coming():
            if planned.test not in self._begun:
                search = self._begun[planned.test] = Search(planned)
                return search
        return None

    async def _fly(self, search: Search) -> None:
        structlog.contextvars.bind_contextvars(search=search.planned.test)  # of each of its events
        try:
            with search.scope:
                found = await self._searcher(search.planned.point, search.attempts.append)
                search.ended.set_result(found)
        except Exception as error:  # noqa: BLE001 - it is its test's to raise
            clear_frames(error.__traceback__)  # they hold the dataset
            search.ended.set_exception(error)
        finally:
            if search.ended.cancel():  # it was stopped
                search.ended.set_running_or_notify_cancel()
            self._flying.discard(search)
            if self._begun.get(search.planned.test) is search:
                self._landed.add(search.planned.test)
            if not self._over.is_set():
                self.fill()
