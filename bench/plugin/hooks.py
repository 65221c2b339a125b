"""The hooks of a run: its start, the selection, what each test's report carries.

What is written down is in recorder.py, the end of a run in ending.py.
"""

import gc
import sys
from collections.abc import Generator, Iterator, Sequence
from contextlib import contextmanager
from functools import partial
from typing import TYPE_CHECKING, Any

import pytest

from bench.options.secret import Secrets, secrets_of
from bench.plugin import events
from bench.plugin.begin import begin, check_machine, refuse_without_privacy
from bench.plugin.cargo import (
    load_up,
    pack,
    unpack,
    with_outcome,
)
from bench.plugin.command import (
    only_lists,
    refuse_missing_files,
    refuse_unknown_markers,
    refuse_unknown_points,
    refuse_unreadable,
)
from bench.plugin.hosts import arrival
from bench.plugin.stash import (
    ATTEMPTS,
    BASELINE,
    GRID,
    LINK,
    RUN,
    RUN_ID,
    SETTINGS,
    TALLY,
    WARNINGS,
)
from bench.plugin.tally import Tally
from bench.plugin.unforeseen import logged_line, shorten, unforeseen
from bench.plugin.which_point import is_own, point_id, point_of
from bench.proposers import controller
from bench.record.codec import outcome_to_json
from bench.record.key import PointKey
from bench.record.wording import printable
from llm_pv_bench import BENCH

if TYPE_CHECKING:  # imported by runs that have one
    from bench.run.gate import Baseline

RARELY = (50_000, 20, 50)
"""How many objects are made between two collections, and so on: a run makes few cycles, and many
objects that live as long as a search."""


class Benchmark:
    """The hooks of a run of the benchmark."""

    def __init__(self, config: pytest.Config) -> None:
        self._config = config
        self._tally = config.stash[TALLY] = Tally({p.id: p.key for p in config.stash[GRID]})
        settings = config.stash[SETTINGS]
        self._secrets = secrets_of(settings.asking, settings.question.model)
        self._isolation = "unknown"
        self._unpriced: list[str] = []
        events.collect()
        config.add_cleanup(partial(gc.set_threshold, *gc.get_threshold()))
        gc.set_threshold(*RARELY)

    def pytest_sessionstart(self) -> None:
        """Give the run an id and check that it can run; a worker gets the controller's id."""
        config = self._config
        refuse_without_privacy()  # in workers too: they hold the API key and the labels
        if hasattr(config, "workerinput"):
            config.stash[RUN_ID] = config.workerinput["llmpv_run_id"]
            if not arrival.is_linked(config):
                controller.watch()
            return
        from bench.run.files import new_id

        config.stash[RUN_ID] = new_id()
        refuse_missing_files(config)
        refuse_unknown_markers(config)
        refuse_unreadable(config)
        refuse_unknown_points(config, self._tally.keys)
        if not only_lists(config):
            self._isolation, self._unpriced = check_machine(config)

    @pytest.hookimpl(optionalhook=True)
    def pytest_configure_node(self, node: Any) -> None:
        """Hand the run's id to a worker."""
        node.workerinput["llmpv_run_id"] = node.config.stash[RUN_ID]

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_makereport(self, item: pytest.Item, call: pytest.CallInfo[None]) -> Any:
        """Put what the test left on its report; of a failed search show its paragraph alone.

        Tests of others are shown as pytest shows them.
        """
        if not is_own(item.nodeid):
            report: Any = yield
            _blot(report, self._secrets)
        else:
            with _shown_by_its_paragraph(item, call):
                report = yield
            if (error := unforeseen(call)) is not None:
                point = point_id(item.name)
                report.longrepr = f"{point}: {logged_line(error, self._secrets, point)}"
        report.sections = [(name, self._secrets.blotted(text)) for name, text in report.sections]
        attempts = item.stash.get(ATTEMPTS, []) if call.when == "setup" else []
        load_up(report, attempts, events.take(item.nodeid))
        events.show_notices(self._config)
        is_told = attempts and self._config.getoption("xmlpath", None)
        if is_told and attempts[-1].outcome is not None:
            outcome = outcome_to_json(attempts[-1].outcome)
            item.user_properties[:] = with_outcome(item.user_properties, outcome)
        if call.when == "teardown":
            item.stash[ATTEMPTS] = []  # the items stay until the end of the run
        return report

    @pytest.hookimpl(wrapper=True)
    def pytest_report_to_serializable(self, report: Any) -> Generator[None, Any, Any]:
        """Make text of what a report carries, as another process is going to get it."""
        plain = yield
        if plain and "llmpv" in plain:
            plain["llmpv"] = pack(plain["llmpv"])
        if plain and LINK in self._config.stash:
            arrival.make_plain(plain, report, self._secrets)
        return plain

    @pytest.hookimpl(wrapper=True)
    def pytest_report_from_serializable(self) -> Generator[None, Any, Any]:
        """The reverse."""
        report = yield
        if hasattr(report, "llmpv"):
            report.llmpv = unpack(report.llmpv)
        return report

    @pytest.hookimpl(tryfirst=True)
    def pytest_internalerror(
        self, excrepr: Any, excinfo: pytest.ExceptionInfo[BaseException]
    ) -> None:
        """Tell an error outside of the tests in one line as well, unless --full-trace is given."""
        if not self._config.getoption("fulltrace", False):
            more = "see runner.log" if RUN in self._config.stash else "--full-trace tells more"
            line = logged_line(excinfo.value, self._secrets, "outside of the points", more)
            shorten(excrepr, line)

    def pytest_collection_modifyitems(
        self, config: pytest.Config, items: list[pytest.Item]
    ) -> None:
        """Mark the points that the baseline did not solve as expected failures."""
        if (known := config.stash.get(BASELINE, None)) is None:
            return
        from bench.run.gate import expected_failure

        for item in items:
            point = point_of(item)
            if point is not None and (why := expected_failure(known, point.key)):
                # Only a failed assertion counts: an outage is still an error.
                item.add_marker(pytest.mark.xfail(reason=why, raises=AssertionError, strict=False))

    def pytest_collection_finish(self, session: pytest.Session) -> None:
        """Begin the run with the selected tests."""
        gc.freeze()  # what is there by now stays: no collection needs to look through it again
        if {item.path for item in session.items} == {BENCH / "test_synthesis.py"}:
            _rewrite_no_more(self._config)  # tests of others may import helpers as they run
        option = self._config.option
        is_broken = session.testsfailed and not option.continue_on_collection_errors
        if not hasattr(self._config, "workerinput") and not is_broken:
            self._select([item.nodeid for item in session.items if point_of(item) is not None])

    @pytest.hookimpl(optionalhook=True)
    def pytest_xdist_node_collection_finished(self, ids: Sequence[str]) -> None:
        """Begin it in the controller of workers, which itself collects nothing."""
        self._select(list(filter(is_own, ids)) or ids)  # tests of others may ask for points too

    def _select(self, nodeids: Sequence[str]) -> None:
        """Begin the run, once. Where nothing is selected it leaves no trace."""
        config, tally = self._config, self._tally
        is_first = not tally.selected
        tally.select(nodeids)
        keys = [key for point, key in tally.keys.items() if point in tally.selected]
        if not keys or not is_first:
            return
        if (known := config.stash.get(BASELINE, None)) is not None:
            config.stash[WARNINGS] += _shared(known, keys)
        if not only_lists(config):
            selected = [point for point in config.stash[GRID] if point.id in tally.selected]
            begin(config, self._isolation, self._unpriced, selected)


