"""The controller's side of workers on other machines: they are set up, served and checked."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, nullcontext
from typing import Any

import pytest
import structlog
from xdist import workermanage

from bench.ledger.books import own_books
from bench.ledger.served import Desk, Served, costs
from bench.ledger.store import LedgerError
from bench.options.model_names import asked_name
from bench.options.pairs import ENV
from bench.options.resolve import by_name
from bench.options.secret import SECRET_VARIABLES
from bench.options.settings import Settings
from bench.plugin.hosts import travel
from bench.plugin.hosts.agreement import SameDatasets
from bench.plugin.hosts.arrival import CHANNEL, TOLD
from bench.plugin.hosts.border import Border, Unsound
from bench.plugin.hosts.link import answer, guard_writes
from bench.plugin.hosts.place import host_of_spec, is_far, is_open
from bench.plugin.hosts.remarks import heard
from bench.plugin.hosts.replacement import Replacement
from bench.plugin.hosts.visit import visit
from bench.plugin.notices import show_notice
from bench.plugin.stash import GRID, REGISTRY, RUN_ID, TALLY
from bench.plugin.which_point import point_id
from bench.record.attempt import Attempt
from bench.record.key import PointKey
from bench.record.wording import printable
from llm_pv_bench import BENCH

log = structlog.get_logger()


class Hosts:
    """The hooks of a run with workers on other machines."""

    def __init__(
        self, config: pytest.Config, settings: Settings, seconds: Mapping[PointKey, float] | None
    ) -> None:
        self._config = config
        self._settings = settings
        grid = config.stash[GRID]
        self._told = travel.packed(config, settings, grid, seconds)
        self._agreement = SameDatasets({point.id: point for point in grid}, settings)
        self._desk: Desk | None = None
        self._replacement: Replacement | None = None
        self._served: dict[str, Served] = {}
        self._unsound: dict[str, str] = {}
        """By worker: what it sent that no worker sends."""
        self._errors: dict[str, str] = {}
        """By worker: why it was lost."""
        self.isolation: dict[str, str] = {}
        """By host: what it gives candidates."""

    @pytest.hookimpl(optionalhook=True)
    def pytest_xdist_setupnodes(self, specs: Any) -> None:
        """Take the place of what xdist does for workers with rsynced folders, and lost ones."""
        for spec in specs:
            refuse_key(spec)
        if any(map(is_open, specs)):
            refuse_open(self._settings)
        session = self._config.pluginmanager.getplugin("dsession")
        manager = session.nodemanager
        manager.roots = []  # nothing is rsynced: hosts are prepared
        connect, start = manager.setup_node, manager.group.makegateway
        manager.group.makegateway = lambda spec: _started(start, spec)
        manager.setup_node = lambda spec, putevent: self._set_up(connect, spec, putevent)
        self._replacement = Replacement(self._config, session, self._unsound, self._errors)
        self._replacement.take_place()

    def _set_up(self, connect: Callable[..., Any], spec: Any, putevent: Any) -> Any:
        if not is_far(spec):
            return connect(spec, putevent)
        with _as_they_are(self._config, travel.arguments(self._config)):
            try:
                return connect(spec, putevent)
            except pytest.UsageError:
                raise
            except Exception as error:  # noqa: BLE001 - execnet has no type for what can fail
                raise pytest.UsageError(_unreached(spec, error)) from None

    @pytest.hookimpl(optionalhook=True)
    def pytest_configure_node(self, node: Any) -> None:
        """Look at a host; tell its worker what the run is; check all that comes from it."""
        if not is_far(node.gateway.spec):
            return
        guard_writes(node.gateway)
        host, worker = host_of_spec(node.gateway.spec), node.gateway.id
        is_paid, is_recorded = self._is_paid()
        if is_recorded and self._desk is None:
            self._desk = self._opened()
        told = {**self._told, "asks": is_paid, "pays": is_recorded}
        self.isolation[host] = visit(self._config, node.gateway, told, self._desk, host)
        node.workerinput["mainargv"] = node.workerinput["mainargv"][:1]
        node.workerinput[TOLD] = self._told
        channel = node.workerinput[CHANNEL] = node.gateway.newchannel()
        if self._desk is not None:
            self._served[worker] = Served(self._desk, f"host {host}")
        answer(
            channel,
            lambda about, text: self._reply(worker, host, about, text),
            lambda why: self._refuse(node, why),
        )
        self._check_events(node, host)

    @pytest.hookimpl(optionalhook=True)
    def pytest_testnodedown(self, node: Any, error: object) -> None:
        """Release what a worker had reserved; close the line to one that was lost."""
        if not is_far(node.gateway.spec):
            return
        self._release(node.gateway.id)
        if error is not None:
            *_, self._errors[node.gateway.id] = str(error).strip().splitlines() or [""]
            node.ensure_teardown()

    @pytest.hookimpl(optionalhook=True)
    def pytest_handlecrashitem(self, crashitem: str, report: Any, sched: Any) -> None:
        """Have the point that a lost host had in hand run once more, or say what became of it."""
        if not is_far(report.node.gateway.spec):
            return
        point, host = point_id(crashitem), host_of_spec(report.node.gateway.spec)
        lost = f"{point}: host {host}: the worker was lost while it had this point in hand"
        if self._replacement is not None and self._replacement.runs_again(crashitem, sched):
            report.outcome = "rerun"
            show_notice(self._config, f"{lost}: it is run again")
        else:
            report.longrepr = f"{lost}: run again to go on from what was answered"

    def pytest_report_teststatus(self, report: Any) -> tuple[str, str, str] | None:
        """Tell a point that is run again as pytest-rerunfailures does."""
        return ("rerun", "R", "RERUN") if report.outcome == "rerun" else None

    def pytest_unconfigure(self) -> None:
        """Release what workers had reserved whose end nobody told, as after Ctrl-C."""
        for worker in list(self._served):
            self._release(worker)
        if self._desk is not None:
            self._desk.books.close()

    def _release(self, worker: str) -> None:
        """What a worker that is gone had reserved counts as spent: it may be billed."""
        if (served := self._served.pop(worker, None)) is None:
            return
        try:
            served.gone()
        except LedgerError as failed:
            log.warning("not_released", worker=worker, detail=str(failed))

    def _is_paid(self) -> tuple[bool, bool]:
        """Whether hosts ask for money, and whether answers are recorded."""
        registry, money = self._config.stash[REGISTRY], self._settings.money
        return bool(registry.paid) and money.lets_ask, bool(registry.recorded) and not money.dry_run

    def _opened(self) -> Desk:
        try:
            books = own_books(self._settings, self._config.stash[RUN_ID])
        except LedgerError as error:
            raise pytest.UsageError(printable(str(error))) from None
        asked = map(asked_name, self._config.stash[REGISTRY].paid)
        return Desk(books, costs(self._settings, set(asked)))

    def _reply(self, worker: str, host: str, about: str, text: str) -> str:
        """The reply to what a worker asks. Raises ValueError for what none asks."""
        served = self._served.get(worker)
        if about == "ledger" and served is not None:
            return served.reply(text)
        if about != "dataset":
            raise ValueError("a question about something else")
        return self._agreement.reply(text, f"host {host}")

    def _check_events(self, node: Any, host: str) -> None:
        config = self._config
        file, tally = _file_here(config), config.stash[TALLY]

        def compare(point: str, attempt: Attempt) -> str | None:
            return self._agreement.difference(point, attempt.dataset_sha256, f"host {host}")

        border = Border(node.gateway.id, file, tally, config.stash[RUN_ID], compare)
        process = node.process_from_remote

        def checked(event: Any) -> None:
            if isinstance(event, workermanage.Marker):
                process(event)
                return
            if node.gateway.id in self._unsound:
                return
            try:
                sound = border.let_in(event)
            except Unsound as error:
                self._refuse(node, str(error))
                return
            if sound is not None:
                process(sound)

        node.process_from_remote = checked

    def _refuse(self, node: Any, why: str) -> None:
        """Have done with a worker that sends what none sends. In the thread that receives."""
        worker = node.gateway.id
        if worker not in self._unsound:
            self._unsound[worker] = why
            node._down = True  # noqa: SLF001 - or its end would be told twice
            node.notify_inproc("errordown", node=node, error=why)


def _started(start: Callable[..., Any], spec: Any) -> Any:
    """The process for a worker. What its host says on standard error is told line by line."""
    with heard(host_of_spec(spec)) if is_far(spec) else nullcontext():
        return start(spec)


def refuse_key(spec: Any) -> None:
    """Raise UsageError where `--tx` holds a key: process lists and run.json would show it."""
    for name in SECRET_VARIABLES:
        if name in spec.env:
            raise pytest.UsageError(
                f"--tx: env:{name} would show the key in process lists: set it on the host"
            )


def refuse_open(settings: Settings) -> None:
    """Raise UsageError where a secret of the command line would cross unencrypted."""
    for name in ("header", "query"):
        for pair in by_name(settings)[name]:
            if not pair.partition("=")[2].startswith(ENV):
                raise pytest.UsageError(
                    f"--{name}: its value would cross the network unencrypted (--tx socket=...); "
                    f"give NAME={ENV}VARIABLE, and set the variable on the host"
                )


def _file_here(config: pytest.Config) -> str:
    """How the ids of this machine's tests begin."""
    file = BENCH / "test_synthesis.py"
    root = config.rootpath
    return file.relative_to(root).as_posix() if file.is_relative_to(root) else file.name


def _unreached(spec: Any, error: Exception) -> str:
    kind = type(error).__name__
    if kind == "HostNotFound":
        return f"host {host_of_spec(spec)}: ssh does not reach it (its own words are above)"
    why = printable(" ".join(f"{kind}: {error}".split()))[:300]
    return (
        f"host {host_of_spec(spec)}: no Python starts there ({why}): check python= and chdir= "
        "of --tx; llm-pv remote prints the right ones"
    )


@contextmanager
def _as_they_are(config: pytest.Config, arguments: list[str]) -> Iterator[None]:
    """Let xdist hand these arguments to a worker, and take none of them for an rsynced folder."""
    given, translate = config.invocation_params, workermanage.make_reltoroot
    config.invocation_params = pytest.Config.InvocationParams(
        args=arguments, plugins=given.plugins, dir=given.dir
    )
    workermanage.make_reltoroot = lambda _roots, args: args
    try:
        yield
    finally:
        config.invocation_params, workermanage.make_reltoroot = given, translate
