"""One answer and what became of it."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from bench.record.outcome import Outcome
from bench.record.usage import Usage


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
    """A value of `bench.record.errors.Error`, or None; whatever stands there in a file of another version."""
    error_detail: str | None = None
    isolation: str | None = None
    started_at: str | None = None
    request: Mapping[str, Any] | None = None
    """The request's body, in a dry run alone: otherwise the ledger has it."""
    outcome: Outcome | None = None
    """The outcome of the search, on the last of its attempts."""
