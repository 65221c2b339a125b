"""The turns of an attempt: each an answer of the model, and the results of its calls."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, fields, replace
from typing import Any

from bench.record import usd
from bench.record.answer import Answer
from bench.record.tools import ToolResult
from bench.record.usage import Usage


@dataclass(frozen=True, slots=True)
class Turn:
    """One answer in a conversation, and a result for each of its calls."""

    answer: Answer
    results: tuple[ToolResult, ...] = ()


Conversation = tuple[Turn, ...]


def summed(conversation: Conversation) -> Answer:
    """The last answer, with what all turns took: tokens, money, time and tool calls.

    It is a replayed one where each turn was; where only some were, `paid_usd` is for the others. A
    sum is None where a turn's part is not known.
    """
    answers = [turn.answer for turn in conversation]
    results = [result for turn in conversation for result in turn.results]
    if len(answers) == 1 and not answers[0].calls:
        return answers[0]
    costs = _known(answer.cost_usd for answer in answers)
    durations = _known(answer.duration_ms for answer in answers)
    return replace(
        answers[-1],
        turns=len(answers),
        usage=_usage([answer.usage for answer in answers]),
        cost_usd=None if costs is None else usd.total(costs),
        paid_usd=_paid(answers) if costs is not None else None,
        duration_ms=None if durations is None else sum(durations),
        started_at=answers[0].started_at,
        tool_uses=sum(len(turn.answer.calls) for turn in conversation),
        tool_results_chars=sum(len(result.text) for result in results),
        tool_cpu_ms=round(sum(result.cpu_ms for result in results), 3),
        replayed=all(answer.replayed for answer in answers),
    )


def _paid(answers: Sequence[Answer]) -> float | None:
    """What those that were not replayed cost; None where all were, or none was."""
    if len({answer.replayed for answer in answers}) == 1:
        return None
    return usd.total(answer.paid_now for answer in answers)


def _known(values: Iterable[float | None]) -> list[float] | None:
    """The values; None where one is not known."""
    every = list(values)
    known = [value for value in every if value is not None]
    return known if len(known) == len(every) else None


def _usage(turns: Sequence[Usage]) -> Usage:
    sums: dict[str, Any] = {}
    for field in fields(Usage):
        parts = _known(getattr(usage, field.name) for usage in turns)
        sums[field.name] = None if parts is None else sum(parts)
    return Usage(**sums)
