"""NAME=VALUE, as headers and query parameters are given: what may be, what is sent, what is shown.

A value `env:VARIABLE` stands for what that variable of the environment holds when a model is asked.
Any other value may be a secret, and is never shown.
"""

import os
import re
from collections.abc import Iterable, Iterator
from contextlib import suppress

from bench.options.urls import MARK
from bench.options.values import ValueKind

ENV = "env:"

_TOKEN = re.compile(r"[A-Za-z0-9!#$%&'*+.^_`|~-]+")
"""The name of a header (RFC 9110)."""
_OF_THE_CLIENT = (
    *("content-encoding", "content-length", "content-type", "transfer-encoding"),
    *("connection", "host", "x-client-request-id"),
)
"""What says how a body is sent, and by which key the ledger has the answer."""
_CREDENTIALS = ("authorization", "api-key", "x-api-key", "x-goog-api-key")
"""The headers by which servers know who asks, in the place of the API key."""

_A_PAIR = f"NAME=VALUE, or NAME={ENV}VARIABLE"
_ARGUMENT = re.compile(r"((?:--|(?:-o)?llmpv_)(?:header|query)=)(.*)", re.DOTALL)
"""An argument that holds an option and its value."""


def _header(text: str) -> str:
    name, value = _split(text)
    if not _TOKEN.fullmatch(name) or not _is_sendable(value):
        raise ValueError
    if name.lower() in _OF_THE_CLIENT:
        raise ValueError(f"another header: {name} is the client's own")
    return f"{name}={value}"


def _parameter(text: str) -> str:
    name, value = _split(text)
    if not name.isprintable() or not value.isprintable():
        raise ValueError
    return f"{name}={value}"


def _split(text: str) -> tuple[str, str]:
    """The name and the value, neither of them empty. Raises ValueError."""
    name, _, value = (part.strip() for part in text.partition("="))
    if not name or not value or value == ENV:
        raise ValueError
    return name, value


def _is_sendable(value: str) -> bool:
    return value.isascii() and value.isprintable()


def shown(pair: str) -> str:
    """A pair without its value, if that may be a secret. It need not be a sound one."""
    name, equals, value = pair.partition("=")
    if not equals:
        return MARK  # somebody may have given the secret alone
    return pair if value.strip().startswith(ENV) else f"{name}={MARK}"


def command_shown(arguments: Iterable[str]) -> Iterator[str]:
    """The arguments of a command, without the values of the headers and parameters in them."""
    follows = False
    for argument in arguments:
        if follows:
            yield shown(argument)
        elif held := _ARGUMENT.fullmatch(argument):
            yield f"{held[1]}{shown(held[2])}"
        else:
            yield argument
        follows = argument in ("--header", "--query")


def resolved(pairs: Iterable[str]) -> Iterator[tuple[str, str]]:
    """Names and values, those of `env:` pairs read from the environment.

    Raises ValueError, which says what is missing or cannot be sent.
    """
    for pair in pairs:
        name, _, value = pair.partition("=")
        if value.startswith(ENV):
            variable = value.removeprefix(ENV).strip()
            value = os.environ.get(variable, "").strip()
            if not value:
                raise ValueError(f"{pair}: {variable} is not set in the environment")
            if not _is_sendable(value):
                raise ValueError(f"{pair}: what {variable} holds is no line of ASCII")
        yield name, value


def resolvable(pairs: Iterable[str]) -> Iterator[tuple[str, str]]:
    """The names and values of those pairs whose variables are in the environment."""
    for pair in pairs:
        with suppress(ValueError):
            yield from resolved([pair])


def bring_credentials(headers: Iterable[str]) -> bool:
    """Whether a server knows by one of these headers who asks."""
    return any(pair.partition("=")[0].lower() in _CREDENTIALS for pair in headers)


HEADER = ValueKind(_A_PAIR, _header, shown=shown)
PARAMETER = ValueKind(_A_PAIR, _parameter, shown=shown)
