"""The key of a question, by which the ledger finds its answer.

The server gets it as the header X-Client-Request-Id.
"""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from bench.proposers.proposer import Request

HOW_IT_COMES = ("stream",)
"""Fields of a body that are no part of the question, as they do not change the answer."""


@dataclass(frozen=True, slots=True)
class Question:
    """A request with what it is known by."""

    request: Request
    body: Mapping[str, Any]
    """What is sent for it."""
    text: str
    """The body as `canonical` gives it."""
    key: str


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
    return question_of(request, body, address).key


def question_of(request: Request, body: Mapping[str, Any], address: str) -> Question:
    """What is asked of the server at this address by a request with this body."""
    text = canonical(body)
    return Question(request, body, text, key_of(text, address, request.trial, request.attempt))
