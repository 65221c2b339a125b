"""What rides on a test's report from a worker to the controller: text that any transport carries."""

import json
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from bench.record.attempt import Attempt
from bench.record.codec import to_json
from bench.record.wording import printable


def load_up(report: Any, attempts: Sequence[Attempt], events: Sequence[Mapping[str, Any]]) -> None:
    """Let attempts and events ride on a report, as ASCII: a model's text may hold half a surrogate pair."""
    report.llmpv = json.dumps(
        {"attempts": [to_json(a) for a in attempts], "events": events}, default=str
    )


def unload(report: Any) -> dict[str, Any]:
    """What rides on a report; nothing does on that of a test whose worker died."""
    brought: dict[str, Any] = json.loads(getattr(report, "llmpv", '{"attempts": [], "events": []}'))
    return brought


def bracketed(test: str) -> str:
    """The point's id in a test's."""
    return test.partition("[")[2].removesuffix("]") or test


def reason(report: Any) -> str:
    """Why a test was no pass, in one line, without the name of its point."""
    text = report.longrepr[2] if isinstance(report.longrepr, tuple) else str(report.longrepr)
    text = text.removeprefix("Skipped: ").removeprefix(f"{bracketed(report.nodeid)}: ")
    return " ".join(text.split())[:300]


def with_outcome(
    properties: Iterable[tuple[str, Any]], outcome: Mapping[str, Any]
) -> list[tuple[str, Any]]:
    """A test's properties with its outcome's fields, in the place of those of an earlier time that it ran."""
    others = [(name, value) for name, value in properties if name not in outcome]
    return others + [
        (name, _property(value)) for name, value in outcome.items() if value is not None
    ]


def _property(value: Any) -> str | int | float:
    """A field of an outcome as JUnit's properties hold it: JSON for what is no single value."""
    if isinstance(value, str):
        return printable(value)
    return value if isinstance(value, int | float) else json.dumps(value)
