"""What is written down while a run goes on: what reports bring, and what became of each test."""

from collections.abc import Generator, Sequence
from typing import TYPE_CHECKING, Any

import pytest

from bench.plugin.cargo import lighten, load_up, transcripts, unload
from bench.plugin.failure_lines import reason
from bench.plugin.stash import AHEAD, ATTEMPTS, RUN, SETTINGS, TALLY
from bench.plugin.tally import Try
from bench.record.attempt import Attempt
from bench.record.undecided import Undecided
from bench.record.wording import printable

if TYPE_CHECKING:  # imported by the controller alone
    from bench.run.files import RunFiles


class Recorder:
    """Writes down attempts, events and transcripts, in the controller alone."""

    def __init__(self, config: pytest.Config) -> None:
        self._config = config
        self._tally = config.stash[TALLY]

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_protocol(self, item: pytest.Item) -> Generator[None, object, object]:
        """Keep the attempts of a point that Ctrl-C cuts off, as it will have no report."""
        try:
            return (yield)
        except BaseException:
            self._config.stash[AHEAD].stop()
            attempts, run = item.stash.get(ATTEMPTS, []), self._config.stash.get(RUN, None)
            point = self._tally.point_of(item.nodeid)
            if run is not None and point is not None and point in self._tally.unreported:
                run.transcribe(point, transcripts(attempts))
                run.record(self._tally.keys[point], attempts)
            raise

    def pytest_runtest_logstart(self, nodeid: str) -> None:
        """Note that a point is under way."""
        if (point := self._tally.point_of(nodeid)) is not None:
            self._tally.started.add(point)

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_logreport(self, report: Any) -> Generator[None]:
        """Write down what came with a report, and keep little of it once all plugins have seen it.

        A worker's report is on its way to the controller, and stays as it is.
        """
        if (run := self._config.stash.get(RUN, None)) is None:
            return (yield)
        self._take(report, run)
        yield
        lighten(report)

    def _take(self, report: Any, run: "RunFiles") -> None:
        config = self._config
        worker, brought = getattr(report, "worker_id", "master"), unload(report)
        load_up(report, (), ())  # pytest keeps the reports, with conversations that are in files
        run.log(brought.events, worker)
        if brought.attempts:  # of a worker's tests the ids alone are known until then
            self._tally.select([report.nodeid])
        if (point := self._tally.point_of(report.nodeid)) is not None:
            run.transcribe(point, brought.transcripts)
        now = self._try_of(report, worker, brought.attempts, run)
        if now is None:
            return
        kind = config.hook.pytest_report_teststatus(report=report, config=config)[0]
        now.phases += (report.when,)
        now.kinds += (kind,) if kind else ()
        is_dry = config.stash[SETTINGS].money.dry_run
        is_undecided = now.outcome is None and not (is_dry and now.attempts)
        is_first = now.undecided is None and report.when != "teardown"
        if is_undecided and is_first and not report.passed:
            now.undecided = Undecided(kind if report.skipped else "error", reason(report))
        if is_dry and brought.attempts:
            terminal = config.pluginmanager.getplugin("terminalreporter")
            terminal.write_line(printable(f"\n{report.nodeid}\n{brought.attempts[0].prompt}"))

    def _try_of(
        self, report: Any, worker: str, attempts: Sequence[Attempt], run: "RunFiles"
    ) -> Try | None:
        """The try that a report belongs to; a try begins with the report of its setup.

        None where another try of the same point has begun since, or is going to, and for tests of
        others.
        """
        tally, nodeid = self._tally, report.nodeid
        # This is how pytest-xdist reports a dead worker: it says nothing of the point.
        if report.when == "???":
            report.when = "setup"
            if report.outcome == "rerun":
                return None
            if (last := tally.last(nodeid)) is not None:
                return last
        if report.when == "setup" and (key := tally.key_of(nodeid)) is not None:
            attempts = run.record(key, attempts)
            tally.begin(nodeid, worker, attempts)
        return tally.current(nodeid, worker)
