"""The hooks of a run: its start, what each report brings, its end, and the summary."""

import json
import os
from collections.abc import Generator, Sequence
from collections.abc import Set as AbstractSet
from contextlib import nullcontext
from functools import partial
from typing import Any

import pytest
import structlog

from bench import baseline
from bench.grid import GridPoint
from bench.jail import JailBroken, detect, satisfies
from bench.ledger import start
from bench.plugin.live import Live
from bench.plugin.notices import Notices, give
from bench.plugin.reports import load_up, unload
from bench.plugin.stash import (
    ATTEMPTS,
    BASELINE,
    GRID,
    METADATA,
    PROBLEMS,
    RESULTS,
    RUN,
    RUN_ID,
    SETTINGS,
    UNDECIDED,
    WARNINGS,
)
from bench.proposers.base import Outage
from bench.results import ResultsError, load
from bench.run import Run, new_id
from bench.settings import Settings, SettingsError
from bench.summary import summarise
from bench.tables import terminal_width
from bench.wording import counted, encodable

log = structlog.get_logger()

_events: list[dict[str, Any]] = []
"""The events of this process that no report has carried away yet."""


class Benchmark:
    """The hooks of a run of the benchmark."""

    def __init__(self, config: pytest.Config) -> None:
        self._config = config
        self._selected: set[str] = set()
        self._reported: set[str] = set()
        config.stash[UNDECIDED], config.stash[METADATA], config.stash[PROBLEMS] = {}, {}, []

    def pytest_sessionstart(self, session: pytest.Session) -> None:
        """Start the run's files in the controller; take its id in a worker."""
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
            return
        config.stash[RUN_ID] = new_id()
        if config.option.collectonly:
            return
        settings = config.stash[SETTINGS]
        isolation, unpriced = _checked(settings)
        try:
            config.stash[RUN] = Run(config.stash[RUN_ID], settings, isolation, config.rootpath)
        except OSError as error:
            raise pytest.UsageError(
                f"cannot write {error.filename}: {error.strerror}; check --reports-dir, --out-jsonl and --out-csv"
            ) from None
        terminal, live = config.pluginmanager.getplugin("terminalreporter"), None
        if terminal and terminal.isatty and config.option.capture != "no" and os.environ.get("TERM") != "dumb":
            live = Live(config, session)
            config.pluginmanager.register(live, "llm-pv-bench-live")
        notices = Notices(config, live.aside if live else nullcontext)
        config.pluginmanager.register(notices, "llm-pv-bench-notices")
        for line in config.stash[WARNINGS]:
            log.warning("warning", detail=line)
        for model in unpriced:
            log.warning("price_unknown", model=model, advice="give --price-input and --price-output")

    @pytest.hookimpl(optionalhook=True)
    def pytest_configure_node(self, node: Any) -> None:
        """Hand the run's id to a worker."""
        node.workerinput["llmpv_run_id"] = node.config.stash[RUN_ID]

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_makereport(self, item: pytest.Item, call: pytest.CallInfo[None]) -> Any:
        """Let what the test left ride on its report, and let a failed search say its paragraph alone."""
        report: Any = yield
        attempts = item.stash.get(ATTEMPTS, []) if call.when == "setup" else []
        load_up(report, attempts, _events)
        _events.clear()
        if call.when == "setup" and attempts and attempts[-1].outcome is not None:
            plain = attempts[-1].outcome.items()
            item.user_properties.extend((name, _property(value)) for name, value in plain if value is not None)
        if call.when == "call" and call.excinfo is not None and call.excinfo.errisinstance(AssertionError):
            report.longrepr = encodable(f"{_bracketed(item.name)}: {str(call.excinfo.value).splitlines()[0]}")
        return report

    def pytest_collection_modifyitems(self, config: pytest.Config, items: list[pytest.Item]) -> None:
        """Expect a failure where the baseline did not solve the point."""
        if (known := config.stash.get(BASELINE, None)) is None:
            return
        for item in items:
            point = getattr(getattr(item, "callspec", None), "params", {}).get("point")
            if isinstance(point, GridPoint) and (reason := baseline.expected_failure(known, point.key)):
                # An outage stays an error: it says nothing of the point.
                item.add_marker(pytest.mark.xfail(reason=reason, raises=AssertionError, strict=False))

    def pytest_collection_finish(self, session: pytest.Session) -> None:
        """Hold what was selected against the baseline."""
        if not hasattr(self._config, "workerinput"):
            self._select({_bracketed(item.nodeid) for item in session.items})

    @pytest.hookimpl(optionalhook=True)
    def pytest_xdist_node_collection_finished(self, ids: Sequence[str]) -> None:
        """The same in the controller of workers, which collects nothing itself. Every worker reports the same."""
        self._select(set(map(_bracketed, ids)))

    def _select(self, ids: AbstractSet[str]) -> None:
        config = self._config
        self._selected |= ids
        keys = [point.key for point in config.stash[GRID] if point.id in ids]
        if not keys or (known := config.stash.get(BASELINE, None)) is None:
            return
        line = baseline.warning(known, keys)
        if line is not None and line not in config.stash[WARNINGS]:
            config.stash[WARNINGS].append(line)
            log.warning("warning", detail=line)

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtest_logreport(self, report: Any) -> None:
        """Write down what came with a report. The worker that ran the test died where nothing did."""
        config = self._config
        run = config.stash.get(RUN, None)
        if run is None:
            return
        if report.when == "???":  # pytest-xdist's report of a dead worker: it says nothing of the point
            report.when = "setup"
        self._reported.add(_bracketed(report.nodeid))
        left = unload(report)
        worker = getattr(report, "worker_id", "master")
        run.log(left["events"], worker)
        kind = config.hook.pytest_report_teststatus(report=report, config=config)[0]
        if left["attempts"]:
            run.record(left["attempts"])
            config.stash[METADATA][report.nodeid] = {
                "attempts": left["attempts"],
                "outcome": left["attempts"][-1]["outcome"],
            }
        known = config.stash[METADATA].get(report.nodeid)
        undecided = known is None or (known["outcome"] is None and not config.stash[SETTINGS].dry_run)
        if undecided and report.when != "teardown" and not report.passed:
            how = kind if report.skipped else "error"
            config.stash[UNDECIDED].setdefault(_bracketed(report.nodeid), (how, _reason(report)))
        if kind:
            run.count(kind)
        if config.stash[SETTINGS].dry_run and left["attempts"]:
            terminal = config.pluginmanager.getplugin("terminalreporter")
            terminal.write_line(f"\n{report.nodeid}\n{left['attempts'][0]['prompt']}")

    @pytest.hookimpl(optionalhook=True)
    def pytest_json_modifyreport(self, json_report: dict[str, Any]) -> None:
        """Put the attempts into report.json, and write it whole."""
        config = self._config
        if (run := config.stash.get(RUN, None)) is None:
            return
        for test in json_report.get("tests", []):
            test["metadata"] = config.stash[METADATA].get(test["nodeid"], {"attempts": [], "outcome": None})
        run.write_report(json_report)

    @pytest.hookimpl(wrapper=True, trylast=True)
    def pytest_sessionfinish(self, session: pytest.Session, exitstatus: int) -> Generator[None]:
        """Gate the run, before report.json says how it ended; then complete it and build its page."""
        config = session.config
        if (run := config.stash.get(RUN, None)) is None:
            return (yield)
        red = run.problems()
        if exitstatus == pytest.ExitCode.OK and (lost := sorted(self._selected - self._reported)):
            red.append(f"{counted(len(lost), 'point')} came to no result, {lost[0]} among them: run again")
        try:
            results = config.stash[RESULTS] = load(run.folder)
            red += baseline.gate(results.points, config.stash[SETTINGS], self._cut_short())
        except ResultsError as error:
            red.append(str(error))
        if red:
            session.exitstatus = exitstatus or pytest.ExitCode.TESTS_FAILED
        yield
        run.finish(int(session.exitstatus))
        if late := [line for line in run.problems() if line not in red]:
            session.exitstatus = exitstatus or pytest.ExitCode.TESTS_FAILED
        problems = config.stash[PROBLEMS] = [*red, *late, *run.build_page()]
        for line in problems:
            log.error("problem", detail=line)
        log.info("artifacts_written", folder=str(run.folder))
        run.log(_events, "master")
        run.close()

    def _cut_short(self) -> int:
        """How many points were selected, and neither decided nor left out for the want of a raw table."""
        undecided = self._config.stash[UNDECIDED].values()
        stopped = sum(how == "error" or reason.startswith("budget") for how, reason in undecided)
        return stopped + len(self._selected - self._reported)

    def pytest_terminal_summary(self, terminalreporter: pytest.TerminalReporter) -> None:
        """What was left out, the table, the totals, the places."""
        config = self._config
        for line in config.stash[WARNINGS]:
            terminalreporter.write_line(line, yellow=True)
        if (run := config.stash.get(RUN, None)) is None:
            return
        terminalreporter.section("LLM-PV bench")
        if results := config.stash.get(RESULTS, None):
            if config.stash[SETTINGS].dry_run:
                for line in start.dry_run_total(run.attempts, config.stash[SETTINGS]):
                    terminalreporter.write_line(line)
            for line in summarise(
                results.attempts, run.manifest, config.stash[UNDECIDED], artifacts=run.places(), retries=run.retries,
                width=terminal_width(),
            ):  # fmt: skip
                terminalreporter.write_line(line)
        for line in config.stash[PROBLEMS]:
            terminalreporter.write_line(line, red=True)


