"""What the harness makes of whatever bytes a child leaves: a verdict, and never an exception."""

import os
import signal
import struct
import sys
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bench.jail import Isolation, Limits
from bench.jail.outside.exchange import End
from bench.jail.outside.judge import _judge, verdict_of
from bench.jail.outside.questions import Questions, questions
from bench.jail.wire import OUTCOMES, REPLY
from bench.record.errors import Error

LIMITS = Limits(cpu_seconds=1, memory_mib=64)
ENDED = End(wait_status=0, killed=None, cpu_seconds=0.1, wall_seconds=0.1, peak_kib=0)


def reply(outcome: int, codes: bytes, detail: bytes) -> bytes:
    return REPLY.pack(outcome, len(codes), len(detail)) + codes + detail


def asked(count: int) -> Questions:
    return questions(tuple(map(str, range(count))))


REPLIES = st.binary(max_size=60) | st.builds(
    reply, st.integers(0, 8), st.binary(max_size=5), st.binary(max_size=20)
)


@settings(max_examples=200)
@given(REPLIES, st.integers(0, 4), st.sampled_from([0, 9, 11, 31, 256]))
def test_any_bytes_give_a_verdict(data: bytes, count: int, wait_status: int) -> None:
    end = End(wait_status=wait_status, killed=None, cpu_seconds=0.1, wall_seconds=0.1, peak_kib=0)
    verdict = verdict_of(end, data, asked(count), LIMITS, Isolation("strong"))
    assert verdict.error is None or isinstance(verdict.error, Error)
    assert verdict.predictions is None or (
        len(verdict.predictions) == count and max(verdict.predictions, default=0) <= 3
    )
    if verdict.predictions is None:
        assert verdict.error not in (None, "runtime_error")
    assert verdict.detail is None or verdict.detail.isprintable()


@pytest.mark.parametrize(
    "data",
    [
        b"\0",
        reply(0, b"\1", b""),
        reply(0, b"\1\1\1", b""),
        reply(0, b"\1\4", b""),
        reply(0, b"\1\1", b"") + b"more",
        reply(len(OUTCOMES), b"", b""),
        reply(1, b"\1\1", b""),
        struct.pack("<BII", 0, 2**32 - 1, 2**32 - 1) + b"\1\1",
    ],
)
def test_a_reply_of_the_wrong_form_is_bad_output(data: bytes) -> None:
    assert _judge(ENDED, data, 2, LIMITS) == (
        "bad_output",
        "the reply is not one byte an input",
        None,
    )


@pytest.mark.parametrize(("number", "name"), [(signal.SIGSEGV, "SIGSEGV"), (40, "SIGRTMIN+6")])
@pytest.mark.skipif(sys.platform != "linux", reason="other numbers")
def test_a_signal_is_named(number: int, name: str) -> None:
    end = replace(ENDED, wait_status=number)
    assert os.WIFSIGNALED(end.wait_status)
    assert _judge(end, reply(0, b"\1", b""), 1, LIMITS) == ("crashed", name, None)


@pytest.mark.parametrize(
    ("wait_status", "data", "peak_mib", "error"),
    [
        (signal.SIGSEGV, b"", 63, "memory"),
        (signal.SIGSEGV, b"", 40, "crashed"),
        (0, reply(0, b"\2", b"SystemError: error return without exception set"), 63, "memory"),
        (
            0,
            reply(0, b"\2", b"SystemError: error return without exception set"),
            40,
            "runtime_error",
        ),
        (0, reply(0, b"\2", b"ValueError: "), 63, "runtime_error"),
    ],
)
def test_a_crash_with_all_memory_taken_is_for_want_of_memory(
    wait_status: int, data: bytes, peak_mib: int, error: str
) -> None:
    end = replace(ENDED, wait_status=wait_status, peak_kib=peak_mib * 1024)
    assert _judge(end, data, 1, LIMITS)[0] == error
