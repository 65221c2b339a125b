"""`llm-pv view` and `python -m bench.report --serve`: the runs in a browser."""

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

from bench.options.arguments import argument
from bench.options.values import whole
from bench.record.say import complain, say
from bench.show.served.known_runs import FOLDER

PORT = 8377
"""The usual port: with the same one each time a browser finds again what it had open."""


def main(arguments: Sequence[str] | None = None, prog: str = "llm-pv view") -> int:
    """Show the runs until Ctrl-C."""
    parser = argparse.ArgumentParser(
        prog=prog,
        description="Show the runs of a reports folder in a browser on this machine, "
        "built anew while a run goes on. Nothing is written.",
    )
    parser.add_argument(
        "reports", nargs="?", type=Path, default=Path("reports"), help="the folder (reports)"
    )
    parser.add_argument(
        "--port",
        type=argument(whole(0, 65535)),
        default=PORT,
        help=f"of 127.0.0.1; 0 for one that is free ({PORT})",
    )
    given = parser.parse_args(arguments)
    if not given.reports.is_dir():
        complain(f"{prog}: {given.reports} is no folder; give the one that runs report to")
        return 2
    if (runs := given.reports / FOLDER).is_symlink():
        complain(f"{prog}: {runs} is a link, which may lead anywhere: let the folder above be one")
        return 2
    return _serve(given.reports.resolve(), given.port, prog)


def _serve(reports: Path, port: int, prog: str) -> int:
    from bench.show.served.answers import ADDRESS, Server

    try:
        server = Server(reports, port)
    except OSError as error:
        why = error.strerror or error
        complain(f"{prog}: port {port}: {why}; give another with --port, or 0 for a free one")
        return 2
    with server:
        say(f"http://{ADDRESS}:{server.server_address[1]}/ shows {reports}; Ctrl-C ends it\n")
        sys.stdout.flush()
        try:
            server.serve_forever(poll_interval=0.2)
        except KeyboardInterrupt:
            say("\nended\n")
    return 0
