"""Unforeseen exceptions: one line tells type and place, and the log gets the traceback."""

import traceback
from pathlib import Path
from typing import Any

import pytest
import structlog

from bench.options.secret import Secrets
from bench.record.wording import printable

log = structlog.get_logger()

_OURS = Path(__file__).resolve().parents[2]
_LONGEST = 300
"""Characters of an exception's text that are shown."""


def unforeseen(call: pytest.CallInfo[None]) -> BaseException | None:
    """The exception that ended a phase of a test, where nobody foresaw it.

    Foreseen are pytest's own (fail, skip, exit), Ctrl-C, and an assertion of the test itself.
    """
    if call.excinfo is None:
        return None
    foreseen = (
        pytest.fail.Exception,
        pytest.skip.Exception,
        pytest.exit.Exception,
        KeyboardInterrupt,
    )
    is_verdict = call.when == "call" and call.excinfo.errisinstance(AssertionError)
    return None if is_verdict or call.excinfo.errisinstance(foreseen) else call.excinfo.value


def logged_line(
    error: BaseException, secrets: Secrets, where: str, more: str = "see runner.log"
) -> str:
    """Log the traceback, as the event `unforeseen`, and give the line for the user.

    `more` says in it where to find out more.
    """
    log.error("unforeseen", where=where, traceback="".join(traceback.format_exception(error)))
    text = " ".join(str(error).split())
    short = text[:_LONGEST] + ("..." if len(text) > _LONGEST else "")
    what = f"{type(error).__name__}: {short}" if short else type(error).__name__
    return secrets.blotted(printable(f"{what} ({_place(error)}; {more})"))


def _place(error: BaseException) -> str:
    """File and line of the innermost frame, of this project's own where there is one."""
    frames = traceback.extract_tb(error.__traceback__)
    ours = [frame for frame in frames if _is_ours(Path(frame.filename))]
    frame = (ours or frames)[-1] if frames else None
    if frame is None:
        return "at an unknown place"
    path = Path(frame.filename)
    name = path.relative_to(_OURS) if _is_ours(path) else path.name
    return f"{name}:{frame.lineno}"


def _is_ours(path: Path) -> bool:
    return path.is_relative_to(_OURS) and "site-packages" not in path.relative_to(_OURS).parts


def shorten(excrepr: Any, line: str) -> None:
    """Reduce pytest's text of an internal error to this line."""
    trace = excrepr.reprtraceback
    entry = trace.reprentries[-1]
    entry.lines, trace.reprentries = [line], [entry]
