"""The lines on failures and errors in pytest's short summary, with a reason that can be read.

Pytest cuts a line at the edge of the terminal, where on 80 columns a test's id leaves no room for
the reason. Ids are for pasting, so they stay whole, and the reason has a line below.
"""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest

from bench.plugin.which_point import point_id
from bench.record.widths import beginning, width_of
from bench.record.wording import printable

_KINDS = {"f": ("FAILED", "failed"), "E": ("ERROR", "error")}
"""By pytest's letter for `-r`: the word of a line, and where the terminal keeps the reports."""
_OTHERS = {"p": "passed", "s": "skipped", "x": "xfailed", "X": "xpassed"}
"""Where the reports of pytest's own lines are kept, by the letter for `-r`."""
_LEAST = 48
"""Columns of a reason for which there has to be room beside an id."""
_INDENT = "    "
_LONGEST = 300
"""Characters of a reason that the results keep."""


@contextmanager
def reasons_below(terminal: pytest.TerminalReporter) -> Iterator[None]:
    """Have pytest leave out its lines on failures and errors, and write them afterwards.

    Where pytest tells reasons whole (-vv, or on CI) its lines are left as they are. Where it has
    lines on others (-rA) they stand first, below the one heading.
    """
    asked = terminal.reportchars
    if terminal.no_summary or _tells_all(terminal.config):
        yield
        return
    terminal.reportchars = "".join(c for c in asked if c not in _KINDS)
    try:
        yield
    finally:
        terminal.reportchars = asked
    lines = [line for c in asked if c in _KINDS for line in _lines(terminal, *_KINDS[c])]
    if lines and not any(terminal.stats.get(_OTHERS[c]) for c in asked if c in _OTHERS):
        terminal.write_sep("=", "short test summary info", cyan=True, bold=True)
    for line in lines:
        terminal.write_line(line)


def _tells_all(config: pytest.Config) -> bool:
    """Whether pytest does not cut its lines."""
    on_ci = any(os.environ.get(name) for name in ("CI", "BUILD_NUMBER"))
    is_cut = getattr(config.option, "force_short_summary", False)
    return (on_ci or config.option.verbose >= 2) and not is_cut


def _lines(terminal: pytest.TerminalReporter, word: str, kind: str) -> Iterator[str]:
    """The lines of all reports of a kind."""
    writer = terminal.config.get_terminal_writer()
    for report in terminal.stats.get(kind, []):
        path, *rest = _seen_from_here(terminal.config, report.nodeid).split("::", 1)
        name = "::".join([path, *(writer.markup(one, bold=True) for one in rest)])
        line = f"{writer.markup(word, red=True)} {name}"
        why = _message(report)
        room = writer.fullwidth - width_of(f"{word} {report.nodeid} - ")
        if not why:
            yield line
        elif room >= min(_LEAST, width_of(why)):
            yield f"{line} - {_cut(why, room)}"
        else:
            yield line
            yield _INDENT + _cut(why, writer.fullwidth - len(_INDENT))


def _seen_from_here(config: pytest.Config, nodeid: str) -> str:
    """The id as it can be pasted where pytest was called."""
    path, colons, rest = nodeid.partition("::")
    here = os.path.relpath(config.rootpath / path, config.invocation_params.dir)
    return f"{here}{colons}{rest}"


def reason(report: Any) -> str:
    """Why a test did not pass, in one line, without the id of its point."""
    shown = report.longrepr
    if isinstance(shown, tuple):
        text = shown[2].removeprefix("Skipped: ")
    else:  # of a traceback, which a plugin's time limit leaves, what it ended with
        text = getattr(getattr(shown, "reprcrash", None), "message", None) or str(shown)
    text = text.removeprefix("Failed: ").removeprefix(f"{point_id(report.nodeid)}: ")
    return " ".join(text.split())[:_LONGEST]


def _message(report: Any) -> str:
    """What pytest's own line says of a failure or an error, without the id, which it has too."""
    shown = report.longrepr
    crash = getattr(shown, "reprcrash", None)
    text = shown if isinstance(shown, str) else getattr(crash, "message", "")
    text = text.removeprefix("Failed: ")
    rest = text.removeprefix(point_id(report.nodeid))
    return " ".join(printable(rest if rest == text else rest.removeprefix(":")).split())


def _cut(text: str, room: int) -> str:
    return text if width_of(text) <= room else f"{beginning(text, room - 3)}..."
