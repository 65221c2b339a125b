"""What one answer took."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Usage:
    """Tokens are None where the proposer has none; the last three fields are the enumerator's."""

    input_tokens: int | None = None
    cached_tokens: int | None = None
    output_tokens: int | None = None
    reasoning_tokens: int | None = None
    total_tokens: int | None = None
    candidates_tried: int | None = None
    description_bits: float | None = None
    search_seconds: float | None = None
