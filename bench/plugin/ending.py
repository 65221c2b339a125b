"""The end of a run: what makes it red, the files about the whole of it, the summary."""

import gc
from collections.abc import Generator
from dataclasses import asdict, replace
from typing import Any

import pytest
import structlog

from bench.plugin import events
from bench.plugin.jsonreport import keep_last_tries, report_parts
from bench.plugin.stash import (
    IN_ALL_SHARDS,
    PROBLEMS,
    REGISTRY,
    REPORT_FILE,
    RESULTS,
    RUN,
    RUN_ID,
    SETTINGS,
    TALLY,
    WARNINGS,
)
from bench.record.undecided import Cause, Undecided
from bench.record.wording import counted, in_one_line, printable
from bench.run import gate
from bench.run.files import RunFiles
from bench.run.readback import Results
from bench.show.terminal.summary import summarise
from bench.show.text_tables import terminal_width

log = structlog.get_logger()


class Ending:
    """The hooks of the end. The others are in hooks.py."""

    def __init__(self, config: pytest.Config) -> None:
        self._config = config
        self._tally = config.stash[TALLY]
        config.stash[PROBLEMS] = []

    @pytest.hookimpl(optionalhook=True)
    def pytest_json_modifyreport(self, json_report: dict[str, Any]) -> None:
        """Put the attempts into report.json, and write it whole."""
        if (run := self._config.stash.get(RUN, None)) is not None:
            keep_last_tries(json_report, self._tally)
            run.write_report(report_parts(json_report, self._tally, run.held))
            if (place := self._config.stash[REPORT_FILE]) is not None:
                indent = self._config.option.json_report_indent
                parts = report_parts(json_report, self._tally, run.held, indent)
                run.write_report(parts, place)

    @pytest.hookimpl(wrapper=True, trylast=True)
    def pytest_sessionfinish(self, session: pytest.Session, exitstatus: int) -> Generator[None]:
        """Decide whether the run is red; let report.json be written; finish the other files."""
        config = session.config
        if (run := config.stash.get(RUN, None)) is None:
            return (yield)
        gc.freeze()  # all results are there: to look for garbage among them takes long
        red, unreported = run.problems(), self._tally.unreported
        if exitstatus == pytest.ExitCode.OK and unreported:
            lost = counted(len(unreported), "point")
            red.append(f"{lost} came to no result, {min(unreported)} among them: run again")
        self._tally.cut_off = {point: self._cut_off(point) for point in unreported}
        results = config.stash[RESULTS] = run.results()
        is_asked = not config.stash[SETTINGS].money.dry_run
        is_decided = any(point.decided for point in results.points)
        if exitstatus == pytest.ExitCode.OK and is_asked and not is_decided:
            red.append("no point was decided: a run that tells nothing is no success")
        red += gate.gate(results.points, config.stash[SETTINGS], self._cut_short())
        if red:
            session.exitstatus = exitstatus or pytest.ExitCode.TESTS_FAILED
        yield
        run.finish(
            int(session.exitstatus),
            results.points,
            self._tally.counts,
            self._tally.undecided.values(),
            config.stash.get(IN_ALL_SHARDS, 0),
        )
        if late := [line for line in run.problems() if line not in red]:
            session.exitstatus = exitstatus or pytest.ExitCode.TESTS_FAILED
        problems = config.stash[PROBLEMS] = [*red, *late, *_build_page(run, results)]
        for line in problems:
            log.error("problem", detail=line)
        log.info("artifacts_written", folder=str(run.folder))
        run.log(events.take_rest(), "master")
        run.close()

    def _cut_off(self, point: str) -> Undecided:
        """What to say of a point that the end of the run left without a result."""
        if point not in self._tally.started:
            return Undecided("unasked", "the run ended before")
        why = "under way when the run ended: run again to go on from what was answered"
        return Undecided("cut off", why)

    def _cut_short(self) -> int:
        """How many selected points were not decided, other than for the want of a raw table."""
        undecided = self._tally.undecided.values()
        return sum(one.cause is not Cause.LEFT_OUT for one in undecided)

    def _spent(self) -> float | None:
        """US dollars that the run paid by the ledger, also where no answer came; or None."""
        stash = self._config.stash
        if not stash[REGISTRY].recorded:
            return None
        from bench.ledger.listing import spent

        return spent(stash[SETTINGS].ledger_path, stash[RUN_ID])

    def pytest_terminal_summary(self, terminalreporter: pytest.TerminalReporter) -> None:
        """What was left out, the table, the totals, the places."""
        config = self._config
        for line in config.stash[WARNINGS]:
            terminalreporter.write_line(printable(line), yellow=True)
        if (run := config.stash.get(RUN, None)) is None:
            return
        terminalreporter.write_sep("=", "LLM-PV bench")
        if results := config.stash.get(RESULTS, None):
            if config.stash[SETTINGS].money.dry_run:
                from bench.ledger.estimate import dry_run_total

                settings, registry = config.stash[SETTINGS], config.stash[REGISTRY]
                for line in dry_run_total(run.held.attempts, settings, registry):
                    terminalreporter.write_line(printable(line))
            summary = summarise(
                results.attempts,
                run.manifest,
                self._tally.undecided,
                artifacts=run.places(),
                retries=run.retries,
                width=terminal_width(),
                spent_usd=self._spent(),
                each_point=terminalreporter.verbosity > 0,
            )
            for line in summary:
                terminalreporter.write_line(printable(line))
        for line in config.stash[PROBLEMS]:
            terminalreporter.write_line(printable(line), red=True)


def _build_page(run: RunFiles, results: Results) -> list[str]:
    """Build the page; a line that says why where that fails. A run is complete without a page."""
    if not results.attempts:
        return []
    try:
        from bench.show import page

        ended = asdict(run.manifest)  # it has the run's end by now
        page.write(replace(results, run=ended))
    except Exception as error:  # noqa: BLE001 - the line says which one it was
        again = f"python -m bench.report {run.folder}"
        return [f"The page could not be built ({in_one_line(error)}); try again: {again}"]
    return []
