"""What the server answers: GET and HEAD from this machine, of what it knows by name."""

import json
from collections.abc import Mapping
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import unquote

from bench.show.served.refreshed import LOOK, RUN, SCRIPT, ServedPage, script
from bench.show.served.rendered import Rendered

ADDRESS = "127.0.0.1"
_NAMES = ("localhost", ADDRESS, "[::1]")
"""What a browser on this machine may call the server. A page of somebody else's can have its own
name lead here (DNS rebinding), and would read with it what the server shows.
"""
_ALWAYS = {
    "Cache-Control": "no-store",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
}
_NOTHING = "default-src 'none'; frame-ancestors 'none'"
HTML, TEXT, JSON = (
    f"{kind}; charset=utf-8" for kind in ("text/html", "text/plain", "application/json")
)
JAVASCRIPT = "text/javascript; charset=utf-8"


class Server(ThreadingHTTPServer):
    """The server of one reports folder. Raises OSError where the port is taken."""

    def __init__(self, reports: Path, port: int) -> None:
        super().__init__((ADDRESS, port), Answers)
        self.rendered = Rendered(reports)
        port = self.server_address[1]
        self.hosts = {f"{name}:{port}" for name in _NAMES} | (set(_NAMES) if port == 80 else set())

    def handle_error(self, request: object, client_address: object) -> None:
        """Say nothing: a browser that goes away in the middle of an answer is no error."""


class Answers(BaseHTTPRequestHandler):
    """Answers one connection."""

    server: Server
    protocol_version = "HTTP/1.1"
    server_version, sys_version = "llm-pv", ""
    timeout = 30
    """Seconds that a browser may leave a connection unused."""

    def do_GET(self) -> None:
        """Answer with what is there by this name."""
        hosts = self.headers.get_all("Host") or []
        if len(hosts) != 1 or hosts[0].lower() not in self.server.hosts:
            return self.send_error(HTTPStatus.FORBIDDEN, "this server answers to localhost alone")
        if self.headers["Content-Length"] or self.headers["Transfer-Encoding"]:
            return self.send_error(HTTPStatus.BAD_REQUEST, "a question has no body here")
        path, rendered = self.path.partition("?")[0], self.server.rendered
        if path == "/":
            return self._show(rendered.runs())
        if path == SCRIPT:
            return self._answer(HTTPStatus.OK, JAVASCRIPT, script())
        if path == LOOK:
            return self._tell(rendered.version(""), rendered.pause(""))
        name = _named(path, f"{LOOK}/")
        if name and (version := rendered.version(name)):
            return self._tell(version, rendered.pause(name))
        name = _named(path, RUN)
        if name and (run := rendered.known(name)) is not None:
            return self._show(rendered.run(run))
        return self.send_error(HTTPStatus.NOT_FOUND, "there is no such run here")

    do_HEAD = do_GET  # noqa: N815 - http.server calls it by this name

    def _show(self, shown: ServedPage) -> None:
        self._answer(HTTPStatus.OK, HTML, shown.html, {"Content-Security-Policy": shown.policy})

    def _tell(self, version: str, pause: float) -> None:
        told = json.dumps({"version": version, "pause": round(pause, 1)})
        self._answer(HTTPStatus.OK, JSON, told.encode())

    def _answer(
        self, status: int, kind: str, body: bytes, more: Mapping[str, str] | None = None
    ) -> None:
        self.send_response(status)
        headers = {"Content-Security-Policy": _NOTHING, **_ALWAYS, **(more or {})}
        length = {"Content-Type": kind, "Content-Length": str(len(body))}
        for name, value in (headers | length).items():
            self.send_header(name, value)
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)

    def send_error(self, code: int, message: str | None = None, _: str | None = None) -> None:
        """Refuse in one line of plain text. A method that is not answered changes nothing."""
        status = HTTPStatus(code)
        if status == HTTPStatus.NOT_IMPLEMENTED:
            status, message = HTTPStatus.METHOD_NOT_ALLOWED, "only GET and HEAD are answered"
        self.close_connection = True
        more = {"Connection": "close", "Allow": "GET, HEAD"}
        self._answer(status, TEXT, f"{message or status.phrase}\n".encode(), more)

    def log_message(self, *_: object) -> None:
        """Log nothing: the terminal is for what its user has to know."""


def _named(path: str, before: str) -> str:
    """The name in a path, which is looked up among the names of the runs and is never a path."""
    if not path.startswith(before):
        return ""
    return unquote(path.removeprefix(before), errors="surrogateescape")