def _shared(known: "Baseline", keys: Sequence[PointKey]) -> list[str]:
    """A line about points that the baseline does not have. Raises UsageError where it has none."""
    from bench.run.gate import BaselineError, need_shared

    try:
        line = need_shared(known, keys)
    except BaselineError as error:
        raise pytest.UsageError(printable(f"--baseline: {error}")) from None
    return [line] if line else []


def _blot(report: Any, secrets: Secrets) -> None:
    """Keep secrets of the run out of what a failed test shows."""
    shown = str(report.longrepr) if report.failed else ""
    if (blotted := secrets.blotted(shown)) != shown:
        report.longrepr = blotted


@contextmanager
def _shown_by_its_paragraph(item: pytest.Item, call: pytest.CallInfo[None]) -> Iterator[None]:
    """Have pytest show a failed search by its paragraph: to show its code takes 5 ms a point."""
    failure = call.excinfo if call.when == "call" else None
    if failure is None or not failure.errisinstance(AssertionError) or not str(failure.value):
        yield
        return
    paragraph = str(failure.value).splitlines()[0]
    line = printable(f"{point_id(item.name)}: {paragraph}")
    item.repr_failure = lambda *_: line  # type: ignore[method-assign]
    try:
        yield
    finally:
        del item.repr_failure


def _rewrite_no_more(config: pytest.Config) -> None:
    """Take pytest's finder, which rewrites the assertions of tests, out of what imports go through.

    It compares each further module's name with patterns, and a run imports some 800: the openai
    client alone has 560.
    """
    hook: object = config.pluginmanager.rewrite_hook
    sys.meta_path[:] = [finder for finder in sys.meta_path if finder is not hook]
