"""The key of a question: what a request is known by to the ledger, and to the server as X-Client-Request-Id."""

import hashlib
import json
from collections.abc import Mapping
from typing import Any

from bench.proposers.base import Request

_HOW_IT_COMES = ("stream",)
"""Fields of a body that are no part of the question: the answer is the same with and without
them.
"""


def canonical(body: Mapping[str, Any]) -> str:
    """The question in a body, as JSON that does not depend on the order of its keys.

    ASCII alone.
    """
    question = {name: value for name, value in body.items() if name not in _HOW_IT_COMES}
    return json.dumps(question, sort_keys=True, separators=(",", ":"), ensure_ascii=True)


def key_of(body: str, address: str, trial: int, attempt: int) -> str:
    """The key of an answer: what was asked (the canonical body), of whom, in which trial and attempt."""
    return hashlib.sha256(
        json.dumps([body, address, trial, attempt], separators=(",", ":")).encode()
    ).hexdigest()


def answer_key(body: Mapping[str, Any], address: str, request: Request) -> str:
    """The key under which the answer to this request is kept."""
    return key_of(canonical(body), address, request.trial, request.attempt)
