"""The only room that knows pytest: options, parametrization, fixtures, and the way of the results to the controller.

With `-n` the tests run in worker processes. What a test leaves (attempts, events) rides on its report, as plain data
in `report.llmpv`, and the controller alone writes it down.
"""

import os
from collections.abc import Generator, Iterator
from pathlib import Path
from typing import Any

import pytest
import structlog

from bench import baseline
from bench.dataset import DatasetError
from bench.grid import GridPoint, points
from bench.jail import JailBroken, detect, satisfies
from bench.ledger import start
from bench.live import Live
from bench.points import PointKey
from bench.proposers.base import BudgetSpent, Outage
from bench.record import Attempt, Outcome, to_json
from bench.results import Results, ResultsError, load
from bench.run import Run, new_id
from bench.session import Session
from bench.settings import Settings, SettingsError, options, resolve
from bench.summary import summarise
from targets.raw import RawTableMissing

_settings = pytest.StashKey[Settings]()
_grid = pytest.StashKey[tuple[GridPoint, ...]]()
_warnings = pytest.StashKey[tuple[str, ...]]()
_run = pytest.StashKey[Run]()
_run_id = pytest.StashKey[str]()
_attempts = pytest.StashKey[list[Attempt]]()
_undecided = pytest.StashKey[dict[str, tuple[str, str]]]()
_results = pytest.StashKey[Results]()
_problems = pytest.StashKey[list[str]]()
_metadata = pytest.StashKey[dict[str, dict[str, Any]]]()

log = structlog.get_logger()

_events: list[dict[str, Any]] = []
"""The events of this process that no report has carried away yet."""


def pytest_addoption(parser: pytest.Parser) -> None:
    """Declare every option, and its ini key."""
    group = parser.getgroup("llm-pv bench")
    for option in options():
        action: dict[str, Any] = {"action": "store_true"} if option.is_flag else {"metavar": option.name.upper()}
        group.addoption(option.flag, dest=f"llmpv_{option.name}", default=None, help=option.help, **action)
        parser.addini(option.ini, f"default of {option.flag}", default=None)


@pytest.hookimpl(tryfirst=True)
def pytest_configure(config: pytest.Config) -> None:
    """Resolve the options, and switch the JSON report on for runs of the benchmark."""
    given = {option.name: config.getoption(f"llmpv_{option.name}") for option in options()}
    ini = {option.name: str(value) for option in options() if (value := config.getini(option.ini)) is not None}
    try:
        settings = resolve(given, ini, config.rootpath, config.invocation_params.dir)
    except SettingsError as error:
        raise pytest.UsageError(str(error)) from None
    config.stash[_settings] = settings
    if not _is_benchmark(config):
        return
    try:
        config.stash[_grid], config.stash[_warnings] = points(settings)
    except SettingsError as error:
        raise pytest.UsageError(str(error)) from None
    config.option.json_report = True
    config.option.json_report_file = None  # it is handed over and written whole: see pytest_json_modifyreport
    config.pluginmanager.register(_Benchmark(), "llm-pv-bench")


def _is_benchmark(config: pytest.Config) -> bool:
    """Whether this run takes anything from bench/."""
    folder = config.rootpath / "bench"
    places = [Path(config.invocation_params.dir, argument.split("::")[0]).resolve() for argument in config.args]
    return any(folder == place or folder in place.parents for place in places)


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """One test a grid point."""
    if "point" not in metafunc.fixturenames:
        return
    grid = metafunc.config.stash[_grid]
    metafunc.parametrize(
        "point", [pytest.param(p, id=p.id, marks=[getattr(pytest.mark, mark) for mark in p.marks]) for p in grid]
    )


@pytest.fixture(scope="session")
def llmpv(request: pytest.FixtureRequest) -> Iterator[Session]:
    """The worker's event loop, jail and proposers."""
    session = Session(request.config.stash[_settings], request.config.stash[_run_id])
    yield session
    session.close()


