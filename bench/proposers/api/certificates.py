"""What a server's certificate is checked with, read when a connection first needs it."""

import os
import ssl
from collections.abc import Iterable
from functools import cached_property
from typing import Any

import httpx2

_OF_THE_USER = ("SSL_CERT_FILE", "SSL_CERT_DIR")
"""The variables that name other certificates than those of the machine."""


class _ReadLate(ssl.SSLContext):
    """Stands for the client's own context, which is made for the first connection over TLS.

    These two methods are all that a connection calls. Any other would find no certificate here,
    and trust no server.
    """

    @cached_property
    def _own(self) -> ssl.SSLContext:
        return httpx2.create_ssl_context()

    def set_alpn_protocols(self, alpn_protocols: Iterable[str]) -> None:
        self._own.set_alpn_protocols(alpn_protocols)

    def wrap_bio(self, *args: Any, **options: Any) -> ssl.SSLObject:
        return self._own.wrap_bio(*args, **options)


def certificates_for(base_url: str) -> ssl.SSLContext:
    """What connections to this server are checked with, and to where it sends on. Raises OSError.

    To read the certificates takes 20 ms, and a server over http needs them only where it sends on
    to https. A path of the user's that is wrong is told at once, as it would be for https.
    """
    named = filter(None, map(os.environ.get, _OF_THE_USER))
    if base_url.lower().startswith("http:") and all(map(os.path.exists, named)):
        return _ReadLate(ssl.PROTOCOL_TLS_CLIENT)
    return httpx2.create_ssl_context()
