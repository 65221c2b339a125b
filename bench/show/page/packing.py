"""Texts that the page holds packed, until they are looked at.

A browser takes a second for some ten thousand elements, and nothing for a long string. So what
stands below a point is a string in the page, many points to a chunk, and bodies.js makes elements
of it when the point is opened. A chunk is a JSON object from names to texts, deflated
and in base64.
"""

import base64
import json
import zlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

_CHUNK = 200_000
"""Characters from which a chunk is full: to unpack one takes a browser some milliseconds."""
_LEVEL = 4
"""Of compression: 5 takes twice as long for 4 % less, and 9 ninety times for 15 %."""


@dataclass(frozen=True, slots=True)
class Packed:
    """Texts in chunks."""

    chunks: Mapping[str, str]
    """What is in each chunk, by the chunk's name."""
    where: Mapping[str, str]
    """The name of the chunk that each text is in, by the text's name."""


def pack(kind: str, texts: Iterable[tuple[str, str]]) -> Packed:
    """Names and texts, packed in their order; the chunks are named after their kind."""
    chunks: dict[str, str] = {}
    where: dict[str, str] = {}
    held: dict[str, str] = {}
    size = 0
    for name, text in texts:
        held[name] = text
        where[name] = f"{kind}-{len(chunks)}"
        size += len(text)
        if size >= _CHUNK:
            chunks[where[name]] = _deflated(held)
            held, size = {}, 0
    if held:
        chunks[f"{kind}-{len(chunks)}"] = _deflated(held)
    return Packed(chunks, where)


def _deflated(texts: Mapping[str, str]) -> str:
    plain = json.dumps(texts, ensure_ascii=False, separators=(",", ":"))
    return base64.b64encode(zlib.compress(plain.encode(), _LEVEL)).decode()
