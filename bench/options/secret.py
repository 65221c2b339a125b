"""The secrets of a run: where they may come from, and how they are taken out of texts."""

import base64
import json
import os
from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import quote, quote_plus, unquote, unquote_plus, urlsplit

from bench.options.pairs import resolvable
from bench.options.settings import AskingOptions
from bench.options.urls import MARK, server_url

KEY_MARK = "[key]"
SHORTEST_SECRET = 7
"""Characters. A shorter value is no secret: local servers take "x" or "EMPTY" for a key."""

_KEYS = ("OPENAI_API_KEY", "OPENAI_ADMIN_KEY")
_HEADERS = "OPENAI_CUSTOM_HEADERS"
SECRET_VARIABLES = (*_KEYS, _HEADERS)
"""The variables of the environment that nobody else gets to see."""
_PROXIES = ("http_proxy", "https_proxy", "all_proxy")
_HIDDEN_IN_ADDRESSES_ALONE = ("api-version",)
"""Parameters whose values are hidden where an address is shown, and are no secrets elsewhere."""


@dataclass(frozen=True, slots=True)
class Secrets:
    """The secrets of a run, each with what is shown in its place."""

    shown: Mapping[str, str]

    def blotted(self, text: str) -> str:
        """The text with a mark in the place of each secret."""
        for secret, mark in self.shown.items():
            text = text.replace(secret, mark)
        return text

    def blotted_all(self, value: Any) -> Any:
        """A parsed JSON value with each of its texts blotted: no escape hides a secret there."""
        if isinstance(value, str):
            return self.blotted(value)
        if isinstance(value, list):
            return [self.blotted_all(item) for item in value]
        if isinstance(value, dict):
            return {self.blotted(name): self.blotted_all(item) for name, item in value.items()}
        return value


def secrets_of(asking: AskingOptions, models: Iterable[str] = ()) -> Secrets:
    """The secrets in a run's options and in the environment.

    But for a key, what is a part of a model's name is none, as a header that tells a gateway the
    deployment: results show it, and without it two models would be one.
    """
    found: dict[str, str] = {}
    names = (*models, *asking.base_model)
    headers = (*_custom_headers(), *(value for _, value in resolvable(asking.header)))
    from_options = (
        *_key_secrets(asking.api_key_file),
        *_query_secrets(asking),
        *_header_secrets(headers),
    )
    for secret, mark in (*from_options, *_proxy_secrets()):
        is_open = mark != KEY_MARK and any(secret in name for name in names)
        if secret and not is_open:
            found.setdefault(secret, mark)
            as_in_json = json.dumps(secret)[1:-1]
            found.setdefault(as_in_json, mark)
    longest_first = sorted(found, key=len, reverse=True)  # one may be part of another
    return Secrets({secret: found[secret] for secret in longest_first})


def key_text(file: Path | None) -> str:
    """What is in the key file or, without one, in OPENAI_API_KEY; it may be empty.

    Raises OSError and UnicodeDecodeError.
    """
    if file is None:
        return os.environ.get("OPENAI_API_KEY", "").strip("\ufeff").strip()
    content = file.read_bytes()
    is_utf16 = content.startswith((b"\xff\xfe", b"\xfe\xff"))  # as some editors and shells write
    return content.decode("utf-16" if is_utf16 else "utf-8-sig").strip()


def proxies() -> Iterator[tuple[str, str]]:
    """The proxies of the environment: the variable's name, and its value."""
    for name, value in os.environ.items():
        if name.lower() in _PROXIES and value.strip():
            yield name, value.strip()


def environment_for_others(asking: AskingOptions) -> dict[str, str]:
    """The environment for a program of somebody else's: without API keys and headers of the run.

    Nor with pytest's own variables: one of them names the present test, and so a hidden rule.
    Proxies stay, with their passwords, as nothing could be reached without them.
    """
    hidden = secrets_of(asking).shown
    return {
        name: value
        for name, value in os.environ.items()
        if name not in SECRET_VARIABLES
        and not name.startswith("PYTEST_")
        and (name.lower() in _PROXIES or not any(secret in value for secret in hidden))
    }


def _key_secrets(file: Path | None) -> Iterator[tuple[str, str]]:
    found = [os.environ.get(name, "").strip() for name in _KEYS]
    with suppress(OSError, UnicodeDecodeError):
        found.append(key_text(file))
    yield from _long_enough(found, KEY_MARK)


def _custom_headers() -> Iterator[str]:
    """The values in OPENAI_CUSTOM_HEADERS, which the client sends: lines of `Name: value`."""
    for line in os.environ.get(_HEADERS, "").split("\n"):
        yield line.partition(":")[2].strip()


def _header_secrets(values: Iterable[str]) -> Iterator[tuple[str, str]]:
    for value in values:
        yield from _long_enough((value, value.rpartition(" ")[2]))  # "Bearer abc": abc too


def _proxy_secrets() -> Iterator[tuple[str, str]]:
    for _, value in proxies():
        user_and_password = value.rpartition("@")[0].rpartition("://")[2]
        if not user_and_password:
            continue
        yield f"{user_and_password}@", f"{MARK}@"
        password = user_and_password.partition(":")[2]
        header = base64.b64encode(unquote(user_and_password).encode()).decode()
        yield from _long_enough((password, unquote(password), header))


def _query_secrets(asking: AskingOptions) -> Iterator[tuple[str, str]]:
    """The values in the query of the server's address, and in `--query`."""
    parts: list[str] = []
    with suppress(ValueError):
        parts += filter(None, urlsplit(server_url(asking.base_url)).query.split("&"))
    for name, value in resolvable(asking.query):
        parts += (f"{quote_plus(name)}={escaped(value)}" for escaped in (quote, quote_plus))
    for part in parts:
        yield from _parameter_secrets(part)


def _parameter_secrets(part: str) -> Iterator[tuple[str, str]]:
    """The value in one part of a query: within an address, and on its own."""
    name, equals, value = part.partition("=")
    for mark in "?&":
        yield f"{mark}{part}", f"{mark}{name}={MARK}" if equals else f"{mark}{MARK}"
    if name not in _HIDDEN_IN_ADDRESSES_ALONE:
        plain = unquote_plus(value or name)
        yield from _long_enough((value or name, plain, quote_plus(plain)))


def _long_enough(values: Iterable[str], mark: str = MARK) -> Iterator[tuple[str, str]]:
    return ((value, mark) for value in values if len(value) >= SHORTEST_SECRET)
