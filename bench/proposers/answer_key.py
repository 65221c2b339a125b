"""The key of a question, by which the ledger finds its answer.

The server gets it as the header X-Client-Request-Id.
"""

import hashlib
import json
from collections.abc import Mapping
from typing import Any

from bench.proposers.proposer import Request

HOW_IT_COMES = ("stream",)
"""Fields of a body that are no part of the question, as they do not change the answer."""


def canonical(body: Mapping[str, Any]) -> str:
    """The question in a body, as ASCII JSON that does not depend on the order of the keys."""
    question = {name: value for name, value in body.items() if name not in HOW_IT_COMES}
    return json.dumps(question, sort_keys=True, separators=(",", ":"), ensure_ascii=True)


def key_of(body: str, address: str, trial: int, attempt: int) -> str:
    """The key of an answer: of what was asked (the canonical body), of whom, and which time."""
    question = json.dumps([body, address, trial, attempt], separators=(",", ":"))
    return hashlib.sha256(question.encode()).hexdigest()


def answer_key(body: Mapping[str, Any], address: str, request: Request) -> str:
    """The key under which the answer to this request is kept."""
    return key_of(canonical(body), address, request.trial, request.attempt)
