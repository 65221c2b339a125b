"""Names what a candidate tried to reach, in the same words at every level of isolation.

An audit hook (PEP 578) is called when the interpreter is about to open a file, a socket or a
process, and raises PermissionError. It gives clear messages, and stops nobody: ctypes gets around
it, and then meets the restrictions of the kernel.
"""

import errno
import os
from collections.abc import Callable
from posixpath import abspath
from typing import Any

from bench.jail.inside.libraries import Readable

_DENIED_NAMES = """
os.chdir os.chflags os.chmod os.chown os.exec os.fork os.forkpty os.fwalk os.getxattr os.killpg
os.link os.listxattr os.lockf os.mkdir os.posix_spawn os.remove os.removexattr os.rename os.rmdir
os.setxattr os.spawn os.symlink os.system os.truncate os.utime
pty.spawn resource.prlimit shutil.chown sqlite3.connect subprocess.Popen
socket.__new__ socket.bind socket.connect socket.getaddrinfo socket.gethostbyaddr
socket.gethostbyname socket.gethostname socket.getnameinfo socket.getservbyname
socket.getservbyport socket.sendto socket.sethostname syslog.openlog syslog.syslog
"""
_DENIED = frozenset(_DENIED_NAMES.split())
"""Audit events that are denied whatever their arguments."""

_LOOKED_AT = _DENIED | {"open", "os.listdir", "os.scandir", "os.kill"}

_WRITING = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC | os.O_APPEND

Hook = Callable[[str, tuple[Any, ...]], None]


def denier(readable: Readable) -> Hook:
    """A hook that allows reading these files and signals to this process, and denies the rest."""
    getpid = os.getpid
    places, listed = frozenset(readable.places), frozenset(readable.listed)
    beneath = tuple(f"{path}/" for path in readable.places)

    def is_readable(path: object, also: frozenset[str] = frozenset()) -> bool:
        if isinstance(path, int):
            return True
        if not isinstance(path, (str, bytes, os.PathLike)):
            return path is None
        place = abspath(os.fsdecode(path))
        return place in places or place in also or place.startswith(beneath)

    def hook(event: str, arguments: tuple[Any, ...]) -> None:
        if event not in _LOOKED_AT:
            return
        if event == "open":
            path, _, flags = arguments
            denied = not isinstance(path, int) and (bool(flags & _WRITING) or not is_readable(path))
        elif event in ("os.listdir", "os.scandir"):
            path = arguments[0]
            denied = not is_readable(path, listed)
        elif event == "os.kill":
            path = ""
            denied = arguments[0] != getpid()
        else:
            path = ""
            denied = True
        if denied:
            what = f"{event} {path!r}" if path else event
            refusal = PermissionError(f"the jail denies {what}")
            refusal.errno = errno.EPERM
            raise refusal

    return hook
