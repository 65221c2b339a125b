"""The live line at the bottom of the terminal, and the counts that it shows."""

import sys
import threading
from collections.abc import Generator, Iterator
from contextlib import contextmanager, nullcontext
from typing import Any

import pytest

from bench.plugin.cargo import unload
from bench.plugin.stash import HEADWAY, TALLY
from bench.show.terminal.live import LiveLine


class Live:
    """Takes the line away while pytest writes, and draws it again until the run ends."""

    def __init__(self, config: pytest.Config) -> None:
        self._writer = config.get_terminal_writer()
        self._tally = config.stash[TALLY]
        self._line = LiveLine(total=len(self._tally.selected))
        self._running: set[str] = set()
        self._ended: set[str] = set()
        self._shown = self._over = False
        self._headway = config.stash[HEADWAY]
        self._capture = config.pluginmanager.getplugin("capturemanager")
        self._lock = threading.RLock()
        """The workers' news come in another thread than pytest's."""

    @pytest.hookimpl(wrapper=True, tryfirst=True)
    def pytest_runtest_logstart(self, nodeid: str) -> Generator[None]:
        """Count a point as under way."""
        self._note(nodeid, self._running)
        with self.aside():
            return (yield)

    @pytest.hookimpl(wrapper=True, tryfirst=True)
    def pytest_runtest_logreport(self, report: Any) -> Generator[None]:
        """Count attempts and costs. The report of a dead worker counts its point as ended."""
        for attempt in unload(report).attempts:
            self._line.attempts += 1
            self._line.spent_usd += attempt.answer.paid_now
        if report.when not in ("setup", "call", "teardown") and report.outcome != "rerun":
            self._note(report.nodeid, self._ended)
        with self.aside():
            return (yield)

    @pytest.hookimpl(wrapper=True, tryfirst=True)
    def pytest_runtest_logfinish(self, nodeid: str) -> Generator[None]:
        """Count a point as ended."""
        self._note(nodeid, self._ended)
        with self.aside():
            return (yield)

    @pytest.hookimpl(wrapper=True, tryfirst=True, optionalhook=True)
    def pytest_testnodedown(self) -> Generator[None]:
        """Make room for what pytest-xdist says of a worker that left."""
        with self.aside():
            return (yield)

    @pytest.hookimpl(tryfirst=True)
    def pytest_sessionfinish(self) -> None:
        """Erase the line for good."""
        self._erase()
        self._over = True

    def _note(self, nodeid: str, points: set[str]) -> None:
        """Add a test's point. Tests of others have none."""
        if (point := self._tally.point_of(nodeid)) is not None:
            points.add(point)

    @contextmanager
    def aside(self) -> Iterator[None]:
        """Keep the line away while something else is written."""
        with self._lock:
            self._erase()
            yield
            self._draw()

    def refresh(self) -> None:
        """Draw it anew, also in the midst of a test, whose output is captured."""
        capture = self._capture.global_and_fixture_disabled() if self._capture else nullcontext()
        with self._lock, capture, self.aside():
            pass

    def _draw(self) -> None:
        if self._over:
            return
        flying, landed = self._headway.counts
        line = self._line
        line.done = min(len(self._ended) + landed, line.total)
        line.running = len(self._running - self._ended) + flying
        line.batch = self._headway.batch
        self._below(line.render()[: self._writer.fullwidth - 1])
        self._shown = True

    def _erase(self) -> None:
        if self._shown:
            self._below("")
            self._shown = False

    def _below(self, text: str) -> None:
        """Put a text on the next line, and the cursor back where pytest left it."""
        column = self._writer.width_of_current_line
        back = f"\x1b[{column}C" if column else ""
        sys.stdout.write(f"\n\x1b[2K{text}\x1b[1A\r{back}")
        sys.stdout.flush()
