"""A page as it is served: with the script that has it built anew when its run has changed."""

import re
from dataclasses import dataclass
from functools import cache
from urllib.parse import quote

from markupsafe import Markup

from bench.show.page.template import resource

RUN, LOOK, SCRIPT = "/run/", "/version", "/live.js"
"""Where a run's page is, what says whether something has changed, and what asks for that."""
_POLICY = re.compile(r'<meta http-equiv="Content-Security-Policy" content="([^"]*)">\n?')
_HOME = '<p class="brand"><a href="/">All runs</a></p>'


@dataclass(frozen=True, slots=True)
class ServedPage:
    """A page, and what its answer says of it."""

    html: bytes
    policy: str
    """Its Content-Security-Policy."""
    version: str
    pause: float
    """Seconds until it is worth a look whether it has changed."""


def quoted(name: str) -> str:
    """A run's name as a part of an address. It may hold any byte that a file's name can."""
    return quote(name, safe="", errors="surrogateescape")


def live(html: str, name: str, version: str, pause: float) -> ServedPage:
    """The page of a run, or the list (an empty name), as it is served.

    A page's own policy lets it run nothing but its own script. It is sent as a header instead, and
    lets the server's script run as well. Raises ValueError where the page has none.
    """
    found = _POLICY.search(html)
    if found is None:
        raise ValueError("the page has no Content-Security-Policy")
    own = str(Markup(found[1]).unescape())  # noqa: S704 - a page of ours, which is not shown by it
    rules = [rule.strip() for rule in own.split(";") if not rule.strip().startswith("script-src")]
    scripts = next((r.strip() for r in own.split(";") if "script-src" in r), "script-src")
    also = (f"{scripts} 'self'", "connect-src 'self'", "frame-ancestors 'none'")
    html = html[: found.start()] + html[found.end() :]
    if name:
        html = html.replace("<header>", f"<header>\n{_HOME}", 1)
    tag = Markup('<script src="{}" data-look="{}" data-version="{}" data-pause="{}"></script>')
    look = f"{LOOK}/{quoted(name)}" if name else LOOK
    before, end, after = html.rpartition("</body>")
    html = f"{before}{tag.format(SCRIPT, look, version, f'{pause:.1f}')}{end}{after}"
    return ServedPage(html.encode(), "; ".join((*rules, *also)), version, pause)


@cache
def script() -> bytes:
    """What a served page runs beside its own script."""
    return resource("live.js", __package__).encode()
