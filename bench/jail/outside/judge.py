"""From what a child left to a verdict. Everything from a child is hostile until it is parsed."""

import os
import signal

from bench.jail.isolation import Isolation
from bench.jail.outside.exchange import End
from bench.jail.outside.questions import Questions
from bench.jail.verdict import Limits, Verdict
from bench.jail.walls.rlimits import TASKS
from bench.jail.wire import BAD_VALUE, CODES, DETAIL_CHARS, OUTCOMES, RAISED, REPLY
from bench.record.errors import Error
from bench.record.wording import ONE_LINE, printable

_FULL = 0.95
"""A crash with this share of the memory in use counts as running out of memory.

When CPython 3.11 has no memory for the frame of a call, it may die of SIGSEGV or raise SystemError.
"""

_SHARED_MIB = 16
"""How far a peak may lie above the limit: it includes shared pages of libraries, once touched."""


def verdict_of(
    end: End, reply: bytes, asked: Questions, limits: Limits, isolation: Isolation
) -> Verdict:
    """The verdict on a child: how it ended, its reply, and what it was asked."""
    error, detail, codes = _judge(end, reply, asked.count, limits)
    predictions = None if codes is None else asked.in_order_of_the_split(codes)
    return Verdict(
        predictions=predictions,
        error=error,
        detail=None if detail is None else _one_line(detail),
        cpu_ms=end.cpu_seconds * 1000,
        wall_ms=end.wall_seconds * 1000,
        peak_kib=end.peak_kib,
        isolation=isolation,
    )


def _judge(
    end: End, reply: bytes, count: int, limits: Limits
) -> tuple[Error | None, str | None, bytes | None]:
    """Error, detail and codes (in the child's order) of what a child left."""
    if killed := stopped_by(end, limits):
        return *killed, None
    if not reply:
        return *left_by_itself(end), None
    parsed = _parse(reply, count)
    if parsed is None:
        return Error.BAD_OUTPUT, "the reply is not one byte an input", None
    outcome, codes, detail = parsed
    if outcome is not None:
        return Error(outcome), detail or None, None
    if detail.startswith("SystemError") and _had_filled(end, limits):
        return Error.MEMORY, detail, None
    if full := over_memory(end.peak_kib, limits):
        return *full, None
    error = error_of(codes)
    return error, detail if error else None, codes


def error_of(codes: bytes) -> Error | None:
    """What went wrong on inputs with these codes, an exception before a bad value; or None."""
    if RAISED in codes:
        return Error.RUNTIME_ERROR
    return Error.BAD_OUTPUT if BAD_VALUE in codes else None


def stopped_by(end: End, limits: Limits) -> tuple[Error, str] | None:
    """Error and detail of a child that passed a limit or died of a signal; None for another."""
    if late := over_time(end.cpu_seconds, limits):
        return late
    if end.killed == "waiting":
        waited = f"waited for more than {limits.waiting_seconds:g} s of wall time"
        return Error.TIMEOUT, f"{waited}, with no thread at work"
    if end.killed == "wall":
        return Error.TIMEOUT, f"more than {limits.wall_seconds:g} s of wall time"
    if end.killed == "threads":
        return Error.CRASHED, f"more than {TASKS} threads"
    if os.WIFSIGNALED(end.wait_status):
        return _killed_by(_signal_name(os.WTERMSIG(end.wait_status)), _had_filled(end, limits))
    return None


def _had_filled(end: End, limits: Limits) -> bool:
    """Whether a child had nearly all of its memory in use."""
    return end.peak_kib >= _FULL * limits.memory_mib * 1024


def over_time(cpu_seconds: float, limits: Limits) -> tuple[Error, str] | None:
    """Error and detail of what took too much CPU time; else None."""
    if cpu_seconds <= limits.cpu_seconds:
        return None
    return Error.TIMEOUT, f"more than {limits.cpu_seconds:g} s of CPU time"


def over_memory(peak_kib: int, limits: Limits) -> tuple[Error, str] | None:
    """Error and detail of what took too much memory; else None."""
    if peak_kib <= (limits.memory_mib + _SHARED_MIB) * 1024:
        return None
    return Error.MEMORY, f"{peak_kib // 1024} MiB at its peak"


def left_by_itself(end: End) -> tuple[Error, str]:
    """Error and detail of a child that ended by itself before it had replied."""
    status = os.waitstatus_to_exitcode(end.wait_status)
    return Error.CRASHED, f"left with exit status {status}, without a reply"


def _killed_by(signal_name: str, is_full: bool) -> tuple[Error, str]:
    """Error and detail of a child that a signal ended; `is_full`: nearly all memory was in use."""
    if signal_name == "SIGSYS":
        return Error.VIOLATION, "SIGSYS: a system call that no candidate needs"
    if signal_name == "SIGXCPU":
        return Error.TIMEOUT, signal_name
    if is_full:
        return Error.MEMORY, f"{signal_name}, with all memory taken"
    return Error.CRASHED, signal_name


def _signal_name(number: int) -> str:
    """`SIGSEGV`, say, or `SIGRTMIN+6` for a signal without a name of its own, see signal(7)."""
    try:
        return signal.Signals(number).name
    except ValueError:
        return f"SIGRTMIN{number - signal.SIGRTMIN:+}"


def _parse(reply: bytes, count: int) -> tuple[str | None, bytes, str] | None:
    """Outcome, codes and detail of a well-formed reply to `count` inputs, else None."""
    if len(reply) < REPLY.size:
        return None
    outcome, codes_size, detail_size = REPLY.unpack_from(reply)
    if outcome >= len(OUTCOMES) or len(reply) != REPLY.size + codes_size + detail_size:
        return None
    codes = reply[REPLY.size : REPLY.size + codes_size]
    detail = reply[REPLY.size + codes_size :].decode(errors="replace")
    expected = count if OUTCOMES[outcome] is None else 0
    if codes_size != expected or codes.translate(None, CODES):
        return None
    return OUTCOMES[outcome], codes, detail


def _one_line(text: str) -> str:
    """The text as one line of at most DETAIL_CHARS printable characters, the rest escaped."""
    return printable(text[:DETAIL_CHARS], ONE_LINE)[:DETAIL_CHARS]
