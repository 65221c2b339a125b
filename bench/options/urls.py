"""Addresses: which ones can be asked, and how one is shown without the secrets in it."""

import os
import re
from urllib.parse import urlsplit

DEFAULT_BASE_URL = "https://api.openai.com/v1"
MARK = "[secret]"
AN_ADDRESS = "a URL that begins with http:// or https://, such as http://127.0.0.1:8000/v1"

_SCHEMES = ("http", "https")
_PROXY_SCHEMES = (*_SCHEMES, "socks5", "socks5h")
_VALUES = re.compile(r"(?<=[?&;])([^=&;#]*=)?[^&;#]+")
"""What follows each name in a query, or stands there alone."""


def server_url(base_url: str | None) -> str:
    """The server's address: the option's, else the environment's, else OpenAI's own."""
    return base_url or os.environ.get("OPENAI_BASE_URL", "").strip() or DEFAULT_BASE_URL


def url(text: str) -> str:
    """An address that can be asked. Raises ValueError that says what one looks like."""
    address = text.strip()
    if "@" in address:  # also where a special character hides that a password stands before it
        raise ValueError(
            "a URL without user and password, and with %40 for any other @; "
            "a key is read from OPENAI_API_KEY or --api-key-file"
        )
    if not _is_sound(address, _SCHEMES):
        raise ValueError(AN_ADDRESS)
    if "#" in address:
        raise ValueError("a URL without #: what follows it is not sent")
    return address


def proxy(text: str) -> str:
    """A proxy's address. Raises ValueError that says what one looks like."""
    address = text.strip()
    whole = address if "://" in address else f"http://{address}"
    parts = whole.partition("://")[2]
    if not _is_sound(whole, _PROXY_SCHEMES) or re.search(r"[?#]|/.", parts):
        raise ValueError(
            "a URL such as http://user:password@host:3128, with %23 for #, %2F for / and so on "
            "for the special characters of user and password"
        )
    return address


def masked(text: str) -> str:
    """An address as it may be shown: no user, no password, no values in its query.

    The text need not be a sound address: it may be what somebody gave for one.
    """
    scheme, separator, rest = text.rpartition("://") if text.count("://") == 1 else ("", "", text)
    hidden, at, rest = rest.rpartition("@")
    address, sharp, fragment = rest.partition("#")
    shown = _VALUES.sub(lambda value: f"{value[1] or ''}{MARK}", address)
    secret = MARK if hidden else ""
    return f"{scheme}{separator}{secret}{at}{shown}{sharp}{MARK if fragment else ''}"


def _is_sound(address: str, schemes: tuple[str, ...]) -> bool:
    try:
        parts = urlsplit(address)
        has_host = bool(parts.hostname) and parts.port != 0
        is_one_word = len(address.split()) == 1
        return parts.scheme in schemes and has_host and is_one_word
    except ValueError:
        return False
