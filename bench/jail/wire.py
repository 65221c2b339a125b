"""What crosses between harness, zygote and child: plain bytes with their lengths in front.

Each evaluation has three pipes: *request* (harness to child: program and inputs), *reply* (child to
harness: one byte for each input) and *status* (zygote to harness: how the child ended). The zygote
hands on the ends of the pipes, and never sees what goes through request and reply.

An interpreter is a child that stays: one call after the other goes through *request*, and a result
for each comes through *reply*. It has a fourth pipe, *marks* (harness to zygote: a call begins, a
call ends).
"""

import struct
from collections.abc import Sequence
from typing import Literal

RIGHT_ZERO, RIGHT_ONE, RAISED, BAD_VALUE = 0, 1, 2, 3
"""The one byte that comes back for each input: the prediction 0 or 1, or why there is none."""

CODES = bytes((RIGHT_ZERO, RIGHT_ONE, RAISED, BAD_VALUE))

Argument = Literal["text", "features"]
"""What `f` receives: the input string itself, or the dict of features that it spells."""

ARGUMENTS: tuple[Argument, ...] = ("text", "features")

ORDER = struct.Struct("<dddI")
"""Harness to zygote, with the ends of three pipes: CPU, waiting and wall seconds, and MiB.

With a fourth end, that of *marks*, the child is an interpreter, and the seconds are for each call.
"""

CALL_BEGINS, CALL_ENDS = b"\1", b"\0"
"""The marks. The first is sent before the call, the second after its result has come."""

REQUEST = struct.Struct("<IB")
"""Head of a request: bytes of source, index in ARGUMENTS.

Then come the source and the inputs as UTF-8, each input with a line feed after it, up to the end of
the pipe. The child is not told how many inputs there are, nor their split or run.
"""

REPLY = struct.Struct("<BII")
"""Head of a reply: index in OUTCOMES, number of codes, bytes of detail; both follow."""

OUTCOMES = (None, "syntax_error", "load_error", "no_function", "memory", "violation")
"""What a child may say of its candidate. None: it ran, and there is a code for each input."""

DETAIL_CHARS = 2_000

MESSAGE = struct.Struct("<BI")
"""Head of a message on the status pipe: its kind, and the number of bytes that follow."""

BEAT, NOT_FORKED, NOT_CONFINED, ENDED, CALLED = range(5)
"""The kinds of message, and what follows their head:

- BEAT: the child still runs. Nothing follows.
- NOT_FORKED: there is no child. The reason follows.
- NOT_CONFINED: a restriction failed, so the child ran no program. The reason follows.
- ENDED: the child has ended. A STATUS follows.
- CALLED: an interpreter's call has ended, and it stands still. A USE follows.
"""

STATUS = struct.Struct("<iBddQ")
"""How a child ended: its wait status, index in KILLS, CPU and wall seconds, peak KiB.

The seconds of an interpreter are those of its last call.
"""

USE = struct.Struct("<ddQ")
"""What a call took: CPU and wall seconds, and the session's peak KiB up to now, 0 if unknown."""

KILLS = (None, "cpu", "waiting", "wall", "threads", "abandoned")
"""Why the zygote killed a child: the limit it passed, or nobody waits. None: it did not kill it."""

SESSION = struct.Struct("<BII")
"""What an interpreter reads first: index in ARGUMENTS, characters that a result may have, and
bytes of examples. These follow: for each its label, one digit, and its input as UTF-8 with a line
feed."""

CALL = struct.Struct("<II")
"""Head of a call: its number in this child, and bytes of code, which follow."""

RESULT = struct.Struct("<IBQII")
"""Head of a call's result: the call's number, index in OUTCOMES (that of None, or of "memory", and
then the child ends), how many characters were left out in the middle, bytes before and after that
place.

The number keeps a result that code has forged from putting the following ones out of step."""


def message(kind: int, body: bytes = b"") -> bytes:
    """A message for the status pipe, short enough to arrive in one piece."""
    return MESSAGE.pack(kind, len(body)) + body


def messages(data: bytes | bytearray) -> list[tuple[int, bytes]]:
    """The complete messages in what came through a status pipe, as kind and body."""
    found = []
    at = 0
    while len(data) - at >= MESSAGE.size:
        kind, size = MESSAGE.unpack_from(data, at)
        body = bytes(data[at + MESSAGE.size : at + MESSAGE.size + size])
        if len(body) < size:
            break
        found.append((kind, body))
        at += MESSAGE.size + size
    return found


def longest_reply(count: int) -> int:
    """The most bytes that a well-formed reply to `count` inputs can have."""
    return REPLY.size + count + 4 * DETAIL_CHARS


def longest_result(chars: int) -> int:
    """The most bytes that a well-formed result can have, if it may have so many characters."""
    return RESULT.size + 4 * chars


def session(examples: Sequence[tuple[str, int]], argument: Argument, chars: int) -> bytes:
    """What an interpreter reads first. Raises ValueError for an input with a line feed."""
    lines = "".join([f"{label:d}{x}\n" for x, label in examples]).encode()
    if lines.count(b"\n") != len(examples):
        raise ValueError("an input holds a line feed")
    return SESSION.pack(ARGUMENTS.index(argument), chars, len(lines)) + lines


def call(number: int, code: str) -> bytes:
    """A call: a piece of code for an interpreter."""
    data = encode(code)
    return CALL.pack(number, len(data)) + data


def request(source: str, argument: Argument, lines: bytes) -> bytes:
    """A request: a program, and its inputs as UTF-8 with a line feed after each."""
    program = encode(source)
    return REQUEST.pack(len(program), ARGUMENTS.index(argument)) + program + lines


def encode(text: str) -> bytes:
    """UTF-8 that allows lone surrogates: a model's answer may hold some."""
    return text.encode("utf-8", "surrogatepass")


def decode(data: bytes) -> str:
    """The reverse of `encode`."""
    return data.decode("utf-8", "surrogatepass")