def _checked(settings: Settings) -> tuple[str, list[str]]:
    """The isolation that this machine gives, and the models without a price. Raises UsageError where it cannot run."""
    try:
        isolation = detect()
        required = settings.require_isolation or ("partial" if os.uname().sysname == "Linux" else "process")
        if not satisfies(isolation, required):
            raise pytest.UsageError(f"--require-isolation: {required} is required, and this machine gives {isolation}")
        return isolation, start.check(settings)
    except (JailBroken, Outage, SettingsError) as error:
        raise pytest.UsageError(str(error)) from None


def _keep_event(config: pytest.Config, _logger: object, _method: str, event: Any) -> Any:
    _events.append(dict(event))
    if event["event"] == "waiting":  # its report comes when the wait is over
        give(config, event["detail"])
    raise structlog.DropEvent


def _property(value: Any) -> str | int | float:
    """A field of an outcome as JUnit's properties hold it: JSON for what is no single value."""
    if isinstance(value, str):
        return encodable(value)
    return value if isinstance(value, int | float) else json.dumps(value)


def _bracketed(test: str) -> str:
    """The point's id in a test's."""
    return test.partition("[")[2].removesuffix("]") or test


def _reason(report: Any) -> str:
    text = report.longrepr[2] if isinstance(report.longrepr, tuple) else str(report.longrepr)
    text = text.removeprefix("Skipped: ").removeprefix(f"{_bracketed(report.nodeid)}: ")
    return " ".join(text.split())[:300]