@pytest.fixture
def outcome(point: GridPoint, llmpv: Session, request: pytest.FixtureRequest) -> Outcome:
    """The outcome of the search at a grid point. An error where the question could not be put."""
    done = request.node.stash[_attempts] = []
    try:
        if llmpv.settings.dry_run:
            done.append(llmpv.dry_run(point))
            pytest.skip("dry run")
        return llmpv.search(point, done)
    except BudgetSpent as spent:
        raise pytest.skip.Exception(f"budget: {spent}") from None
    except RawTableMissing as missing:
        if llmpv.settings.functions:
            raise pytest.fail.Exception(f"{point.id}: {missing}", pytrace=False) from None
        raise pytest.skip.Exception(str(missing)) from None
    except (Outage, DatasetError, JailBroken) as error:
        raise pytest.fail.Exception(f"{point.id}: {error}", pytrace=False) from None


class _Benchmark:
    """The hooks of a run of the benchmark."""

    def pytest_sessionstart(self, session: pytest.Session) -> None:
        """Start the run's files in the controller; take its id in a worker."""
        config = session.config
        structlog.configure(
            processors=[
                structlog.processors.add_log_level,
                structlog.processors.TimeStamper(key="ts", fmt="iso", utc=True),
                _keep_event,
            ]
        )
        settings = config.stash[_settings]
        if hasattr(config, "workerinput"):
            config.stash[_run_id] = config.workerinput["llmpv_run_id"]
            return
        config.stash[_run_id] = new_id()
        config.stash[_undecided], config.stash[_metadata] = {}, {}
        if config.option.collectonly:
            return
        try:
            isolation = detect()
            if settings.baseline:
                known = baseline.read(settings.baseline, settings)
                if warning := baseline.warning(known, (_key(point) for point in config.stash[_grid])):
                    config.stash[_warnings] += (warning,)
        except (JailBroken, baseline.BaselineError) as error:
            raise pytest.UsageError(str(error)) from None
        required = settings.require_isolation or ("partial" if os.uname().sysname == "Linux" else "process")
        if not satisfies(isolation, required):
            raise pytest.UsageError(f"--require-isolation: {required} is required, and this machine gives {isolation}")
        try:
            unpriced = start.check(settings)
        except (Outage, SettingsError) as error:
            raise pytest.UsageError(str(error)) from None
        try:
            config.stash[_run] = Run(config.stash[_run_id], settings, isolation, config.rootpath)
        except OSError as error:
            raise pytest.UsageError(
                f"cannot write {error.filename}: {error.strerror}; check --reports-dir, --out-jsonl and --out-csv"
            ) from None
        terminal = config.pluginmanager.getplugin("terminalreporter")
        if terminal and terminal.isatty and config.option.capture != "no" and os.environ.get("TERM") != "dumb":
            config.pluginmanager.register(Live(config, session), "llm-pv-bench-live")
        for line in config.stash[_warnings]:
            log.warning("warning", detail=line)
        for model in unpriced:
            log.warning("price_unknown", model=model, advice="give --price-input and --price-output")

    @pytest.hookimpl(optionalhook=True)
    def pytest_configure_node(self, node: Any) -> None:
        """Hand the run's id to a worker."""
        node.workerinput["llmpv_run_id"] = node.config.stash[_run_id]

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_makereport(self, item: pytest.Item, call: pytest.CallInfo[None]) -> Any:
        """Let what the test left ride on its report, and let a failed search say its paragraph alone."""
        report: Any = yield
        attempts = item.stash.get(_attempts, []) if call.when == "setup" else []
        report.llmpv = {"attempts": [to_json(a) for a in attempts], "events": list(_events)}
        _events.clear()
        if call.when == "setup" and attempts and attempts[-1].outcome is not None:
            plain = attempts[-1].outcome.items()
            item.user_properties.extend((name, value) for name, value in plain if isinstance(value, str | int | float))
        if call.when == "call" and call.excinfo is not None and call.excinfo.errisinstance(AssertionError):
            report.longrepr = f"{_bracketed(item.name)}: {str(call.excinfo.value).splitlines()[0]}"
        return report

    def pytest_collection_modifyitems(self, config: pytest.Config, items: list[pytest.Item]) -> None:
        """Expect a failure where the baseline did not solve the point."""
        settings = config.stash[_settings]
        if not settings.baseline:
            return
        known = baseline.read(settings.baseline, settings)
        for item in items:
            point = getattr(getattr(item, "callspec", None), "params", {}).get("point")
            if isinstance(point, GridPoint) and (reason := baseline.expected_failure(known, _key(point))):
                # An outage stays an error: it says nothing of the point.
                item.add_marker(pytest.mark.xfail(reason=reason, raises=AssertionError, strict=False))

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtest_logreport(self, report: Any) -> None:
        """Write down what came with a report. The worker that ran the test died where nothing did."""
        config = self._config
        run = config.stash.get(_run, None)
        if run is None:
            return
        left = getattr(report, "llmpv", {"attempts": [], "events": []})
        worker = getattr(report, "worker_id", "master")
        run.log(left["events"], worker)
        kind = config.hook.pytest_report_teststatus(report=report, config=config)[0]
        if left["attempts"]:
            run.record(left["attempts"])
            config.stash[_metadata][report.nodeid] = {
                "attempts": left["attempts"],
                "outcome": left["attempts"][-1]["outcome"],
            }
        known = config.stash[_metadata].get(report.nodeid)
        undecided = known is None or (known["outcome"] is None and not config.stash[_settings].dry_run)
        if undecided and report.when != "teardown" and not report.passed:
            how = kind if report.skipped else "error"
            config.stash[_undecided].setdefault(_bracketed(report.nodeid), (how, _reason(report)))
        if kind:
            run.count(kind)
        if config.stash[_settings].dry_run and left["attempts"]:
            terminal = config.pluginmanager.getplugin("terminalreporter")
            terminal.write_line(f"\n{report.nodeid}\n{left['attempts'][0]['prompt']}")

    @pytest.hookimpl(optionalhook=True)
    def pytest_json_modifyreport(self, json_report: dict[str, Any]) -> None:
        """Put the attempts into report.json, and write it whole."""
        config = self._config
        if (run := config.stash.get(_run, None)) is None:
            return
        for test in json_report.get("tests", []):
            test["metadata"] = config.stash[_metadata].get(test["nodeid"], {"attempts": [], "outcome": None})
        run.write_report(json_report)

    @pytest.hookimpl(wrapper=True, trylast=True)
    def pytest_sessionfinish(self, session: pytest.Session, exitstatus: int) -> Generator[None]:
        """Gate the run, before report.json says how it ended; then complete it and build its page."""
        config = session.config
        if (run := config.stash.get(_run, None)) is None:
            return (yield)
        try:
            results = config.stash[_results] = load(run.folder)
            red = baseline.gate(results.points, config.stash[_settings])
        except ResultsError as error:
            red = [str(error)]
        if red:
            session.exitstatus = exitstatus or pytest.ExitCode.TESTS_FAILED
        yield
        run.finish(int(session.exitstatus))
        problems = config.stash[_problems] = [*red, *run.build_page()]
        for line in problems:
            log.error("problem", detail=line)
        log.info("artifacts_written", folder=str(run.folder))
        run.log(_events, "master")
        run.close()

    def pytest_terminal_summary(self, terminalreporter: pytest.TerminalReporter) -> None:
        """What was left out, the table, the totals, the places."""
        config = self._config
        for line in config.stash[_warnings]:
            terminalreporter.write_line(line, yellow=True)
        if (run := config.stash.get(_run, None)) is None:
            return
        terminalreporter.section("LLM-PV bench")
        if results := config.stash.get(_results, None):
            if config.stash[_settings].dry_run:
                for line in start.dry_run_total(run.attempts, config.stash[_settings]):
                    terminalreporter.write_line(line)
            for line in summarise(
                results.attempts, run.manifest, config.stash[_undecided], artifacts=run.places(), retries=run.retries
            ):
                terminalreporter.write_line(line)
        for line in config.stash.get(_problems, []):
            terminalreporter.write_line(line, red=True)

    @pytest.hookimpl(tryfirst=True)
    def pytest_configure(self, config: pytest.Config) -> None:
        """Keep the configuration for the hooks that are not handed it."""
        self._config = config


def _keep_event(_logger: object, _method: str, event: Any) -> Any:
    _events.append(dict(event))
    raise structlog.DropEvent


def _key(point: GridPoint) -> PointKey:
    return PointKey(
        point.target.fn, point.target.name, point.length, point.trial, point.model, point.reasoning_effort,
        point.template.name,
    )  # fmt: skip


def _bracketed(test: str) -> str:
    """The point's id in a test's."""
    return test.partition("[")[2].removesuffix("]") or test


def _reason(report: Any) -> str:
    text = report.longrepr[2] if isinstance(report.longrepr, tuple) else str(report.longrepr)
    text = text.removeprefix("Skipped: ").removeprefix(f"{_bracketed(report.nodeid)}: ")
    return " ".join(text.split())[:300]
