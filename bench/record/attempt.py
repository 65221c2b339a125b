"""What the harness records: an `Attempt` for each answer, an `Outcome` for each search, and their columns."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from typing import Any

ERRORS = (
    "no_code", "syntax_error", "no_function", "load_error", "runtime_error", "bad_output",
    "timeout", "memory", "crashed", "violation", "incomplete", "refused",
)  # fmt: skip
"""Every value of `Attempt.error`; `runtime_error` and `bad_output` alone can stand beside an accuracy."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Usage:
    """What one answer took. Tokens are None where the proposer has none; the last three are the enumerator's."""

    input_tokens: int | None = None
    cached_tokens: int | None = None
    output_tokens: int | None = None
    reasoning_tokens: int | None = None
    total_tokens: int | None = None
    candidates_tried: int | None = None
    description_bits: float | None = None
    search_seconds: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Attempt:
    """One answer and what became of it: one line of results_attempts.jsonl. Times in ms, cost in USD."""

    run_id: str
    fn: str
    target: str
    length: int
    trial: int
    attempt: int
    seed: int
    dataset_sha256: str
    model: str
    reasoning_effort: str
    tools: tuple[str, ...]
    proposer: str
    replayed: bool
    prompt: str
    prompt_name: str
    prompt_version: str
    prompt_sha256: str
    text: str | None = None
    contract: str | None = None
    code: str | None = None
    code_sha256: str | None = None
    response_id: str | None = None
    request_id: str | None = None
    usage: Usage = Usage()
    cost_usd: float | None = None
    duration_ms: float | None = None
    eval_ms: float | None = None
    tool_uses: int = 0
    tool_results_chars: int = 0
    val_acc: float | None = None
    test_acc: float | None = None
    selected: bool = False
    stopped_early: bool = False
    error: str | None = None
    error_detail: str | None = None
    isolation: str | None = None
    started_at: str | None = None
    request: Mapping[str, Any] | None = None
    """The request's body, in a dry run alone: otherwise the ledger has it."""
    outcome: Mapping[str, Any] | None = None
    """The outcome of the search, on the last of its attempts."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """The result of a search. `val_acc` is 1.0 exactly where the grid point is solved."""

    attempts: tuple[Attempt, ...]
    selected: int | None
    """The selected attempt's number, None where no attempt has a validation accuracy."""
    val_acc: float | None
    test_acc: float | None
    val_size: int
    test_size: int
    error: str | None = None
    """Why the selected candidate has no test accuracy, where it has none."""
    shortcut: Mapping[str, Any] | None = None
    """The shortcut audit's best rule for this dataset: `rule`, `accuracy`."""
    description_bits: float | None = None
    bounds: Mapping[str, Any] | None = None
    """Upper bounds on the true error at 95 %: see bench/score/bounds.py."""
    generalization: tuple[Mapping[str, Any], ...] = ()
    """`length`, `size`, `accuracy`, `error` for each further length."""
    notes: tuple[str, ...] = ()
    """What a reader of the numbers has to know: a test split that came out smaller than asked, say."""

    def summary(self) -> dict[str, Any]:
        """Everything but the attempts themselves, as plain data."""
        plain = {f.name: getattr(self, f.name) for f in fields(self) if f.name != "attempts"}
        return {**plain, "solved": self.val_acc == 1.0, "attempts": len(self.attempts)}


_CSV_USAGE = {
    "prompt_tokens": "input_tokens",
    "completion_tokens": "output_tokens",
    "reasoning_tokens": "reasoning_tokens",
    "cached_tokens": "cached_tokens",
}
"""Columns of the flat table, under the names the field's scripts know, and the usage fields they hold."""

_CSV_LEFT_OUT = ("usage", "request", "outcome")

CSV_COLUMNS = tuple(
    column
    for f in fields(Attempt)
    for column in (_CSV_USAGE if f.name == "usage" else () if f.name in _CSV_LEFT_OUT else (f.name,))
)


def to_json(attempt: Attempt) -> dict[str, Any]:
    """The attempt as the plain data of one JSONL line."""
    return asdict(attempt)


def from_json(plain: Mapping[str, Any]) -> Attempt:
    """The attempt that `to_json` made plain."""
    return Attempt(**{**plain, "usage": Usage(**plain["usage"]), "tools": tuple(plain["tools"])})


def to_csv(attempt: Mapping[str, Any]) -> dict[str, Any]:
    """The row of the flat table for one JSONL object: usage flat, tools joined by `;`, nothing for null."""
    flat = {column: attempt["usage"][name] for column, name in _CSV_USAGE.items()}
    row = {column: flat.get(column, attempt.get(column)) for column in CSV_COLUMNS}
    return {**row, "tools": ";".join(attempt["tools"])}
