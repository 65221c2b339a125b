"""Hosts that are network namespaces of this machine, each with a real sshd and files of its own."""

import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from bench.plugin.hosts.preparing import main

SSHD = Path("/usr/sbin/sshd")

_SSHD_CONFIG = """
ListenAddress {address}
HostKey {keys}/id
AuthorizedKeysFile {keys}/id.pub
PidFile none
StrictModes no
UsePAM no
PasswordAuthentication no
PermitRootLogin yes
SetEnv HOME={home} OPENAI_API_KEY={api_key}
"""
_SSH_CONFIG = """
IdentityFile {keys}/id
UserKnownHostsFile {keys}/known_hosts
StrictHostKeyChecking accept-new
LogLevel ERROR
"""


def lacking() -> str | None:
    """Why there can be no such hosts here; None where there can."""
    if os.geteuid() != 0:
        return "only root makes network namespaces"
    for program in ("ip", "unshare", "ssh", "ssh-keygen"):
        if shutil.which(program) is None:
            return f"there is no {program}"
    if not SSHD.exists():
        return "there is no sshd"
    name = f"llmpv-{os.getpid()}-try"
    made = subprocess.run(["ip", "netns", "add", name], capture_output=True, text=True, check=False)
    if made.returncode:
        return f"no network namespaces here: {made.stderr.strip()}"
    _ip("netns", "del", name)
    return None


@dataclass
class Place:
    """One host: its namespace, its address, its home."""

    name: str
    here: str
    """This machine's address, as the host sees it."""
    address: str
    home: Path
    api_key: str
    hidden: tuple[Path, ...]
    """Folders of this machine that the host does not see."""
    sshd: "subprocess.Popen[bytes] | None" = None

    def listen(self) -> None:
        """Start sshd."""
        keys = self.home.parent
        config = keys / f"{self.name}.conf"
        told = {"address": self.address, "keys": keys, "home": self.home, "api_key": self.api_key}
        config.write_text(_SSHD_CONFIG.format(**told))
        hide = "".join(f"mount -t tmpfs none {folder} && " for folder in self.hidden)
        apart = ["ip", "netns", "exec", self.name, "unshare", "-m", "sh", "-c"]
        start = f"{hide}exec {SSHD} -D -e -f {config}"
        self.sshd = subprocess.Popen([*apart, start], stderr=subprocess.DEVNULL)
        until = time.monotonic() + 60
        while time.monotonic() < until:
            try:
                socket.create_connection((self.address, 22), timeout=5).close()
            except OSError:
                time.sleep(0.05)
            else:
                break

    def cut(self) -> None:
        """Kill sshd, and then its sessions; what they started is left alone."""
        if self.sshd is not None:  # first, or somebody could connect anew in between
            self.sshd.kill()
            self.sshd.wait()
        for pid in self._pids():
            with suppress(FileNotFoundError, ProcessLookupError):
                if Path(f"/proc/{pid}/comm").read_text().startswith("sshd"):
                    os.kill(pid, signal.SIGKILL)

    def end(self) -> None:
        """Kill all that runs there, and take the namespace away."""
        for pid in self._pids():
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        if self.sshd is not None:
            self.sshd.wait()
        _ip("netns", "del", self.name)

    def _pids(self) -> list[int]:
        return [int(pid) for pid in _ip("netns", "pids", self.name).split()]


@contextmanager
def two_places(folder: Path, hidden: tuple[Path, ...]) -> Iterator[tuple[Place, Place]]:
    """Two hosts that listen, with homes in the folder."""
    subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", folder / "id"], check=True)
    (folder / "ssh.conf").write_text(_SSH_CONFIG.format(keys=folder))
    Path("/run/sshd").mkdir(exist_ok=True)  # sshd has to have it
    first, second = places = [_made(folder, number, hidden) for number in (1, 2)]
    try:
        for place in places:
            place.listen()
        yield first, second
    finally:
        for place in places:
            place.end()


def prepare_by_ssh(place: Place, keys: Path) -> None:
    """Have `llm-pv remote` prepare a host."""
    options = f"-F {keys}/ssh.conf -o ConnectTimeout=3"
    where = ("--dir", str(place.home / "llm-pv"), "--python", sys.executable)
    assert main((f"root@{place.address}", *where, f"--ssh={options}"), "llm-pv remote") == 0


def _made(folder: Path, number: int, hidden: tuple[Path, ...]) -> Place:
    name, pid = f"llmpv-{os.getpid()}-{number}", os.getpid()
    net = f"10.{64 + pid % 128}.{(2 * (pid // 128) + number) % 250}"  # others may do the same here
    home = folder / f"home{number}"
    home.mkdir()
    outside, inside = f"lv{pid}o{number}", f"lv{pid}i{number}"
    _ip("netns", "add", name)
    _ip("link", "add", outside, "type", "veth", "peer", "name", inside, "netns", name)
    _ip("addr", "add", f"{net}.1/24", "dev", outside)
    _ip("link", "set", outside, "up")
    _ip("-n", name, "addr", "add", f"{net}.2/24", "dev", inside)
    _ip("-n", name, "link", "set", inside, "up")
    _ip("-n", name, "link", "set", "lo", "up")
    _ip("-n", name, "route", "add", "default", "via", f"{net}.1")
    return Place(name, f"{net}.1", f"{net}.2", home, f"sk-of-host-{number}", hidden)


def _ip(*arguments: str) -> str:
    done = subprocess.run(["ip", *arguments], capture_output=True, text=True, check=True)
    return done.stdout
