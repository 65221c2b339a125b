"""Secrets in addresses, keys, headers and proxies: used where they belong, and told nowhere."""

import codecs
import json
from base64 import b64encode
from pathlib import Path

import pytest

from bench.options.resolve import resolve
from bench.options.secret import secrets_of
from bench.options.settings import AskingOptions, SettingsError
from bench.options.urls import masked
from bench.proposers.address import check_proxies
from bench.proposers.api.credentials import read_key

ENVIRONMENT = ("OPENAI_API_KEY", "OPENAI_BASE_URL", "OPENAI_CUSTOM_HEADERS", "NO_PROXY", "no_proxy")
PROXIES = ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "http_proxy", "https_proxy", "all_proxy")


@pytest.fixture(autouse=True)
def _bare(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in (*ENVIRONMENT, *PROXIES):
        monkeypatch.delenv(name, raising=False)


@pytest.mark.parametrize(
    ("address", "shown"),
    [
        ("http://127.0.0.1:8000/v1", "http://127.0.0.1:8000/v1"),
        ("http://me:hunter2@127.0.0.1/v1", "http://[secret]@127.0.0.1/v1"),
        ("http://me:hun@ter2@127.0.0.1/v1", "http://[secret]@127.0.0.1/v1"),
        ("http://me:hun/ter2@[::1/v1", "http://[secret]@[::1/v1"),
        ("me:hunter2@localhost", "[secret]@localhost"),
        ("ftp://me:a://hunter2@localhost", "[secret]@localhost"),
        (
            "https://host/v1?key=hunter2&api-version=1",
            "https://host/v1?key=[secret]&api-version=[secret]",
        ),
        ("https://host/v1?hunter2", "https://host/v1?[secret]"),
        ("https://host/v1?key=hun=ter2&", "https://host/v1?key=[secret]&"),
        ("https://host/v1#hunter2", "https://host/v1#[secret]"),
    ],
)
def test_an_address_is_shown_without_its_secrets(address: str, shown: str, tmp_path: Path) -> None:
    assert masked(address) == shown
    try:
        resolve({"base_url": address}, {}, tmp_path)
    except SettingsError as refused:
        assert repr(shown) in str(refused) and "hunter2" not in str(refused)
    else:
        assert "@" not in address and "#" not in address


def test_a_key_in_the_place_of_its_file_is_not_shown(tmp_path: Path) -> None:
    with pytest.raises(
        SettingsError, match=r"--api-key-file: '\[secret\]' is not allowed; give a file"
    ):
        resolve({"api_key_file": "sk-0123456789abcdefghij"}, {}, tmp_path)
    with pytest.raises(
        SettingsError, match=r"--api-key-file: 'lost.txt' is not allowed; give a file"
    ):
        resolve({"api_key_file": "lost.txt"}, {}, tmp_path)


@pytest.mark.parametrize(
    "content",
    [
        codecs.BOM_UTF8 + b"sk-from-a-file\r\n",
        b"  sk-from-a-file\n",
        codecs.BOM_UTF16_LE + "sk-from-a-file\r\n".encode("utf-16-le"),
    ],
)
def test_a_key_file_of_any_editor_is_read(content: bytes, tmp_path: Path) -> None:
    path = tmp_path / "key"
    path.write_bytes(content)
    asking = AskingOptions(api_key_file=path)
    assert read_key(asking) == "sk-from-a-file"
    assert secrets_of(asking).blotted("of sk-from-a-file.") == "of [key]."


@pytest.mark.parametrize(
    ("given", "text", "without"),
    [
        (
            {"OPENAI_CUSTOM_HEADERS": "X-Team: red-team-7\nAuthorization: Bearer abcdefgh"},
            "red-team-7, Bearer abcdefgh and abcdefgh",
            "[secret], [secret] and [secret]",
        ),
        (
            {"https_proxy": "http://me:p%40ssword@proxy:3128"},
            "me:p%40ssword@proxy, p@ssword",
            "[secret]@proxy, [secret]",
        ),
        ({"ALL_PROXY": "me:pw@proxy:1"}, "http://me:pw@proxy:1 pw", "http://[secret]@proxy:1 pw"),
        (
            {"HTTP_PROXY": "http://me:hunter22@proxy"},
            b64encode(b"me:hunter22").decode(),
            "[secret]",
        ),
        (
            {"OPENAI_BASE_URL": "http://h/v1?key=a%20long%20one&k=7&api-version=preview"},
            "GET /v1?key=a+long+one&k=7 a long one 7 preview",
            "GET /v1?key=[secret]&k=[secret] [secret] 7 preview",
        ),
        (
            {"OPENAI_API_KEY": "sk-\u00e9t\u00e9-1234"},
            json.dumps("sk-\u00e9t\u00e9-1234"),
            '"[key]"',
        ),
        ({"OPENAI_API_KEY": "EMPTY"}, "an EMPTY set", "an EMPTY set"),
    ],
)
def test_secrets_are_blotted_out(
    given: dict[str, str], text: str, without: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in given.items():
        monkeypatch.setenv(name, value)
    assert secrets_of(AskingOptions()).blotted(text) == without


@pytest.mark.parametrize(
    "value",
    [
        "http://me:hun#ter22@proxy:1",
        "me:hun/ter22@proxy:1",
        "http://me:1?ter22@proxy",
        "ftp://ter22",
        "ter22:99999",
    ],
)
@pytest.mark.parametrize("name", ["HTTPS_PROXY", "all_proxy"])
def test_a_proxy_that_cannot_be_asked_is_refused_unseen(
    value: str, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(name, value)
    with pytest.raises(
        SettingsError, match=f"^{name}: its value, .* give a URL .* %23 for #"
    ) as refused:
        check_proxies()
    assert "ter22" not in str(refused.value)
    monkeypatch.setenv(name, "http://me:p@ss%23word@proxy:3128/")
    check_proxies()
