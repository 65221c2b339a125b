"""Which tests this process runs next, so that their searches can begin before they ask."""

from collections.abc import Iterator, Sequence
from typing import Any

import pytest

from bench.options.settings import Settings
from bench.plugin.notices import give
from bench.question.grid import GridPoint
from bench.search.flight import Planned
from bench.search.session import Session

BEHIND = 10
"""So many times `--concurrency` searches may have begun whose tests have not asked: a long search
holds up the reports of those behind it, but not the searches, and yet memory has a bound.
"""


class Ahead:
    """Knows the tests of this process, and where it is in them."""

    def __init__(self, config: pytest.Config, settings: Settings) -> None:
        self._config = config
        self._settings = settings
        self._is_worker = hasattr(config, "workerinput")
        self._items: Sequence[pytest.Item] = ()
        self._places: dict[pytest.Item, int] = {}
        self._now: pytest.Item | None = None
        self._next: pytest.Item | None = None
        self._queue: Any = None
        """In a worker of pytest-xdist: the places of the tests that it was given."""
        self.searches: Session | None = None
        """Those of this process, from its first test on."""

    @property
    def most(self) -> int:
        """How many searches may have begun whose tests have not asked.

        Where failures end the run, no more than are in flight: what they find may be of no use.
        """
        concurrency = self._settings.asking.concurrency
        if concurrency == 1:
            return 0
        ends_early = self._config.getoption("maxfail", 0)
        return concurrency - 1 if ends_early else BEHIND * concurrency

    def pytest_collection_finish(self, session: pytest.Session) -> None:
        """These tests are left once all have chosen and ordered them."""
        self._items = session.items
        self._places = {item: place for place, item in enumerate(session.items)}

    def pytest_runtestloop(self) -> None:
        """Find out where a worker keeps what it is given to run."""
        if not self._is_worker or not self.most:
            return
        plugins = self._config.pluginmanager.get_plugins()
        self._queue = next((p.torun for p in plugins if hasattr(p, "torun")), None)
        if not hasattr(self._queue, "lock"):
            line = "this pytest-xdist does not tell a worker what it is to run"
            give(self._config, f"--concurrency: {line}: each has two searches in flight at most")

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtest_protocol(self, item: pytest.Item, nextitem: pytest.Item | None) -> None:
        """The process is at this test now."""
        self._now, self._next = item, nextitem

    @pytest.hookimpl(trylast=True)
    def pytest_runtest_logreport(self) -> None:
        """Stop what is in flight where a report ends the run (`--maxfail`, `--stepwise`)."""
        if self._now and (self._now.session.shouldfail or self._now.session.shouldstop):
            self.stop()

    def stop(self) -> None:
        """Stop what is in flight, and begin nothing more."""
        if self.searches is not None:
            self.searches.stop()

    def coming(self) -> Iterator[Planned]:
        """The tests after the present one whose searches may begin. Called by the event loop."""
        for item in self._after():
            point = getattr(getattr(item, "callspec", None), "params", {}).get("point")
            if isinstance(point, GridPoint) and not _may_not_run(item):
                yield Planned(item.nodeid, point)

    def _after(self) -> Sequence[pytest.Item]:
        if not self._is_worker:
            return self._items[self._places[self._now] + 1 :] if self._now else ()
        given: list[pytest.Item] = [] if self._next is None else [self._next]
        if hasattr(self._queue, "lock"):
            with self._queue.lock() as places:
                given += [self._items[place] for place in places if isinstance(place, int)]
        return given


def _may_not_run(item: pytest.Item) -> bool:
    """Whether a marker may have pytest leave the test out when its turn comes."""
    return any(
        mark.name in ("skip", "skipif")
        or (mark.name == "xfail" and not mark.kwargs.get("run", True))
        for mark in item.iter_markers()
    )
