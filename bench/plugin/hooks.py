"""The hooks of a run: its start, what each report brings, its end, and the summary."""

import json
from collections.abc import Generator, Iterable, Mapping, Sequence
from functools import partial
from typing import Any

import pytest
import structlog

from bench.ledger.estimate import dry_run_total
from bench.ledger.listing import spent
from bench.options.secret import secrets_of
from bench.plugin.begin import begin, check
from bench.plugin.cargo import bracketed, load_up, reason, unload
from bench.plugin.jsonreport import complete
from bench.plugin.notices import give
from bench.plugin.selection import refuse_unknown_markers
from bench.plugin.stash import (
    ATTEMPTS,
    BASELINE,
    GRID,
    PROBLEMS,
    RESULTS,
    RUN,
    RUN_ID,
    SETTINGS,
    TALLY,
    WARNINGS,
)
from bench.plugin.tally import Tally, Try
from bench.plugin.unforeseen import shorten, told, unforeseen
from bench.proposers import controller
from bench.question.grid import GridPoint
from bench.record.attempt import to_json
from bench.record.key import PointKey
from bench.record.wording import counted, printable
from bench.run import gate
from bench.run.files import Run, new_id
from bench.run.results import ResultsError
from bench.show.tables import terminal_width
from bench.show.terminal.summary import summarise

log = structlog.get_logger()

_events: list[dict[str, Any]] = []
"""The events of this process that no report has carried away yet."""


