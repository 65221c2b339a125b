"""What crosses between harness, zygote and child: plain bytes with their lengths in front, no pickle, no JSON.

Three pipes an evaluation: *request* (harness to child: program and inputs), *reply* (child to harness: one byte an
input) and *status* (zygote to harness: how the child ended). Only the ends go through the zygote, never the contents.
"""

import struct
from typing import Literal

RIGHT_ZERO, RIGHT_ONE, RAISED, BAD_VALUE = 0, 1, 2, 3
"""The one byte that comes back for each input: the prediction 0 or 1, or why there is none."""

InputKind = Literal["text", "features"]
"""What `f` receives: the input string itself, or the dict of features it spells (tabular targets)."""

KINDS: tuple[InputKind, ...] = ("text", "features")

ORDER = struct.Struct("<ddI")
"""Harness to zygote, beside the three pipes' ends: CPU seconds, wall seconds, MiB of memory."""

REQUEST = struct.Struct("<IB")
"""Head of a request: bytes of source, index in KINDS. Then source and inputs as UTF-8, each input with a line feed at
its end, up to the end of the pipe. Nothing else: neither how many inputs there are, nor of which split or run."""

REPLY = struct.Struct("<BII")
"""Head of a reply: index in OUTCOMES, number of codes, bytes of detail. Then codes and detail (UTF-8)."""

OUTCOMES = (None, "syntax_error", "load_error", "no_function", "memory", "violation")
"""What a child may say of its candidate; None: it ran, and there is a code for each input."""

DETAIL_CHARS = 2_000

LACKS = "the jail lacks "
"""Begins a detail that says what a program needs, which is there outside and not in the jail."""

STATUS = struct.Struct("<iBddQ")
"""How a child ended: its wait status, whether the zygote killed it at a limit, CPU and wall seconds, peak KiB."""


def longest_reply(count: int) -> int:
    """The most bytes that a well-formed reply to `count` inputs can have."""
    return REPLY.size + count + 4 * DETAIL_CHARS


def encode(text: str) -> bytes:
    """UTF-8 that carries lone surrogates too: a model's answer may hold some."""
    return text.encode("utf-8", "surrogatepass")


def decode(data: bytes) -> str:
    """The reverse of `encode`."""
    return data.decode("utf-8", "surrogatepass")
