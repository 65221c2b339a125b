"""What rides on a test's report, from a worker to the controller, as plain text."""

import json
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from bench.record.attempt import Attempt
from bench.record.codec import to_json
from bench.record.transcript import to_text, transcript_of
from bench.record.wording import printable


def load_up(report: Any, attempts: Sequence[Attempt], events: Sequence[Mapping[str, Any]]) -> None:
    """Put attempts, with their transcripts, and events on a report.

    As ASCII: a model's text may hold half a surrogate pair, which UTF-8 cannot carry.
    """
    cargo = {
        "attempts": [to_json(attempt) for attempt in attempts],
        "transcripts": transcripts(attempts),
        "events": events,
    }
    report.llmpv = json.dumps(cargo, default=str)


def unload(report: Any) -> dict[str, Any]:
    """What `load_up` put on a report. That of a test whose worker died has nothing on it."""
    brought: dict[str, Any] = json.loads(getattr(report, "llmpv", "{}"))
    return {"attempts": [], "transcripts": {}, "events": []} | brought


def transcripts(attempts: Sequence[Attempt]) -> dict[str, str]:
    """The content of each transcript's file, by the attempt's number."""
    told = ((attempt.attempt, transcript_of(attempt)) for attempt in attempts)
    return {str(number): to_text(one) for number, one in told if one is not None}


def bracketed(test: str) -> str:
    """The point's id, which stands in brackets in the test's."""
    return test.partition("[")[2].removesuffix("]") or test


def reason(report: Any) -> str:
    """Why a test did not pass, in one line, without the name of its point."""
    text = report.longrepr[2] if isinstance(report.longrepr, tuple) else str(report.longrepr)
    text = text.removeprefix("Skipped: ").removeprefix(f"{bracketed(report.nodeid)}: ")
    return " ".join(text.split())[:300]


def with_outcome(
    properties: Iterable[tuple[str, Any]], outcome: Mapping[str, Any]
) -> list[tuple[str, Any]]:
    """A test's properties with the fields of its outcome.

    They replace those of an earlier time that the test ran.
    """
    others = [(name, value) for name, value in properties if name not in outcome]
    return others + [
        (name, _property(value)) for name, value in outcome.items() if value is not None
    ]


def _property(value: Any) -> str | int | float:
    """A field of an outcome as JUnit's properties hold it: JSON for what is no single value."""
    if isinstance(value, str):
        return printable(value)
    return value if isinstance(value, int | float) else json.dumps(value)
