"""The events of this process, in order, kept until a test's report takes them along."""

from functools import partial
from typing import Any

import pytest
import structlog

from bench.plugin.notices import give

_waiting: list[dict[str, Any]] = []


def collect(config: pytest.Config) -> None:
    """From now on keep everything that is logged as an event."""
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
    if event["event"] == "waiting":  # the report would come only after the wait
        give(config, event["detail"])
    raise structlog.DropEvent
