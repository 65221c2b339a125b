"""When the certificates are read that servers over https are checked with."""

import ssl
from pathlib import Path

import httpx2
import pytest

from bench.proposers.api.certificates import certificates_for
from tests.proposers.api.test_failures import _key  # noqa: F401
from tests.proposers.api.test_redirections import LINES, Files, downloaded, running


def nameless(protocol: int) -> ssl.SSLContext:
    """One side of TLS where nobody has a certificate."""
    context = ssl.SSLContext(protocol)
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    context.maximum_version = ssl.TLSVersion.TLSv1_2
    context.set_ciphers("AECDH:@SECLEVEL=0")
    return context


@pytest.fixture
def read(monkeypatch: pytest.MonkeyPatch) -> list[ssl.SSLContext]:
    """The contexts that the client made, each of which reads the certificates of the machine."""
    made: list[ssl.SSLContext] = []

    def create() -> ssl.SSLContext:
        made.append(nameless(ssl.PROTOCOL_TLS_CLIENT))
        return made[-1]

    monkeypatch.setattr(httpx2, "create_ssl_context", create)
    for name in ("SSL_CERT_FILE", "SSL_CERT_DIR"):
        monkeypatch.delenv(name, raising=False)
    return made


def test_a_server_over_http_needs_none_until_it_sends_on_to_https(
    read: list[ssl.SSLContext],
) -> None:
    with running(Files()) as plain:
        assert (downloaded(plain), read) == ([LINES], [])
    store = Files()
    store.socket = nameless(ssl.PROTOCOL_TLS_SERVER).wrap_socket(store.socket, server_side=True)
    with running(store) as there, running(Files(there.replace("http:", "https:"))) as here:
        assert downloaded(here, times=2) == [LINES] * 2
    assert len(read) == 1


def test_they_are_read_at_once_for_https_and_where_the_user_names_some_that_are_not_there(
    read: list[ssl.SSLContext], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    assert [certificates_for("https://server/v1")] == read
    monkeypatch.setenv("SSL_CERT_DIR", str(tmp_path))
    assert certificates_for("HTTP://server/v1") not in read
    assert len(read) == 1
    monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "mine.pem"))
    assert certificates_for("HTTP://server/v1") is read[-1]
