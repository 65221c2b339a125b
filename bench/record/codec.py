"""An attempt as the flat object of a line of the JSONL, and as a row of the CSV."""

import json
from collections.abc import Mapping
from dataclasses import replace
from typing import Any, NoReturn

from bench.record.answer import Answer
from bench.record.attempt import FLAT, Attempt, Candidate, Judgement, Prompt
from bench.record.fields import fits, fitting, hints_of, plain_of, record, shared
from bench.record.key import PointKey
from bench.record.outcome import Generalization, Outcome
from bench.record.tools import NO_TOOLS
from bench.record.usage import Usage

# A new field goes to the end: there are scripts that take columns of the CSV by their place.
FIELDS = (
    "run_id",
    "fn",
    "target",
    "length",
    "trial",
    "attempt",
    "seed",
    "dataset_sha256",
    "model",
    "reasoning_effort",
    "tools",
    "proposer",
    "replayed",
    "prompt",
    "prompt_name",
    "prompt_version",
    "prompt_sha256",
    "text",
    "contract",
    "code",
    "code_sha256",
    "response_id",
    "request_id",
    "usage",
    "cost_usd",
    "duration_ms",
    "eval_ms",
    "tool_uses",
    "tool_results_chars",
    "val_acc",
    "test_acc",
    "selected",
    "stopped_early",
    "error",
    "error_detail",
    "isolation",
    "started_at",
    "request",
    "outcome",
    "recovered",
    "turns",
    "tool_cpu_ms",
    "paid_usd",
    "train_size",
    "hypothesis",
    "no_label",
    "val_wrong",
)
"""The fields of a line, in their order."""

_KINDS = {
    "point": PointKey,
    "asked": Prompt,
    "answer": Answer,
    "candidate": Candidate,
    "judgement": Judgement,
}


def _hints() -> dict[str, Any]:
    """What may stand in each field of a line."""
    hints = dict(hints_of(Attempt))
    for name, field in FLAT.items():
        hints[name] = hints_of(_KINDS[field.part])[field.name]
    hints["code"] = str | None  # a candidate has one, an attempt need not have a candidate
    hints["tools"] = tuple[str, ...]  # in a point it is one value
    return {name: hints[name] for name in FIELDS}


HINTS = _hints()

_CSV_USAGE = {
    "prompt_tokens": "input_tokens",
    "completion_tokens": "output_tokens",
    "reasoning_tokens": "reasoning_tokens",
    "cached_tokens": "cached_tokens",
}
"""The CSV's columns for `usage`, by the names that scripts expect, and the field in each."""

_CSV_LEFT_OUT = ("usage", "request", "outcome", "val_wrong")


def _csv_columns() -> tuple[str, ...]:
    columns: list[str] = []
    for name in FIELDS:
        if name == "usage":
            columns += _CSV_USAGE
        elif name not in _CSV_LEFT_OUT:
            columns.append(name)
    return tuple(columns)


CSV_COLUMNS = _csv_columns()


class NoAttempt(ValueError):
    """A line holds no attempt; the message says what is wrong with it."""


def to_json(attempt: Attempt) -> dict[str, Any]:
    """The attempt as the plain data of one JSONL line."""
    flat = {name: getattr(attempt, name) for name in FIELDS}
    flat["usage"] = plain_of(attempt.usage)
    flat["val_wrong"] = plain_of(attempt.val_wrong)
    flat["outcome"] = None if attempt.outcome is None else outcome_to_json(attempt.outcome)
    return flat


def outcome_to_json(outcome: Outcome) -> dict[str, Any]:
    """The outcome as it stands in the line of a search's last attempt."""
    plain: dict[str, Any] = plain_of(outcome)
    attempts = plain.pop("attempts")
    return {**plain, "solved": outcome.solved, "attempts": attempts}


def from_json(plain: Mapping[str, Any]) -> Attempt:
    """The attempt that `to_json` made plain, in whatever this or an earlier version wrote."""
    values: dict[str, Any] = {}  # of the attempt itself
    parts: dict[str, dict[str, Any]] = {part: {} for part in _KINDS}
    for name in FIELDS:
        if name in FLAT and name in plain:
            parts[FLAT[name].part][FLAT[name].name] = plain[name]
        elif name in plain and name != "tools":
            values[name] = shared(plain[name])
    parts["point"]["tools"] = ";".join(plain["tools"]) or NO_TOOLS
    outcome = plain.get("outcome")
    values["outcome"] = outcome_from_json(outcome) if outcome else None
    # An answer without a program has no candidate: not one whose every field is None.
    if parts["candidate"].get("code") is None:
        del parts["candidate"]
    return Attempt(**values, **{part: record(held, _KINDS[part]) for part, held in parts.items()})


