"""When all searches of a process wait: then what they ask is sent together, as one round.

A search that computes may ask in a moment, so nobody sends before it does or ends. A round that
begins too early would be smaller than it could be, and no more than that. Those that wait for room
in the budget try again first, one after the other, until there is none.
"""

import asyncio
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from time import monotonic

from bench.record.wording import duration

MOMENT = 0.05
"""Seconds that all have to wait before a round is sent."""

BATCH_SECONDS = 30 * 3600.0
"""How long a batch may take: it has a day, and is waited for a little longer."""


@dataclass(slots=True, eq=False)
class _Taking:
    """A search: how many requests it has under way, and how many of them can only wait."""

    asking: int = 0
    waiting: int = 0

    @property
    def waits(self) -> bool:
        """Whether it does nothing else."""
        return 0 < self.asking == self.waiting


@dataclass(slots=True, eq=False)
class Sent:
    """A batch under way, as far as the server tells of it."""

    total: int
    done: int = 0
    is_over: bool = False
    since: float = field(default_factory=monotonic)


_own_part: ContextVar[_Taking | None] = ContextVar("own_part", default=None)
"""Of the search that runs, in each of its tasks."""


class Rounds:
    """Counts the searches that do not wait. All of this is on the event loop, but for `told`."""

    def __init__(self) -> None:
        self._busy = 0
        self._senders: list[Callable[[], None]] = []
        self._line: deque[tuple[_Taking | None, asyncio.Future[None]]] = deque()
        """Those that wait for room in the budget."""
        self.ended = 0
        """How often what was reserved has been settled or released."""
        self._full_at = -1
        """The same, as it was when the first in line tried."""
        self._timer: asyncio.TimerHandle | None = None
        self._sent: list[Sent] = []

    def at_each(self, sender: Callable[[], None]) -> None:
        """Call this whenever all searches wait."""
        self._senders.append(sender)

    def look(self) -> None:
        """See whether all wait."""
        if self._busy:
            return
        if self._line and self._full_at < self.ended:
            part, turn = self._line.popleft()
            self._change(part, waiting=-1)
            if not turn.done():
                turn.set_result(None)
        elif self._timer is None:
            # One that has its answer counts as waiting until it is its turn to go on.
            self._timer = asyncio.get_running_loop().call_later(MOMENT, self._send)

    def _send(self) -> None:
        self._timer = None
        for sender in () if self._busy else self._senders:
            sender()

    @contextmanager
    def search(self) -> Iterator[None]:
        """A search goes on; what it asks, also in tasks that it starts, is its own."""
        own = _own_part.set(_Taking())
        self._busy += 1
        try:
            yield
        finally:
            _own_part.reset(own)
            self._busy -= 1
            self.look()

    @contextmanager
    def asking(self) -> Iterator[None]:
        """A request of the search is under way."""
        part = _own_part.get()
        self._change(part, asking=1)
        try:
            yield
        finally:
            self.ended += 1
            self._change(part, asking=-1)

    @contextmanager
    def waiting(self) -> Iterator[None]:
        """That request can only wait: for its answer, or for another search's."""
        part = _own_part.get()
        self._change(part, waiting=1)
        try:
            yield
        finally:
            self._change(part, waiting=-1)

    async def room(self, tried_at: int, *, again: bool) -> None:
        """Wait for room in the budget: at the end of the line or, `again`, at its beginning.

        `tried_at` is what `ended` was before it was found that there is none.
        """
        part = _own_part.get()
        turn: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        place = part, turn
        if again:
            self._line.appendleft(place)
        else:
            self._line.append(place)
        self._full_at = max(self._full_at, tried_at)
        self._change(part, waiting=1)
        try:
            await turn
        except BaseException:  # it was stopped
            if place in self._line:
                self._line.remove(place)
                self._change(part, waiting=-1)
            raise

    def sent(self, total: int) -> Sent:
        """Count a batch of so many requests as under way."""
        sent = Sent(total)
        self._sent.append(sent)
        return sent

    def told(self) -> str:
        """What is waited for, in a few words; empty where it is no batch. For any thread."""
        for number, sent in enumerate(self._sent, 1):
            if not sent.is_over:
                which = f"batch {number} of {len(self._sent)}: {sent.done:,} of {sent.total:,} done"
                return f"{which}, waiting {duration(max(0.1, monotonic() - sent.since))}"
        return ""

    def _change(self, part: _Taking | None, asking: int = 0, waiting: int = 0) -> None:
        if part is not None:
            waited = part.waits
            part.asking += asking
            part.waiting += waiting
            self._busy += waited - part.waits
        self.look()
