"""Receives the harness's orders, with the ends of pipes that come with each.

The module `socket` can do so too, but loads what would make each child dearer.
"""

import _socket
import os
import struct

from bench.jail.wire import ORDER

_FORMS = {form.size: form for form in (struct.Struct("3i"), struct.Struct("4i"))}
"""The descriptors for a candidate, and those for an interpreter, by their bytes."""

_ROOM = _socket.CMSG_LEN(max(_FORMS))


class Ends:
    """A child's ends of its pipes, and the zygote's."""

    def __init__(self, request: int, reply: int, status: int, marks: int | None = None) -> None:
        self.request = request
        self.reply = reply
        self.status = status
        self.marks = marks
        """Only of an interpreter. The zygote reads it, and the child closes it."""

    def tell(self, what: bytes) -> None:
        """Send the harness a message."""
        try:
            os.write(self.status, what)
        except (BrokenPipeError, BlockingIOError):  # nobody waits for it, or listens
            return

    def close(self) -> None:
        """Close all of them, where there is no child."""
        for end in (self.request, self.reply, self.status, self.marks):
            if end is not None:
                os.close(end)


class Order:
    """A child that the harness wants. Seconds of an interpreter are for each call."""

    def __init__(self, ends: Ends, cpu: float, waiting: float, wall: float, memory: int) -> None:
        self.ends = ends
        self.cpu_limit = cpu
        self.waiting_limit = waiting
        self.wall_limit = wall
        self.memory_mib = memory


def next_order(control: _socket.socket) -> Order | None:
    """The next order; None where there is no harness left to give one."""
    try:
        data, extras, _, _ = control.recvmsg(ORDER.size, _ROOM)
    except ConnectionError:
        return None
    if len(data) != ORDER.size or len(extras) != 1:
        return None
    level, kind, body = extras[0]
    if (level, kind) != (_socket.SOL_SOCKET, _socket.SCM_RIGHTS) or len(body) not in _FORMS:
        return None
    return Order(Ends(*_FORMS[len(body)].unpack(body)), *ORDER.unpack(data))
