"""What a request carries beside its body: the API key, further headers, parameters of the query."""

from collections.abc import Iterable

from bench.options import pairs
from bench.options.secret import key_text
from bench.options.settings import AskingOptions, SettingsError


def read_key(asking: AskingOptions) -> str:
    """The API key; an empty text where a header of `--header` stands in its place.

    Raises SettingsError where there is none, or it cannot be sent.
    """
    if asking.api_key_file is None and pairs.bring_credentials(asking.header):
        return ""
    where = asking.api_key_file or "OPENAI_API_KEY"
    try:
        key = key_text(asking.api_key_file)
    except (OSError, UnicodeDecodeError):
        raise SettingsError(f"cannot read the API key in {where}: check --api-key-file") from None
    if not key:
        raise SettingsError("no API key: set OPENAI_API_KEY or give --api-key-file")
    if not key.isascii() or not key.isprintable() or " " in key:
        raise SettingsError(f"the API key is not one word of ASCII: check {where}")
    return key


def read_headers(asking: AskingOptions) -> list[tuple[str, str]]:
    """The names and values of `--header`. Raises SettingsError for what is not there."""
    return _read("--header", asking.header)


def read_query(asking: AskingOptions) -> list[tuple[str, str]]:
    """The names and values of `--query`. Raises SettingsError for what is not there."""
    return _read("--query", asking.query)


def _read(option: str, given: Iterable[str]) -> list[tuple[str, str]]:
    try:
        return list(pairs.resolved(given))
    except ValueError as error:
        raise SettingsError(f"{option}: {error}") from None
