"""What a server says about a failure: the code, the message, and the field at fault."""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from bench.proposers.api.reading import mapping

LONGEST = 600
"""Characters of a message that are shown: some servers send the whole request back."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ServerWords:
    """A server's own words about a failure. Empty where it says nothing."""

    message: str = ""
    param: str = ""
    """The field of the body that it names, such as `reasoning.effort`."""
    code: str = ""
    kinds: tuple[str, ...] = ()
    """All its names for the failure, in lower case: the code, the type, an inner code."""

    @property
    def status(self) -> int | None:
        """The code as an HTTP status, where it is one: gateways pass statuses on within a 200."""
        return int(self.code) if re.fullmatch("[45][0-9][0-9]", self.code) else None

    def after(self, head: str) -> str:
        """A head such as `HTTP 400`, then the message, and the code unless it was said already."""
        message = self.message[:LONGEST] + ("..." if len(self.message) > LONGEST else "")
        line = f"{head}, {message}" if message else head
        is_told = self.code.lower() in line.lower()
        return line if is_told else f"{line} ({self.code})"


def error_in(reply: Mapping[str, Any]) -> Any:
    """The `error` of a reply, or of a part of it; None for none.

    Gateways send one whose fields are all empty with each answer. MiniMax has it in `base_resp`,
    with a code of 0 beside an answer.
    """
    error, state = reply.get("error"), mapping(reply.get("base_resp"))
    if not error and state.get("status_code"):
        return {"code": state["status_code"], "message": state.get("status_msg")}
    fields = error.values() if isinstance(error, Mapping) else (error,)
    return error if any(fields) else None


def read_words(error: Any) -> ServerWords:
    """The words in an error: in the `error` of a reply's body, or else in the whole body."""
    if isinstance(error, list) and error:
        error = error[0]  # Gemini's compatible endpoint wraps its errors so
    if isinstance(error, Mapping) and error.get("error"):
        error = error["error"]
    if isinstance(error, str):
        return ServerWords(message=error)
    if not isinstance(error, Mapping):
        return ServerWords()
    if isinstance(complaints := error.get("detail"), list):
        return _of_pydantic(complaints)
    code = error.get("code")
    inner = mapping(error.get("innererror")).get("code")
    kinds = filter(None, map(_text, (code, error.get("type"), inner)))
    return ServerWords(
        message=_message(error),
        param=_text(error.get("param")),
        code=str(code) if isinstance(code, str | int) else "",
        kinds=tuple(kind.lower() for kind in kinds),
    )


def _message(error: Mapping[str, Any]) -> str:
    texts = (_text(error.get(name)) for name in ("message", "msg", "detail", "error_description"))
    message = next(filter(None, texts), "")
    # A gateway's message only says that a provider failed; the provider's own says why.
    behind = _text(mapping(error.get("metadata")).get("raw"))
    return f"{message}: {behind}" if message and behind else message or behind


def _of_pydantic(complaints: list[Any]) -> ServerWords:
    """The first complaint of a server that checks bodies with pydantic."""
    first = mapping(complaints[0]) if complaints else {}
    place = first.get("loc")
    names = [str(name) for name in place if name != "body"] if isinstance(place, list) else []
    param, kind = ".".join(names), _text(first.get("type"))
    what = _text(first.get("msg")) or json.dumps(first)
    message = f"{param}: {what}" if param else what
    return ServerWords(message=message, param=param, code=kind, kinds=(kind.lower(),))


def _text(value: Any) -> str:
    return value if isinstance(value, str) else ""
