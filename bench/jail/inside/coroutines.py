"""Event loops of asyncio that make no system calls, and whose sleeps are over at once."""

import errno
import time
from types import ModuleType
from typing import Any


def without_kernel(selector_events: ModuleType) -> None:
    """Make the event loops of `asyncio.selector_events` work without sockets and epoll."""
    import selectors
    import threading

    class Bell(selectors.BaseSelector):
        """Waits only for other threads. If there are none, it skips the time instead of waiting."""

        def __init__(self) -> None:
            self._rung = threading.Event()
            self.ring = self._rung.set
            self.ahead = 0.0
            """Seconds that were skipped so far."""

        def select(self, timeout: float | None = None) -> list[Any]:
            if timeout is None or threading.active_count() > 1:
                self._rung.wait(timeout)
            else:
                self.ahead += max(0.0, timeout)
            self._rung.clear()
            return []

        def get_map(self) -> dict[Any, Any]:
            return {}

        def register(self, *_file: Any) -> Any:
            raise PermissionError(errno.EPERM, "the jail denies waiting for files")

        unregister = register  # type: ignore[assignment]

    loop = selector_events.BaseSelectorEventLoop
    selectors.DefaultSelector = Bell  # type: ignore[misc,assignment]
    loop._make_self_pipe = loop._close_self_pipe = lambda _self: None  # noqa: SLF001
    loop._write_to_self = lambda self: self._selector.ring()  # noqa: SLF001
    loop.time = lambda self: time.monotonic() + self._selector.ahead
