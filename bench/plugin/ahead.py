"""Which tests this process runs next, so that their searches can begin before they ask."""

import sys
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any

import pytest

from bench.options.settings import Settings
from bench.plugin.notices import show_notice
from bench.plugin.which_point import point_of

if TYPE_CHECKING:  # imported by the processes that run tests
    from bench.search.flight import Planned
    from bench.search.session import Session

BEHIND = 10
"""How many searches may have begun whose tests have not asked, as a multiple of `--concurrency`.

With so many a long search holds up the reports of the tests behind it, but not their searches.
"""


class Ahead:
    """Knows the tests of this process, and where it is in them."""

    def __init__(self, config: pytest.Config, settings: Settings) -> None:
        self._config = config
        self._settings = settings
        self._is_worker = hasattr(config, "workerinput")
        self._items: Sequence[pytest.Item] = ()
        self._places: dict[pytest.Item, int] = {}
        self._planned: Sequence[Planned | None] = ()
        """By place: what may begin ahead. None for what may not."""
        self._now: pytest.Item | None = None
        self._next: pytest.Item | None = None
        self._passed = 0
        """In one process: all tests before this place have begun, or may not begin ahead."""
        self._queue: Any = None
        """In a worker: the places of the tests that it was given."""
        self.searches: Session | None = None
        """Those of this process, from its first test on."""

    @property
    def now(self) -> pytest.Item:
        """The test that runs."""
        if self._now is None:
            raise LookupError("no test has begun")
        return self._now

    @property
    def running(self) -> str | None:
        """The id of the test that runs; None before the first."""
        return self._now.nodeid if self._now else None

    @property
    def most(self) -> int:
        """How many searches may have begun whose tests have not asked.

        Where failures end the run, no more than are in flight: what they find may be of no use.
        With `--batch` all of them, as what they ask is sent together.
        """
        concurrency = self._settings.asking.concurrency
        if self._settings.asking.batch:
            return sys.maxsize
        if concurrency == 1:
            return 0
        getoption = self._config.getoption
        ends_early = getoption("maxfail", 0) or getoption("stepwise", False)
        return concurrency - 1 if ends_early else BEHIND * concurrency

    @pytest.hookimpl(optionalhook=True)
    def pytest_xdist_make_scheduler(self, config: pytest.Config, log: Any) -> Any:
        """Deal the tests out so that workers can look ahead, where it is not said who has which."""
        if not self.most or config.getoption("dist") not in ("load", "worksteal"):
            return None
        from bench.plugin.dealing import Dealing

        return Dealing(config, log, self.most + 2)

    def pytest_collection_finish(self, session: pytest.Session) -> None:
        """These tests are left once all have chosen and ordered them."""
        self._items = session.items
        self._places = {item: place for place, item in enumerate(session.items)}
        if self.most:
            self._planned = [_planned(item) for item in session.items]

    def pytest_runtestloop(self) -> None:
        """Find out where a worker keeps what it is given to run."""
        if not self._is_worker or not self.most:
            return
        plugins = self._config.pluginmanager.get_plugins()
        self._queue = next((p.torun for p in plugins if hasattr(p, "torun")), None)
        if not hasattr(self._queue, "lock"):
            line = "this pytest-xdist does not tell a worker what it is to run"
            show_notice(
                self._config, f"--concurrency: {line}: each has two searches in flight at most"
            )

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

    def coming(self) -> "Iterator[Planned]":
        """The tests after the present one whose searches may begin. Called by the event loop."""
        for place in self._after() if self._planned else ():
            if (planned := self._planned[place]) is not None:
                yield planned
            self._passed = place + 1  # who asks for a further one has begun this one

    def _after(self) -> Sequence[int]:
        """The places of the tests that come after the present one, as far as they are known."""
        if not self._is_worker:
            if self._now is None:
                return ()
            return range(max(self._passed, self._places[self._now] + 1), len(self._items))
        given = [] if self._next is None else [self._places[self._next]]
        if hasattr(self._queue, "lock"):
            with self._queue.lock() as places:
                given += [place for place in places if isinstance(place, int)]
        return given


def _planned(item: pytest.Item) -> "Planned | None":
    """The test as one whose search may begin ahead; None for one that may not."""
    from bench.search.flight import Planned

    point = point_of(item)
    return None if point is None or _may_not_run(item) else Planned(item.nodeid, point)


def _may_not_run(item: pytest.Item) -> bool:
    """Whether a marker may have pytest leave the test out when its turn comes."""
    return any(
        mark.name in ("skip", "skipif")
        or (mark.name == "xfail" and not mark.kwargs.get("run", True))
        for mark in item.iter_markers()
    )
