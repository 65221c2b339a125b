"""Starts zygotes, and tells how well this machine can isolate their children."""

import socket
import subprocess
import sys
from collections.abc import Collection, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

from bench.jail.isolation import Isolation, parse
from bench.jail.outside.preloaded import BARE

START_SECONDS = 60.0

_ENVIRONMENT = {
    # Sets of strings always have the same order, so that a rerun gives the same predictions.
    "PYTHONHASHSEED": "0",
    "TZ": "UTC",
    # Threads do not survive a fork, and each reserves memory.
    "OPENBLAS_NUM_THREADS": "1",
    "OMP_NUM_THREADS": "1",
    # Every further arena would reserve 64 MiB of address space.
    "MALLOC_ARENA_MAX": "2",
    # Each child would look up the functions that it is the first to call.
    "LD_BIND_NOW": "1",
}


class JailBroken(Exception):
    """The jail cannot run any program: one line that says why and what to do.

    Never raised for something that a candidate did.
    """


@dataclass(frozen=True, slots=True)
class Zygote:
    """A zygote process, its control socket, and the isolation of its children."""

    process: subprocess.Popen[bytes]
    control: socket.socket
    isolation: Isolation

    def stop(self) -> None:
        """End the zygote and its children, and wait until they have ended."""
        self.control.close()  # this makes it end
        try:
            self.process.communicate(timeout=5)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.communicate()


def detect(without: Collection[str] = ()) -> Isolation:
    """The isolation that this machine gives: a small zygote is started to try every part.

    Raises JailBroken.
    """
    zygote = start(BARE, without)
    zygote.stop()
    return zygote.isolation


def start(preload: Sequence[str], without: Collection[str] = ()) -> Zygote:
    """Start a zygote that imports this, and wait until it is ready. Raises JailBroken."""
    process = None
    try:
        ours, theirs = socket.socketpair()
        with ExitStack() as failed:
            failed.callback(ours.close)
            with theirs:
                process = _boot(theirs, preload, without)
            zygote = Zygote(process, ours, _greeting(ours))
            failed.pop_all()
        return zygote
    except (OSError, EOFError) as error:
        raise JailBroken(
            f"the jail does not start with {sys.executable}: {_last_words(process) or error}"
        ) from None


def _boot(
    control: socket.socket, preload: Sequence[str], without: Collection[str]
) -> "subprocess.Popen[bytes]":
    installed_in = {"site-packages", "dist-packages"}
    site_packages = [path for path in sys.path if Path(path).name in installed_in]
    arguments = [str(control.fileno()), ",".join(preload), ",".join(without), *site_packages]
    # -P, -s and -S keep the harness's path and the hooks of `site` out. -I would do so as well, but
    # would also ignore PYTHONHASHSEED.
    no_files = ["-B"] if sys.dont_write_bytecode else []
    boot = Path(__file__).parents[1] / "inside" / "boot.py"
    return subprocess.Popen(
        [sys.executable, "-P", "-s", "-S", *no_files, str(boot), *arguments],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        env=_ENVIRONMENT,
        pass_fds=[control.fileno()],
        start_new_session=True,  # so that Ctrl-C reaches the harness alone
    )


def _last_words(process: "subprocess.Popen[bytes] | None") -> str:
    """End a process that did not get ready; its last line of errors, or else how it ended."""
    if process is None:
        return ""
    process.kill()
    errors = process.communicate()[1].decode(errors="replace").strip()
    return errors.rpartition("\n")[2] or f"exit status {process.returncode}"


def _greeting(control: socket.socket) -> Isolation:
    """What a zygote sends once it is ready: a line that tells the isolation of its children.

    Raises TimeoutError, EOFError.
    """
    control.settimeout(START_SECONDS)
    line = b""
    while not line.endswith(b"\n"):
        part = control.recv(4096)
        if not part:
            raise EOFError
        line += part
    control.setblocking(False)
    return parse(line.decode().rstrip("\n"))
