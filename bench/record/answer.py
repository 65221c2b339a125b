"""What a proposer gave back."""

from dataclasses import dataclass

from bench.record.usage import Usage


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What came back. Its text is hostile until parsed."""

    text: str | None
    is_thinking: bool = False
    """Whether the text is what the model thought, as the server gave no answer beside it."""
    error: str | None = None
    """`incomplete` or `refused`, where the model did not answer; else None."""
    error_detail: str | None = None
    ended: str | None = None
    """Why it ended, in the server's own word (`stop`, `completed`), which ledgers of before do not
    have.
    """
    usage: Usage = Usage()
    cost_usd: float | None = None
    model: str | None = None
    """The model's name as answered."""
    response_id: str | None = None
    request_id: str | None = None
    tool_uses: int = 0
    tool_results_chars: int = 0
    duration_ms: float | None = None
    queued_ms: float | None = None
    """How long of it a background answer waited to be begun, as its polls saw it."""
    started_at: str | None = None
    """UTC, ISO 8601."""
    replayed: bool = False

    @property
    def tells_nothing(self) -> bool:
        """Whether there is neither a text nor a word on why there is none: so looks a server's failure."""
        return not self.text and self.error is None and self.ended is None
