"""Why a request failed, in one line, and what need not be asked again."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from bench.proposers.api.blame import QUESTION, Fault, fault_of, is_of_effort, is_of_model
from bench.proposers.api.body import CHAT_FIELDS, RESPONSES_FIELDS
from bench.proposers.api.words import ServerWords, read_words
from bench.proposers.proposer import Ends

_ADVICE = {
    400: "check the model's options, --request-json and --omit",
    401: "check the API key",
    402: "the account's quota is spent: add credit",
    403: "check what the API key may use",
    404: "check the model's name and --base-url",
    408: "raise --request-timeout, or run again later",
    409: "run again later",
    413: "the prompt is too long for the server: lower --train-size or --lengths",
    422: "check the model's options, --request-json and --omit",
    429: "wait, or run fewer workers",
}

_BLAMED: dict[Fault, tuple[Ends, str]] = {
    "refused": ("point", "the server refuses this prompt"),
    "too long": ("point", "the prompt is too long for the model: lower --train-size or --lengths"),
    "prompt": ("point", "the server does not take this prompt"),
    "model": ("model", "check the model's name"),
    # The end of the point alone: with `--tools none,python` others ask without tools.
    "tools": ("point", "give --tools none"),
    "limit": ("model", "lower --max-output-tokens"),
    "lacking": ("run", "check --api and --base-url"),
    "key": ("run", "check the API key"),
    "quota": ("run", "the account's quota is spent: add credit"),
}
"""What each fault ends, and what to do about it. For a parameter that depends on which it is."""

PASSING = (408, 409, 429)
"""The statuses below 500 that may pass with time."""

UNREAD = (400, 422)
"""The statuses of a refused body."""

_ASKED_BY = {
    "background": "--background",
    "service_tier": "--service-tier",
    "verbosity": "--text-verbosity",
}
"""The fields that are sent for an option alone."""

_FIELD = re.compile(r"(?<=['\"`])\w+|\w+_\w+")
"""What may be the name of a field in a message: it is quoted, or has an underscore."""

RESPONSES = "/responses"
"""The path of the Responses API."""


@dataclass(frozen=True, slots=True)
class Failure:
    """What went wrong, what to do about it, and what need not be asked again."""

    what: str
    advice: str
    ends: Ends | None = None
    status: int | None = None
    is_refusal: bool = False
    """Whether a content filter refused the prompt."""
    is_too_long: bool = False
    """Whether the model cannot read so much at once."""


_TIMED_OUT = Failure("the request timed out", "raise --request-timeout")


def explain(error: Exception, path: str, body: Mapping[str, Any]) -> Failure:
    """The failure behind an error of the client, after its retries.

    `body` is what was sent, and `path` where it was sent to.
    """
    import httpx2
    import openai

    if isinstance(error, openai.APITimeoutError):
        if isinstance(error.__cause__, httpx2.ConnectTimeout):
            seconds = error.request.extensions["timeout"]["connect"]
            what = f"no connection within {seconds:g} s"
            return Failure(what, "check the network and --base-url")
        return _TIMED_OUT
    if isinstance(error.__cause__, httpx2.ReadTimeout):
        return _TIMED_OUT
    if isinstance(error, openai.APIConnectionError):
        cause = error.__cause__ or error
        what = f"no whole reply ({str(cause) or type(cause).__name__})"
        return Failure(what, "check the network and --base-url")
    if isinstance(error, openai.APIStatusError):
        words = read_words(error.body)
        what = words.after(f"HTTP {error.status_code}")
        return _judged(what, words, error.status_code, path, body)
    return Failure(str(error) or type(error).__name__, "check --base-url")


def told(
    head: str, error: Any, path: str, body: Mapping[str, Any], status: int | None = None
) -> Failure:
    """The failure that an `error` tells of, with a status where one is told beside it."""
    words = read_words(error)
    return _judged(words.after(head), words, status or words.status, path, body)


def _judged(
    what: str, words: ServerWords, status: int | None, path: str, body: Mapping[str, Any]
) -> Failure:
    """The failure that these words and this status tell of; None is the status of a 200."""
    fault = _fault(words, status)
    if fault is None:
        ends, advice = _by_status(status, path)
    else:
        ends, advice = _of_parameter(words, body) if fault == "parameter" else _BLAMED[fault]
    kinds = {"is_refusal": fault == "refused", "is_too_long": fault == "too long"}
    return Failure(what, advice, ends, status, **kinds)


def _fault(words: ServerWords, status: int | None) -> Fault | None:
    """What is at fault; None where only the status can say what to do."""
    if status in (401, 402) or fault_of(words) == "quota":
        return "key" if status == 401 else "quota"
    if status in PASSING:
        return None
    # A server in trouble may say anything, and a wrong address names no parameter of ours.
    fault = fault_of(words, named_alone=status is None or status >= 500)
    is_of_body = status is None or status in UNREAD  # None: an error in a reply of status 200
    return fault if is_of_body or fault in ("refused", "too long", "model", "tools") else None


def _by_status(status: int | None, path: str) -> tuple[Ends | None, str]:
    """What a failure of this status ends, and what to do about it."""
    if status is None:
        return None, "run again"
    if status in PASSING or status >= 500:
        return None, _ADVICE.get(status, "run again later")
    if status in UNREAD:
        # What is at fault is not known. If it is ours, all requests fail, and that stops the run.
        return None, _ADVICE[status]
    advice = _ADVICE.get(status, "check --base-url")
    if status in (404, 405) and path == RESPONSES:
        advice += ", or give --api chat where the server has no Responses API"
    return "point" if status == 413 else "run", advice


def _of_parameter(words: ServerWords, body: Mapping[str, Any]) -> tuple[Ends, str]:
    """What the refusal of a parameter ends, and how to leave the parameter out."""
    fields = _fields(words, body)
    asked_for = [_ASKED_BY[name] for name in fields if name in _ASKED_BY]
    if asked_for and len(asked_for) == len(fields):
        return "run", f"leave out {' and '.join(asked_for)}"
    ours = [name for name in fields if name in (*RESPONSES_FIELDS, *CHAT_FIELDS)]
    cure = f"--omit {','.join(ours) or 'FIELD'} leaves it out"
    if fields and not ours:
        cure = f"take {' and '.join(fields)} out of the file of --request-json"
    if is_of_effort(words):
        return "effort", f"give another --reasoning-effort, or {cure}"
    return "model" if is_of_model(words) else "run", cure


def _fields(words: ServerWords, body: Mapping[str, Any]) -> list[str]:
    """The fields of the body that a server names: in `param`, or as the first of each line."""
    if words.param:
        lines = [re.findall(r"\w+", words.param)]
    else:
        lines = [re.findall(_FIELD, line) for line in words.message.splitlines()]
    sent = ([name for name in named if name in body and name not in QUESTION] for named in lines)
    return list(dict.fromkeys(names[0] for names in sent if names))
