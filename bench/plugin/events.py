"""The events of this process, each until the report of its test carries it away."""

from collections import deque
from threading import Lock
from typing import Any

import pytest
import structlog

from bench.plugin.notices import show_notice
from bench.record.wording import counted

MOST_SHOWN = 3
"""Notices that are shown one by one where many come together: hundreds may wait for one thing."""

_SHOWN_AT_ONCE = ("waiting", "batches_left")
"""The events that the user sees at once."""

_lock = Lock()
_waiting: dict[str, list[dict[str, Any]]] = {}
"""By the test whose search they are of, and under "" those of no search."""
_unshown: deque[str] = deque()
"""Notices from the event loop's thread, for the one that writes."""


def collect() -> None:
    """Let whatever is logged from now on be an event."""
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(key="ts", fmt="iso", utc=True),
            _keep,
        ]
    )


def take(test: str) -> list[dict[str, Any]]:
    """The events of a test's search, and those of no search, since they were last taken."""
    with _lock:
        return _waiting.pop(test, []) + _waiting.pop("", [])


def take_rest() -> list[dict[str, Any]]:
    """All events that no report took."""
    with _lock:
        events = [event for some in _waiting.values() for event in some]
        _waiting.clear()
    return events


def show_notices(config: pytest.Config) -> None:
    """Show the notices so far. In the main thread, which alone may write to the terminal."""
    lines = [_unshown.popleft() for _ in range(len(_unshown))]
    for line in lines[:MOST_SHOWN]:
        show_notice(config, line)
    if more := lines[MOST_SHOWN:]:
        show_notice(config, f"{counted(len(more), 'more notice')} of the same kind: see runner.log")


def _keep(_logger: object, _method: str, event: Any) -> Any:
    kept = dict(event)
    test = kept.pop("search", "")
    with _lock:
        _waiting.setdefault(test, []).append(kept)
    if kept["event"] in _SHOWN_AT_ONCE:  # its report may come much later
        _unshown.append(kept["detail"])
    raise structlog.DropEvent
