"""Errors on the terminal: one that many points share, such as an outage, is told once."""

from collections.abc import Generator, Sequence
from copy import copy
from typing import Any

import pytest

from bench.plugin.failure_lines import reason, reasons_below
from bench.plugin.which_point import point_id
from bench.record.wording import counted


class Errors:
    """Shortens pytest's own list of errors. Their number stays as it is."""

    @pytest.hookimpl(wrapper=True, tryfirst=True)
    def pytest_terminal_summary(self, terminalreporter: pytest.TerminalReporter) -> Generator[None]:
        """Show pytest each reason only once while it lists the errors."""
        stats = terminalreporter.stats
        all_errors = stats.get("error", [])
        if all_errors:
            stats["error"] = one_of_each_reason(all_errors)
        try:
            with reasons_below(terminalreporter):
                return (yield)
        finally:
            if all_errors:
                stats["error"] = all_errors


def one_of_each_reason(reports: Sequence[Any]) -> list[Any]:
    """The first report of each reason; its text says how many more points share the reason."""
    by_reason: dict[tuple[str, str], list[Any]] = {}
    for report in reports:
        when = getattr(report, "when", "")
        by_reason.setdefault((when, reason(report)), []).append(report)
    return [_first_of(why, some) for (_, why), some in by_reason.items()]


def _first_of(why: str, some: Sequence[Any]) -> Any:
    if len(some) == 1:
        return some[0]
    first = copy(some[0])
    others = counted(len(some) - 1, "more point")
    first.longrepr = f"{point_id(first.nodeid)} and {others}: {why}"
    return first