class Benchmark:
    """The hooks of a run of the benchmark."""

    def __init__(self, config: pytest.Config) -> None:
        self._config = config
        self._tally = config.stash[TALLY] = Tally({p.id: p.key for p in config.stash[GRID]})
        self._secrets = secrets_of(config.stash[SETTINGS])
        self._isolation = "unknown"
        self._unpriced: list[str] = []
        config.stash[PROBLEMS] = []

    def pytest_sessionstart(self) -> None:
        """Give the run its id, and see whether it can go on; a worker takes the id it is handed."""
        config = self._config
        structlog.configure(
            processors=[
                structlog.processors.add_log_level,
                structlog.processors.TimeStamper(key="ts", fmt="iso", utc=True),
                partial(_keep_event, config),
            ]
        )
        if hasattr(config, "workerinput"):
            config.stash[RUN_ID] = config.workerinput["llmpv_run_id"]
            controller.watch()
            return
        config.stash[RUN_ID] = new_id()
        refuse_unknown_markers(config)
        if not config.option.collectonly:
            self._isolation, self._unpriced = check(config.stash[SETTINGS])

    @pytest.hookimpl(optionalhook=True)
    def pytest_configure_node(self, node: Any) -> None:
        """Hand the run's id to a worker."""
        node.workerinput["llmpv_run_id"] = node.config.stash[RUN_ID]

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_protocol(self, item: pytest.Item) -> Generator[None, object, object]:
        """Keep the attempts of a point that Ctrl-C cuts off: it makes no report."""
        try:
            return (yield)
        except BaseException:
            attempts, run = item.stash.get(ATTEMPTS, []), self._config.stash.get(RUN, None)
            point = self._tally.point_of(item.nodeid)
            if run is not None and point in self._tally.unreported:
                run.record(self._tally.keys[point], [to_json(attempt) for attempt in attempts])
            raise

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_makereport(self, item: pytest.Item, call: pytest.CallInfo[None]) -> Any:
        """Let what the test left ride on its report, and let a failed search say its paragraph alone."""
        report: Any = yield
        if (error := unforeseen(call)) is not None:
            point = bracketed(item.name)
            report.longrepr = f"{point}: {told(error, self._secrets, point)}"
        report.sections = [(name, self._secrets.blotted(text)) for name, text in report.sections]
        attempts = item.stash.get(ATTEMPTS, []) if call.when == "setup" else []
        load_up(report, attempts, _events)
        _events.clear()
        if call.when == "setup" and attempts and attempts[-1].outcome is not None:
            item.user_properties[:] = _with_outcome(item.user_properties, attempts[-1].outcome)
        if call.when == "call" and call.excinfo is not None and call.excinfo.errisinstance(AssertionError):
            report.longrepr = printable(f"{bracketed(item.name)}: {str(call.excinfo.value).splitlines()[0]}")
        return report

    @pytest.hookimpl(tryfirst=True)
    def pytest_internalerror(self, excrepr: Any, excinfo: pytest.ExceptionInfo[BaseException]) -> None:
        """Tell an error outside of the tests in one line, too, unless the whole trace is asked for."""
        if not self._config.option.fulltrace:
            shorten(excrepr, told(excinfo.value, self._secrets, "outside of the points"))

    def pytest_collection_modifyitems(self, config: pytest.Config, items: list[pytest.Item]) -> None:
        """Expect a failure where the baseline did not solve the point."""
        if (known := config.stash.get(BASELINE, None)) is None:
            return
        for item in items:
            point = getattr(getattr(item, "callspec", None), "params", {}).get("point")
            if isinstance(point, GridPoint) and (why := gate.expected_failure(known, point.key)):
                # An outage stays an error: it says nothing of the point.
                item.add_marker(pytest.mark.xfail(reason=why, raises=AssertionError, strict=False))

    def pytest_collection_finish(self, session: pytest.Session) -> None:
        """Begin with what was selected."""
        if not hasattr(self._config, "workerinput"):
            self._select([item.nodeid for item in session.items])

    @pytest.hookimpl(optionalhook=True)
    def pytest_xdist_node_collection_finished(self, ids: Sequence[str]) -> None:
        """The same in the controller of workers, which collects nothing itself. Every worker reports the same."""
        self._select(ids)

    def _select(self, nodeids: Sequence[str]) -> None:
        """Begin the run, unless nothing is selected: then it leaves no trace."""
        config, tally = self._config, self._tally
        is_first = not tally.selected
        tally.selected |= set(map(tally.point_of, nodeids))
        keys = [key for point, key in tally.keys.items() if point in tally.selected]
        if not keys or not is_first:
            return
        if (known := config.stash.get(BASELINE, None)) is not None:
            config.stash[WARNINGS] += _shared(known, keys)
        if not config.option.collectonly:
            selected = [point for point in config.stash[GRID] if point.id in tally.selected]
            begin(config, self._isolation, self._unpriced, selected)

    def pytest_runtest_logstart(self, nodeid: str) -> None:
        """A point is under way."""
        self._tally.started.add(self._tally.point_of(nodeid))

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtest_logreport(self, report: Any) -> None:
        """Write down what came with a report."""
        config = self._config
        if (run := config.stash.get(RUN, None)) is None:
            return
        worker, brought = getattr(report, "worker_id", "master"), unload(report)
        run.log(brought["events"], worker)
        now = self._try_of(report, worker, brought["attempts"], run)
        if now is None:
            return
        kind = config.hook.pytest_report_teststatus(report=report, config=config)[0]
        now.phases.add(report.when)
        now.kinds += [kind] if kind else []
        is_dry = config.stash[SETTINGS].dry_run
        is_undecided = now.outcome is None and not (is_dry and now.attempts)
        if is_undecided and now.undecided is None and report.when != "teardown" and not report.passed:
            now.undecided = (kind if report.skipped else "error", reason(report))
        if is_dry and brought["attempts"]:
            terminal = config.pluginmanager.getplugin("terminalreporter")
            terminal.write_line(printable(f"\n{report.nodeid}\n{brought['attempts'][0]['prompt']}"))

    def _try_of(self, report: Any, worker: str, attempts: list[dict[str, Any]], run: Run) -> Try | None:
        """The try of its point that a report is of: its setup begins one. None where another began since."""
        tally, nodeid = self._tally, report.nodeid
        if report.when == "???":  # pytest-xdist's report of a dead worker: it says nothing of the point
            report.when = "setup"
            if (last := tally.last(nodeid)) is not None:
                return last
        if report.when == "setup":
            if (key := tally.keys.get(tally.point_of(nodeid))) is not None:
                attempts = run.record(key, attempts)
            tally.begin(nodeid, worker, attempts)
        return tally.current(nodeid, worker)

    @pytest.hookimpl(optionalhook=True)
    def pytest_json_modifyreport(self, json_report: dict[str, Any]) -> None:
        """Put the attempts into report.json, and write it whole."""
        if (run := self._config.stash.get(RUN, None)) is not None:
            complete(json_report, self._tally)
            run.write_report(json_report)

    @pytest.hookimpl(wrapper=True, trylast=True)
    def pytest_sessionfinish(self, session: pytest.Session, exitstatus: int) -> Generator[None]:
        """Gate the run, before report.json says how it ended; then complete it and build its page."""
        config = session.config
        if (run := config.stash.get(RUN, None)) is None:
            return (yield)
        red, unreported = run.problems(), self._tally.unreported
        if exitstatus == pytest.ExitCode.OK and unreported:
            lost = counted(len(unreported), "point")
            red.append(f"{lost} came to no result, {min(unreported)} among them: run again")
        self._tally.cut_off = {point: self._cut_off(point) for point in unreported}
        try:
            results = config.stash[RESULTS] = run.results()
            config.stash[WARNINGS] += results.warnings
            is_asked = not config.stash[SETTINGS].dry_run
            if exitstatus == pytest.ExitCode.OK and is_asked and not any(point.decided for point in results.points):
                red.append("no point was decided: a run that tells nothing is no success")
            red += gate.gate(results.points, config.stash[SETTINGS], self._cut_short())
        except ResultsError as error:
            red.append(str(error))
        if red:
            session.exitstatus = exitstatus or pytest.ExitCode.TESTS_FAILED
        yield
        run.finish(int(session.exitstatus), self._tally.counts, self._tally.undecided.values())
        if late := [line for line in run.problems() if line not in red]:
            session.exitstatus = exitstatus or pytest.ExitCode.TESTS_FAILED
        problems = config.stash[PROBLEMS] = [*red, *late, *_build_page(run)]
        for line in problems:
            log.error("problem", detail=line)
        log.info("artifacts_written", folder=str(run.folder))
        run.log(_events, "master")
        run.close()

    def _cut_off(self, point: str) -> tuple[str, str]:
        """What to say of a point that the end of the run left without a result."""
        if point in self._tally.started:
            return "cut off", "under way when the run ended: run again to go on from what was answered"
        return "unasked", "the run ended before"

    def _cut_short(self) -> int:
        """How many points were selected, and neither decided nor left out for the want of a raw table."""
        undecided = self._tally.undecided.values()
        stopped = ("error", "cut off", "unasked")
        return sum(how in stopped or why.startswith("budget") for how, why in undecided)

    def _spent(self) -> float | None:
        """What the run has paid, by the ledger: also for what brought no answer. None where it paid nothing."""
        stash = self._config.stash
        return spent(stash[SETTINGS].ledger_path, stash[RUN_ID])

    def pytest_terminal_summary(self, terminalreporter: pytest.TerminalReporter) -> None:
        """What was left out, the table, the totals, the places."""
        config = self._config
        for line in config.stash[WARNINGS]:
            terminalreporter.write_line(printable(line), yellow=True)
        if (run := config.stash.get(RUN, None)) is None:
            return
        terminalreporter.section("LLM-PV bench")
        if results := config.stash.get(RESULTS, None):
            if config.stash[SETTINGS].dry_run:
                for line in dry_run_total(run.attempts, config.stash[SETTINGS]):
                    terminalreporter.write_line(printable(line))
            for line in summarise(
                results.attempts, run.manifest, self._tally.undecided, artifacts=run.places(), retries=run.retries,
                width=terminal_width(), spent_usd=self._spent(),
            ):  # fmt: skip
                terminalreporter.write_line(printable(line))
        for line in config.stash[PROBLEMS]:
            terminalreporter.write_line(printable(line), red=True)


