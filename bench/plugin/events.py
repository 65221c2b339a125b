"""The events of this process, in the order in which they came, until a report carries them away."""

from functools import partial
from typing import Any

import pytest
import structlog

from bench.plugin.notices import give

_waiting: list[dict[str, Any]] = []


def collect(config: pytest.Config) -> None:
    """Let whatever is logged from now on be an event."""
    structlog.configure(
        processors=[
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(key="ts", fmt="iso", utc=True),
            partial(_keep, config),
        ]
    )


def taken() -> list[dict[str, Any]]:
    """The events since they were last taken."""
    events = list(_waiting)
    _waiting.clear()
    return events


def _keep(config: pytest.Config, _logger: object, _method: str, event: Any) -> Any:
    _waiting.append(dict(event))
    if event["event"] == "waiting":  # its report comes when the wait is over
        give(config, event["detail"])
    raise structlog.DropEvent
