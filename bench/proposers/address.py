"""The address of the server: to connect to, as the ledger's key for it, and as users see it."""

import os
from urllib.parse import quote, unquote, urljoin, urlsplit

from bench.options.secret import proxies
from bench.options.settings import SettingsError
from bench.options.urls import DEFAULT_BASE_URL, masked, proxy, server_url, url

DEFAULT_HOST = "api.openai.com"

_PORTS = {"http": 80, "https": 443}
_IN_PATHS = "/:@!$&'()*+,;=~"
"""The characters that are not escaped in a path."""


def base_url_of(option: str | None) -> str:
    """The URL that requests go to with this `--base-url`. Raises SettingsError if it is none."""
    given = server_url(option)
    try:
        return url(given)
    except ValueError as allowed:
        raise SettingsError(
            f"OPENAI_BASE_URL: {masked(given)!r} is not allowed; give {allowed}"
        ) from None


def check_proxies() -> None:
    """Raise SettingsError where a proxy in the environment cannot be used."""
    if os.environ.get("NO_PROXY", os.environ.get("no_proxy", "")).strip() == "*":
        return
    for name, value in proxies():
        try:
            proxy(value)
        except ValueError as allowed:
            raise SettingsError(
                f"{name}: its value, which is not shown, is not allowed; give {allowed}"
            ) from None


def host_of(base_url: str) -> str:
    """The host of a URL, with the port unless it is the scheme's own. Raises ValueError."""
    parts = urlsplit(base_url)
    host = f"[{parts.hostname}]" if ":" in (parts.hostname or "") else parts.hostname or ""
    return host if parts.port in (None, _PORTS.get(parts.scheme)) else f"{host}:{parts.port}"


def address_of(base_url: str) -> str:
    """A server's one name in the ledger: scheme, host, port and path. Raises ValueError.

    OpenAI's own server is known by its host alone, as in the ledgers of older versions.
    """
    parts = urlsplit(urljoin(base_url, urlsplit(base_url).path))  # resolves dots in the path
    path = quote(unquote(parts.path), safe=_IN_PATHS).rstrip("/")
    address = f"{parts.scheme.lower()}://{host_of(base_url)}{path}"
    return DEFAULT_HOST if address == DEFAULT_BASE_URL else address
