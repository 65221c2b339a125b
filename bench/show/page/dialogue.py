"""The conversations of a run as the page shows them: each turn with its calls and their results."""

from collections.abc import Container, Iterator, Mapping
from dataclasses import dataclass

from markupsafe import Markup

from bench.record.key import PointKey
from bench.record.transcript import Call, Said, Transcript
from bench.record.wording import duration
from bench.run.readback import Results
from bench.show.page.highlight import highlight
from bench.show.page.text import clip, fair_limit, inside, page_size, visible

_ROOM = 4_000_000
"""Bytes for all conversations, before they are packed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CallView:
    """A call and its result."""

    name: str
    code: Markup | None
    result: Markup
    took: str


@dataclass(frozen=True, slots=True, kw_only=True)
class TurnView:
    """One turn."""

    number: int
    facts: str
    text: Markup
    calls: tuple[CallView, ...]


Dialogue = tuple[TurnView, ...]


def dialogues(results: Results, listed: Container[PointKey]) -> Mapping[tuple[str, int], Dialogue]:
    """Every conversation of the listed points, by the point's id and the attempt's number.

    The last turn's text is left out: the page shows it as the answer.
    """
    ids = {results.ids[key] for key in results.ids if key in listed}
    transcripts = {which: told for which, told in results.transcripts.items() if which[0] in ids}
    texts = (visible(text) for told in transcripts.values() for text in _texts(told))
    limit = fair_limit(map(page_size, texts), _ROOM)
    return {which: _dialogue(told, limit) for which, told in transcripts.items()}


def _texts(transcript: Transcript) -> Iterator[str]:
    for turn in transcript.turns:
        yield turn.text or ""
        for call in turn.calls:
            yield call.code or ""
            yield call.result.text if call.result else ""


def _dialogue(transcript: Transcript, limit: int) -> Dialogue:
    last = len(transcript.turns)
    turns = []
    for number, turn in enumerate(transcript.turns, 1):
        text = _shown(turn.text or "", limit) if number < last else Markup()
        calls = tuple(_call(call, limit) for call in turn.calls)
        facts = ", ".join(_facts(turn))
        turns.append(TurnView(number=number, facts=facts, text=text, calls=calls))
    return tuple(turns)


def _facts(turn: Said) -> Iterator[str]:
    usage = turn.usage
    counts = (("in", usage.input_tokens), ("out", usage.output_tokens))
    yield from (f"{count:,} tokens {name}" for name, count in counts if count is not None)
    if turn.duration_ms is not None:
        yield duration(turn.duration_ms / 1000)
    if turn.replayed:
        yield "replayed"


def _call(call: Call, limit: int) -> CallView:
    code = visible(call.code) if call.code else None
    result = call.result.text if call.result else "not run"
    is_short = code is not None and page_size(code) <= limit
    return CallView(
        name=visible(call.name),
        code=None if code is None else highlight(code) if is_short else _shown(code, limit),
        result=_shown(result, limit),
        took=duration(call.result.cpu_ms / 1000) if call.result and call.result.was_run else "",
    )


def _shown(text: str, limit: int) -> Markup:
    beginning, left_out = clip(visible(text), limit)
    note = f"\n[… {left_out:,} characters more in the transcript]" if left_out else ""
    return inside(beginning + note)