def outcome_from_json(plain: Mapping[str, Any]) -> Outcome:
    """The outcome in a line, without values that have a wrong type or are impossible."""
    outcome = record(fitting(plain, Outcome), Outcome)
    return replace(outcome, generalization=tuple(filter(_can_be, outcome.generalization)))


def _can_be(found: Generalization) -> bool:
    is_share = found.accuracy is None or 0 <= found.accuracy <= 1
    return is_share and min(found.length, found.size) > 0


def to_csv(attempt: Mapping[str, Any]) -> dict[str, Any]:
    """The CSV's row for one object of the JSONL: `usage` flat, the tools joined by `;`."""
    flat = {column: attempt["usage"][name] for column, name in _CSV_USAGE.items()}
    row = {column: flat.get(column, attempt.get(column)) for column in CSV_COLUMNS}
    return {**row, "tools": ";".join(attempt["tools"])}


_NEEDED = ("fn", "target", "length", "trial", "attempt", "model")
_DEFAULTS: dict[str, Any] = {
    "tools": [],
    "replayed": False,
    "seed": 0,
    "text": None,
    **dict.fromkeys(("run_id", "dataset_sha256", "reasoning_effort", "proposer"), ""),
    **dict.fromkeys(("prompt", "prompt_name", "prompt_version", "prompt_sha256"), ""),
}
"""What a line of another program may lack, beside the fields that have a default anyway."""

_LEAST = {"length": 1, "trial": 1, "attempt": 1, "train_size": 0}
"""The least value of each number of a point."""
MOST = 10**9
"""Their largest value: no figure has room for a larger one."""

_AS_A_WHOLE = {"usage": Mapping[str, Any], "outcome": Mapping[str, Any] | None}


def parse(line: bytes) -> Attempt:
    """The attempt in a line that any program may have written. Raises NoAttempt."""
    plain = _object(line)
    # A point is told by these. Whatever else is missing, the attempt still counts for its point.
    for name in _NEEDED:
        if name not in plain:
            raise NoAttempt(f"the field {name!r} is missing")
    whole = _DEFAULTS | plain
    values = {name: whole[name] for name in FIELDS if name in whole}
    usage = values.get("usage") or {}
    if not isinstance(usage, dict):
        raise NoAttempt("the field 'usage' is no object")
    values["usage"] = {name: usage[name] for name in hints_of(Usage) if name in usage}
    # The fields of `usage` are checked by themselves; of an outcome, what can be read is kept.
    _check(values, HINTS | _AS_A_WHOLE)
    _check(values["usage"], hints_of(Usage))
    for name in ("val_acc", "test_acc"):
        if values.get(name) is not None and not 0 <= values[name] <= 1:
            raise NoAttempt(f"the field {name!r} is {values[name]}, and an accuracy is from 0 to 1")
    for name, least in _LEAST.items():
        if not least <= values.get(name, least) <= MOST:
            raise NoAttempt(f"the field {name!r} is not from {least} to {MOST:,}")
    return from_json(values)


def _object(line: bytes) -> dict[str, Any]:
    def no_number(name: str) -> NoReturn:
        raise NoAttempt(f"{name} is no number of JSON")

    try:
        plain = json.loads(line, parse_constant=no_number)
    except NoAttempt:
        raise
    except (ValueError, RecursionError) as error:  # also an integer of thousands of digits
        raise NoAttempt(f"not a JSON object ({error})") from None
    if not isinstance(plain, dict):
        raise NoAttempt("not a JSON object")
    return plain


def _check(values: dict[str, Any], hints: Mapping[str, Any]) -> None:
    """Check the types, and make whole numbers fractions where the field holds those."""
    for name, value in values.items():
        if not fits(value, hints[name]):
            what = json.dumps(value)[:60]
            raise NoAttempt(f"the field {name!r} has the value {what}, which is not of its type")
        # Other programs write 1.0 as 1, and JSON does not tell them apart.
        if isinstance(value, int) and fits(0.5, hints[name]):
            values[name] = float(value)
