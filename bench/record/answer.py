"""What a proposer gave back."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from bench.record.tools import ToolCall
from bench.record.usage import Usage


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What a proposer gave back. Its text is foreign, and nothing in it can be trusted."""

    text: str | None
    is_thinking: bool = False
    """Whether the text is what the model thought, as the server gave no answer beside it."""
    error: str | None = None
    """`incomplete` or `refused`, where the model did not answer; else None."""
    error_detail: str | None = None
    ended: str | None = None
    """Why it ended, in the server's own word (`stop`, `completed`). Old ledgers lack it."""
    usage: Usage = Usage()
    cost_usd: float | None = None
    paid_usd: float | None = None
    """The part of the cost that this run paid, where only some of its turns were replayed."""
    model: str | None = None
    """The model's name as answered."""
    response_id: str | None = None
    request_id: str | None = None
    tool_uses: int = 0
    tool_results_chars: int = 0
    tool_cpu_ms: float | None = None
    """CPU time of the tool's calls, where the harness ran them."""
    turns: int = 1
    """How many answers of a model these are: with the Python tool an attempt may take several."""
    calls: tuple[ToolCall, ...] = ()
    """What the model asks the harness to run before it goes on."""
    items: tuple[Mapping[str, Any], ...] = ()
    """With calls: the answer as the API wants it repeated in the next request."""
    duration_ms: float | None = None
    queued_ms: float | None = None
    """The part of `duration_ms` that a background answer waited, as far as polling shows."""
    started_at: str | None = None
    """UTC, ISO 8601."""
    replayed: bool = False

    @property
    def paid_now(self) -> float:
        """US dollars that this run paid for it; 0 where its cost is not known."""
        if self.paid_usd is not None:
            return self.paid_usd
        return 0.0 if self.replayed else self.cost_usd or 0.0

    @property
    def tells_nothing(self) -> bool:
        """Whether it has no text or calls, nor a reason why: what a failing server gives."""
        has_words = self.text or self.calls
        return not has_words and self.error is None and self.ended is None
