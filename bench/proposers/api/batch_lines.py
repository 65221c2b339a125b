"""The lines of a batch: requests go in, in parts as large as a server takes; results come out."""

import json
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol, TypeVar

from bench.proposers.answer_key import HOW_IT_COMES


@dataclass(frozen=True, slots=True)
class PartLimits:
    """How much one batch holds at most."""

    requests: int = 50_000
    bytes_in_all: int = 200_000_000
    """Of the file of its requests."""


class Line(Protocol):
    """What is asked in one line of a batch."""

    @property
    def key(self) -> str:
        """The key of the answer, which is the line's id."""
        ...

    @property
    def body(self) -> Mapping[str, Any]:
        """What would be sent alone."""
        ...


L = TypeVar("L", bound=Line)

_KEY = re.compile("[0-9a-f]{64}")


def line_of(line: Line, path: str) -> bytes:
    """The line of a batch's file. Raises ValueError for what is no JSON."""
    body = {name: value for name, value in line.body.items() if name not in HOW_IT_COMES}
    asked = {"custom_id": line.key, "method": "POST", "url": f"/v1{path}", "body": body}
    return json.dumps(asked, allow_nan=False, separators=(",", ":")).encode() + b"\n"


def parts(lines: Iterable[L], path: str, limits: PartLimits) -> list[list[L]]:
    """The lines in parts, in their order. One that is too long by itself is a part by itself."""
    found: list[list[L]] = []
    size = 0
    for line in lines:
        more = len(line_of(line, path))
        is_full = found and len(found[-1]) >= limits.requests
        if not found or is_full or size + more > limits.bytes_in_all:
            found.append([])
            size = 0
        found[-1].append(line)
        size += more
    return found


def content_of(lines: Sequence[Line], path: str) -> bytes:
    """The whole file of a batch."""
    return b"".join(line_of(line, path) for line in lines)


def results_in(content: bytes) -> Iterator[tuple[str, bytes]]:
    """Each line of a file of results that has an id which may be ours, by that id.

    The file is foreign: a line that is no object of JSON, or has another id, is left out.
    """
    for line in content.splitlines():
        plain = read_result(line)
        key = plain.get("custom_id")
        if isinstance(key, str) and _KEY.fullmatch(key):
            yield key, line


def read_result(line: bytes) -> dict[str, Any]:
    """A line as an object, which is empty where the line is none."""
    try:
        plain = json.loads(line.decode("utf-8-sig", "replace"))
    except (ValueError, RecursionError):
        return {}
    return plain if isinstance(plain, dict) else {}
