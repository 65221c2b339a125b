"""Finds out whether a restriction holds on this machine, by putting a process under it."""

import os
from collections.abc import Callable


def reason_against(attempt: Callable[[], None]) -> str | None:
    """Run an attempt in a child; None if it succeeds, else its error, or how the child died."""
    reading, writing = os.pipe()
    pid = os.fork()
    if pid == 0:
        try:
            attempt()
        except BaseException as error:  # noqa: BLE001 - whatever went wrong is the reason
            os.write(writing, f"{error or type(error).__name__}".encode())
            os._exit(1)
        os._exit(0)
    os.close(writing)
    with os.fdopen(reading, errors="replace") as pipe:
        reason = pipe.read()
    code = os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])
    return None if code == 0 else reason or f"the attempt ended with {code}"


def must_refuse(what: str, action: Callable[[], object]) -> None:
    """Raise OSError unless the action raises PermissionError."""
    try:
        action()
    except PermissionError:
        return
    raise OSError(f"{what} is still allowed")
