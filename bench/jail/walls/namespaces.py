"""The zygote's namespaces: no network, no processes of others, no files but the libraries.

Its children share them. The zygote is process 1 there: when it dies, for whatever reason, the
kernel kills all other processes in them. See namespaces(7), user_namespaces(7), pivot_root(2).
"""

import _signal
import _socket
import os

from bench.jail.walls import linux

_ALL = (
    linux.CLONE_NEWNS
    | linux.CLONE_NEWNET
    | linux.CLONE_NEWIPC
    | linux.CLONE_NEWPID
    | linux.CLONE_NEWUTS
)

_STAGE = "/proc"
"""Where the private root is built: a folder that every Linux has and no candidate needs."""


def enter() -> None:
    """Go on as process 1 of new namespaces. The process before stays, and exits as this one does.

    Root needs no user namespace, and then can give children a user id of their own. Others get a
    user namespace, in which they are called nobody. Raises OSError if the system refuses.
    """
    uid, gid = os.geteuid(), os.getegid()
    try:
        linux.unshare(_ALL)
    except PermissionError:
        linux.unshare(linux.CLONE_NEWUSER)
        _write("/proc/self/setgroups", "deny")
        _write("/proc/self/uid_map", f"{linux.NOBODY} {uid} 1")
        _write("/proc/self/gid_map", f"{linux.NOBODY} {gid} 1")
        linux.unshare(_ALL)
    pid = os.fork()
    if pid:
        # Close the control socket too: the harness has to see when process 1 is gone.
        os.closerange(3, 1024)
        _, status = os.waitpid(pid, 0)
        os._exit(os.waitstatus_to_exitcode(status) & 0xFF)
    linux.prctl(linux.PR_SET_PDEATHSIG, _signal.SIGKILL)
    interfaces = {name for _, name in _socket.if_nameindex()}
    if not interfaces <= {"lo"}:
        raise OSError(f"network interfaces are left: {', '.join(sorted(interfaces))}")


def private_root(readable: tuple[str, ...]) -> None:
    """Change to a root folder that holds only these files and folders, read-only.

    They keep their paths. Raises OSError if the system refuses.
    """
    linux.mount(None, "/", None, linux.MS_REC | linux.MS_PRIVATE)
    linux.mount("tmpfs", _STAGE, "tmpfs", linux.MS_NOSUID | linux.MS_NODEV, "mode=755,size=1m")
    for path in readable:
        place = _STAGE + path
        if os.path.isdir(path):
            os.makedirs(place, exist_ok=True)
        else:
            os.makedirs(os.path.dirname(place), exist_ok=True)
            os.close(os.open(place, os.O_WRONLY | os.O_CREAT))
        linux.mount(path, place, None, linux.MS_BIND | linux.MS_REC)
    linux.change_root(_STAGE)
    linux.make_read_only("/")


def _write(path: str, text: str) -> None:
    with open(path, "w") as file:
        file.write(text)
