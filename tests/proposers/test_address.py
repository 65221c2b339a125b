"""A server's one name in the ledger."""

import pytest

from bench.options.urls import DEFAULT_BASE_URL
from bench.proposers.address import address_of, base_url_of, host_of


@pytest.mark.parametrize(
    ("url", "host"),
    [
        ("http://LOCALHOST:8000/v1", "localhost:8000"),
        ("https://Host:443/v1", "host"),
        ("http://[::1]:80/v1", "[::1]"),
    ],
)
def test_a_host_has_one_spelling(url: str, host: str) -> None:
    assert host_of(url) == host


SPELLINGS = [
    (
        "http://127.0.0.1:8000/v1",
        "http://127.0.0.1:8000/v1/",
        "HTTP://127.0.0.1:8000/a/../v1",
        "http://127.0.0.1:8000/%76%31",
    ),
    (
        "https://host/weak/v1",
        "https://HOST:443/weak/./v1//",
        "https://host/weak/v1?api-version=1",
        "https://host/weak/v1#x",
    ),
    ("http://[::1]/ünder/v1", "http://[::1]:80/%C3%BCnder/v1", "http://[::1]/x/../ünder/v1/"),
    ("http://host", "http://host/", "http://HOST:80"),
]


def test_an_address_has_one_spelling_and_two_are_two() -> None:
    addresses = [set(map(address_of, spellings)) for spellings in SPELLINGS]
    assert all(len(same) == 1 for same in addresses)
    apart = (
        "http://host/weak/v1",
        "http://host/strong/v1",
        "https://host:8000/v1",
        "http://host:8000/v1",
        "http://host/V1",
    )
    assert len(set(map(address_of, apart)) | set.union(*addresses)) == len(apart) + len(addresses)


def test_the_default_server_is_known_by_its_host_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("OPENAI_BASE_URL", raising=False)
    assert base_url_of(None) == DEFAULT_BASE_URL
    for spelling in (DEFAULT_BASE_URL, "https://API.openai.com:443/v1/"):
        assert address_of(spelling) == "api.openai.com"
    assert address_of("https://api.openai.com/v2") == "https://api.openai.com/v2"
    assert address_of("http://api.openai.com/v1") == "http://api.openai.com/v1"
