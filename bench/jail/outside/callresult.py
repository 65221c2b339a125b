"""From what a call left to its result. Everything from a child is hostile until it is parsed."""

from dataclasses import dataclass

from bench.jail.outside.exchange import End, end_in
from bench.jail.outside.judge import left_by_itself, over_memory, over_time, stopped_by
from bench.jail.verdict import Limits
from bench.jail.wire import CALLED, OUTCOMES, RESULT, USE, longest_result, messages
from bench.record.errors import Error

Cause = tuple[Error, str]
"""An error and its detail."""

UNSOLICITED: Cause = (
    Error.VIOLATION,
    "the code of an earlier call wrote to the jail's own pipe, so this one was not run",
)
ZYGOTE_DIED: Cause = (Error.CRASHED, "the process died that all interpreters come from")

_FORGED: Cause = (Error.VIOLATION, "the code wrote to the jail's own pipe")
_OUT_OF_MEMORY: Cause = (Error.MEMORY, "MemoryError")

_ANEW = "The interpreter was started anew: what calls have defined is gone, `examples` is there."

_MOST_LEFT_OUT = 1 << 53
"""More characters than any call can write."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CallResult:
    """What became of one call."""

    text: str
    """What the model is shown: output, the value of a last expression, or a traceback, cut in the
    middle; and whether the interpreter was started anew. Any Unicode text; may be empty."""
    error: Error | None
    """None, or `timeout`, `memory`, `crashed` or `violation`: then the next call finds a fresh
    interpreter. An exception is no error: the interpreter goes on."""
    cpu_ms: float
    wall_ms: float
    chars: int
    """How long the result was before it was cut."""


@dataclass(frozen=True, slots=True)
class Shown:
    """A well-formed RESULT."""

    text: str
    chars: int
    is_out_of_memory: bool


_NOTHING = Shown("", 0, is_out_of_memory=False)


def size_of(head: bytes | bytearray, output_chars: int) -> int | None:
    """The bytes that a RESULT with this head has; None if it is longer than one may be."""
    *_, before, after = RESULT.unpack_from(head)
    size: int = RESULT.size + before + after
    return size if size <= longest_result(output_chars) else None


def parse(reply: bytes | bytearray, number: int, output_chars: int) -> Shown | None:
    """A well-formed RESULT of the call with this number, else None."""
    if len(reply) < RESULT.size or size_of(reply, output_chars) != len(reply):
        return None
    its_number, outcome, left_out, size, _ = RESULT.unpack_from(reply)
    middle = RESULT.size + size
    try:
        before, after = reply[RESULT.size : middle].decode(), reply[middle:].decode()
    except UnicodeDecodeError:
        return None
    is_out_of_memory = outcome == OUTCOMES.index("memory")
    if outcome != OUTCOMES.index(None) and not is_out_of_memory:
        return None
    chars = len(before) + len(after)
    if its_number != number or chars > output_chars or left_out > _MOST_LEFT_OUT:
        return None
    notice = f"\n[{left_out:,} characters left out]\n" if left_out else ""
    return Shown(before + notice + after, chars + left_out, is_out_of_memory)


def result_of(
    status: bytearray, reply: bytearray, shown: Shown | None, limits: Limits
) -> CallResult:
    """The result of a call that has ended, and perhaps its child, as the status pipe tells.

    `shown` is what `parse` found in the reply. Raises JailBroken and ZygoteGone.
    """
    uses = [body for kind, body in messages(status) if kind == CALLED]
    if uses:
        cpu_seconds, wall_seconds, peak_kib = USE.unpack(uses[-1])
        cause = over_time(cpu_seconds, limits) or over_memory(peak_kib, limits)
        if cause is None and shown is None:
            cause = _FORGED
    else:
        end = end_in(status)
        cpu_seconds, wall_seconds = end.cpu_seconds, end.wall_seconds
        cause = stopped_by(end, limits) or _cause_of(end, reply, shown)
    if shown is not None and shown.is_out_of_memory:
        cause = _OUT_OF_MEMORY
    if shown is None:
        shown = _NOTHING
    return CallResult(
        text=shown.text if cause is None else _with_notice(shown.text, cause),
        error=None if cause is None else cause[0],
        cpu_ms=cpu_seconds * 1000,
        wall_ms=wall_seconds * 1000,
        chars=shown.chars,
    )


def lost(cause: Cause) -> CallResult:
    """The result of a call that was not run, or of which nothing is known."""
    return CallResult(
        text=_with_notice("", cause), error=cause[0], cpu_ms=0.0, wall_ms=0.0, chars=0
    )


def _cause_of(end: End, reply: bytearray, shown: Shown | None) -> Cause:
    """Why a child that had to stay ended by itself."""
    if shown is not None:
        return Error.CRASHED, "ended after its result"
    return _FORGED if reply else left_by_itself(end)


def _with_notice(text: str, cause: Cause) -> str:
    error, detail = cause
    notice = f"[{error}: {detail}. {_ANEW}]"
    return f"{text.rstrip()}\n{notice}" if text else notice
