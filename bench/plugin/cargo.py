"""What rides on a test's report; between processes, from a worker to the controller, as text."""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from bench.record.attempt import Attempt
from bench.record.codec import from_json, to_json
from bench.record.fields import shared
from bench.record.transcript import to_text, transcript_of
from bench.record.wording import printable


@dataclass(frozen=True, slots=True)
class Cargo:
    """What a test leaves: the attempts of its search, their transcripts, its events."""

    attempts: tuple[Attempt, ...] = ()
    transcripts: Mapping[str, str] = field(default_factory=dict)
    """See `transcripts`. Attempts that come from another process have no conversation."""
    events: Sequence[Mapping[str, Any]] = ()


def load_up(report: Any, attempts: Sequence[Attempt], events: Sequence[Mapping[str, Any]]) -> None:
    """Put attempts, with their transcripts, and events on a report."""
    report.llmpv = Cargo(tuple(attempts), transcripts(attempts), events)


def lighten(report: Any) -> None:
    """Let go of what no plugin asks for at the end: pytest keeps three reports for each test."""
    kept = vars(report)
    kept.pop("_json_report_extra", None)
    report.user_properties = []
    if report.passed:
        report.keywords = {}
    report.location = tuple(map(shared, report.location))
    kept.update({name: shared(value) for name, value in kept.items()})


def unload(report: Any) -> Cargo:
    """What `load_up` put on a report. That of a test whose worker died has nothing on it."""
    found = getattr(report, "llmpv", None)
    return found if isinstance(found, Cargo) else Cargo()


def pack(cargo: Cargo) -> str:
    """The cargo as text, for another process.

    As ASCII: a model's text may hold half a surrogate pair, which UTF-8 cannot carry.
    """
    plain = {
        "attempts": [to_json(attempt) for attempt in cargo.attempts],
        "transcripts": cargo.transcripts,
        "events": cargo.events,
    }
    return json.dumps(plain, default=str)


def unpack(text: str) -> Cargo:
    """The cargo that `pack` made a text."""
    plain = json.loads(text)
    return Cargo(tuple(map(from_json, plain["attempts"])), plain["transcripts"], plain["events"])


def transcripts(attempts: Sequence[Attempt]) -> dict[str, str]:
    """The content of each transcript's file, by the attempt's number."""
    found = {}
    for attempt in attempts:
        if (transcript := transcript_of(attempt)) is not None:
            found[str(attempt.attempt)] = to_text(transcript)
    return found


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
