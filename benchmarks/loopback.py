"""A server on loopback in a process of its own, so that what it takes is not counted."""

import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager

from tests.support.server import Script, serve


@contextmanager
def served_by(script: str, *arguments: str) -> Iterator[str]:
    """The address of the server that a script of this folder is with the argument `serve`."""
    command = [sys.executable, script, "serve", *arguments]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        if process.stdout is None:
            raise SystemExit("no server")
        try:
            yield process.stdout.readline().strip()
        finally:
            process.kill()


def serve_until_killed(script: Script) -> None:
    """Print the address for `served_by`, and answer from then on."""
    with serve(script) as running:
        print(running.base_url, flush=True)
        time.sleep(3600)
