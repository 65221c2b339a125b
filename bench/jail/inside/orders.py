"""Receives the harness's orders, with the ends of pipes that come with each.

The module `socket` can do so too, but loads what would make each child dearer.
"""

import _socket
import os
from typing import NamedTuple

from bench.jail.wire import ORDER

_MOST_ENDS = 4
_DESCRIPTOR_BYTES = 4
_ROOM = _socket.CMSG_LEN(_MOST_ENDS * _DESCRIPTOR_BYTES)


class Ends(NamedTuple):
    """A child's ends of its pipes, and the zygote's."""

    request: int
    reply: int
    status: int
    marks: int | None = None
    """Only of an interpreter. The zygote reads it, and the child closes it."""

    def tell(self, what: bytes) -> None:
        """Send the harness a message."""
        try:
            os.write(self.status, what)
        except (BrokenPipeError, BlockingIOError):  # nobody waits for it, or listens
            return

    def close(self) -> None:
        """Close all of them, where there is no child."""
        for end in self:
            if end is not None:
                os.close(end)


class Order(NamedTuple):
    """A child that the harness wants. Seconds of an interpreter are for each call."""

    ends: Ends
    cpu_limit: float
    waiting_limit: float
    wall_limit: float
    memory_mib: int


def next_order(control: _socket.socket) -> Order | None:
    """The next order; None where there is no harness left to give one."""
    try:
        data, extras, _, _ = control.recvmsg(ORDER.size, _ROOM)
    except ConnectionError:
        return None
    fds: list[int] = []
    for level, kind, body in extras:
        if (level, kind) == (_socket.SOL_SOCKET, _socket.SCM_RIGHTS):
            fds += memoryview(body).cast("i").tolist()
    if len(data) != ORDER.size or len(fds) not in (3, _MOST_ENDS):
        return None
    return Order(Ends(*fds), *ORDER.unpack(data))
