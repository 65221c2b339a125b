"""How many searches of all processes are ahead of their tests: workers tell the controller.

The live line of the terminal shows it.
"""

from functools import partial
from typing import TYPE_CHECKING, Any

import pytest

from bench.plugin import events
from bench.plugin.ahead import Ahead
from bench.record.fields import fits

if TYPE_CHECKING:
    from bench.plugin.progress import Live

Counts = tuple[int, int]
"""Searches in flight whose tests have not asked, and those of them that have ended."""

_CHANNEL = "llmpv_ahead"
"""What a worker is handed its channel to the controller under."""


class Headway:
    """Adds up the counts of all processes, and has the live line drawn anew where they change."""

    def __init__(self, config: pytest.Config, ahead: Ahead) -> None:
        self._config = config
        self._ahead = ahead
        self._channel: Any = getattr(config, "workerinput", {}).get(_CHANNEL)
        """Of a worker, to its controller."""
        self._shown: tuple[Counts, str] = ((0, 0), "")
        """The counts and the batch that were shown, or sent, last."""
        self._of_workers: dict[str, Counts] = {}

    @property
    def counts(self) -> Counts:
        """Those of all processes."""
        every = [self._own(), *self._of_workers.values()]
        return sum(flying for flying, _ in every), sum(landed for _, landed in every)

    @property
    def batch(self) -> str:
        """What batch is waited for, in a few words; empty without one."""
        searches = self._ahead.searches
        return "" if searches is None else searches.rounds.told()

    @pytest.hookimpl(optionalhook=True)
    def pytest_configure_node(self, node: Any) -> None:
        """Give a worker a channel to tell its counts by."""
        if self._ahead.most:
            channel = node.workerinput[_CHANNEL] = node.gateway.newchannel()
            channel.setcallback(partial(self._take, node.gateway.id))

    def pytest_runtest_logfinish(self) -> None:
        """A test has ended."""
        self.look()

    def look(self) -> None:
        """Show notices, and the counts where they have changed; also while a test waits."""
        events.show_notices(self._config)
        is_seen = self._channel is not None or self._live() is not None
        if not is_seen or (now := (self._own(), self.batch)) == self._shown:
            return
        self._shown = now
        if self._channel is not None:
            self._channel.send(now[0])
        else:
            self._refresh()

    def _own(self) -> Counts:
        searches = self._ahead.searches
        return (0, 0) if searches is None else searches.ahead(self._ahead.running)

    def _take(self, worker: str, counts: object) -> None:
        """Take note of a worker's counts. In the thread that receives them."""
        if not isinstance(counts, tuple) or [fits(one, int) for one in counts] != [True, True]:
            return  # it may come from another machine
        self._of_workers[worker] = counts
        self._refresh()

    def _live(self) -> "Live | None":
        """The live line, where there is one."""
        live: Live | None = self._config.pluginmanager.getplugin("llm-pv-bench-live")
        return live

    def _refresh(self) -> None:
        if (live := self._live()) is not None:
            live.refresh()