def _build_page(run: Run) -> list[str]:
    """Build the page; what is wrong where it cannot be built: a run is whole without it."""
    from bench.show import page

    if not run.attempts:
        return []
    try:
        page.write(run.folder)
    except Exception as error:  # noqa: BLE001 - whatever it is, it is told
        why = " ".join(f"{type(error).__name__}: {error}".split())
        again = f"python -m bench.report {run.folder}"
        return [f"The page could not be built ({why}); try again: {again}"]
    return []


def _shared(known: gate.Baseline, keys: Sequence[PointKey]) -> list[str]:
    """What to say of points that are not in the baseline. Raises UsageError where none is in it."""
    try:
        line = gate.need_shared(known, keys)
    except gate.BaselineError as error:
        raise pytest.UsageError(printable(str(error))) from None
    return [line] if line else []


def _keep_event(config: pytest.Config, _logger: object, _method: str, event: Any) -> Any:
    _events.append(dict(event))
    if event["event"] == "waiting":  # its report comes when the wait is over
        give(config, event["detail"])
    raise structlog.DropEvent


def _with_outcome(properties: Iterable[tuple[str, Any]], outcome: Mapping[str, Any]) -> list[tuple[str, Any]]:
    """A test's properties with its outcome's fields, in the place of those of an earlier time that it ran."""
    others = [(name, value) for name, value in properties if name not in outcome]
    return others + [(name, _property(value)) for name, value in outcome.items() if value is not None]


def _property(value: Any) -> str | int | float:
    """A field of an outcome as JUnit's properties hold it: JSON for what is no single value."""
    if isinstance(value, str):
        return printable(value)
    return value if isinstance(value, int | float) else json.dumps(value)
