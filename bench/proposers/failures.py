"""Why a request failed, in one line, and whether waiting can help."""

from dataclasses import dataclass
from typing import Any

from bench.proposers.base import Ends

_ADVICE = {
    400: "check the model's options and --request-json",
    401: "check the API key",
    402: "the account's quota is spent: add credit",
    403: "check what the API key may use",
    404: "check the model's name and --base-url",
    408: "raise --request-timeout, or run again later",
    409: "run again later",
    422: "check the model's options and --request-json",
    429: "wait, or run fewer workers",
}

_PASSING = (408, 409, 429)
"""The statuses below 500 that waiting cures."""

_QUOTA = ("insufficient_quota", "billing_hard_limit_reached", "billing_not_active")


@dataclass(frozen=True, slots=True)
class Failure:
    """What went wrong, what to do about it, and what need not be asked again."""

    what: str
    advice: str
    ends: Ends | None = None
    status: int | None = None


def is_quota(body: Any) -> bool:
    """Whether a reply's body says that the account has no money left, which comes as a 429."""
    error = body.get("error", body) if isinstance(body, dict) else None
    return isinstance(error, dict) and (error.get("code") in _QUOTA or error.get("type") in _QUOTA)


def explain(error: Exception) -> Failure:
    """The failure behind an error of the client, once its retries are used up."""
    import openai

    if isinstance(error, openai.APITimeoutError):
        return Failure("the request timed out", "raise --request-timeout")
    if isinstance(error, openai.APIConnectionError):
        cause = error.__cause__ or error
        return Failure(f"no whole reply ({str(cause) or type(cause).__name__})", "check the network and --base-url")
    if isinstance(error, openai.APIStatusError):
        what = f"HTTP {error.status_code}, {error.message.removeprefix(f'Error code: {error.status_code} - ')}"
        if is_quota(error.body):
            return Failure(what, "the account's quota is spent: add credit", "run", error.status_code)
        final = error.status_code < 500 and error.status_code not in _PASSING
        advice = _ADVICE.get(error.status_code, "check --base-url" if final else "run again later")
        return Failure(what, advice, "run" if final else None, error.status_code)
    return Failure(str(error) or type(error).__name__, "check --base-url")
