"""What crosses between harness, zygote and child: plain bytes with their lengths in front, no pickle, no JSON.

Three pipes an evaluation: *request* (harness to child: program and inputs), *reply* (child to
harness: one byte an input) and *status* (zygote to harness: how the child ended). Only the ends go
through the zygote, never the contents.
"""

import struct
from typing import Literal

RIGHT_ZERO, RIGHT_ONE, RAISED, BAD_VALUE = 0, 1, 2, 3
"""The one byte that comes back for each input: the prediction 0 or 1, or why there is none."""

InputKind = Literal["text", "features"]
"""What `f` receives: the input string itself, or the dict of features it spells (tabular
targets).
"""

KINDS: tuple[InputKind, ...] = ("text", "features")

ORDER = struct.Struct("<dddI")
"""Harness to zygote, beside three pipes' ends: CPU, waiting and wall seconds, MiB of memory."""

REQUEST = struct.Struct("<IB")
"""Head of a request: bytes of source, index in KINDS. Then source and inputs as UTF-8, each input
with a line feed at its end, up to the end of the pipe. Nothing else: neither how many inputs there
are, nor of which split or run.
"""

REPLY = struct.Struct("<BII")
"""Head of a reply: index in OUTCOMES, number of codes, bytes of detail. Then codes and detail
(UTF-8).
"""

OUTCOMES = (None, "syntax_error", "load_error", "no_function", "memory", "violation")
"""What a child may say of its candidate; None: it ran, and there is a code for each input."""

DETAIL_CHARS = 2_000

LACKS = "the jail lacks "
"""Begins a detail that says what a program needs, which is there outside and not in the jail."""

MESSAGE = struct.Struct("<BI")
"""Head of a message on the status pipe: one of the four kinds, and bytes of the body behind it."""

BEAT, NOT_FORKED, NOT_CONFINED, ENDED = range(4)
"""The child still runs; why there is none; why it runs nothing, as a wall is missing; STATUS."""

STATUS = struct.Struct("<iBddQ")
"""How a child ended: its wait status, index in KILLS, CPU and wall seconds, peak KiB."""

KILLS = (None, "cpu", "waiting", "wall", "threads", "abandoned")
"""Why the zygote killed a child: the limit it passed, or that nobody waits; None: it did not."""


def message(kind: int, body: bytes = b"") -> bytes:
    """A message for the status pipe, short enough to arrive in one piece."""
    return MESSAGE.pack(kind, len(body)) + body


def messages(data: bytes | bytearray) -> list[tuple[int, bytes]]:
    """The whole messages in what came through a status pipe, as kind and body."""
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


def request(source: str, kind: InputKind, lines: bytes) -> bytes:
    """What a child is sent: a program, and inputs as UTF-8 with a line feed after each."""
    program = encode(source)
    return REQUEST.pack(len(program), KINDS.index(kind)) + program + lines


def encode(text: str) -> bytes:
    """UTF-8 that carries lone surrogates too: a model's answer may hold some."""
    return text.encode("utf-8", "surrogatepass")


def decode(data: bytes) -> str:
    """The reverse of `encode`."""
    return data.decode("utf-8", "surrogatepass")
