"""What the keeper knows of one child that runs."""

import select

from bench.jail.inside.orders import Order

LONGEST_TICK = 0.1
"""Seconds that one look counts at most.

If the zygote itself had no processor for a while, or was stopped with all the rest, it does not
know what the child did meanwhile.
"""


class Watch:
    """One child that runs."""

    def __init__(self, order: Order, user: int | None, now: float) -> None:
        self.order = order
        self.ends = order.ends
        """A candidate's `request` is kept open to see whether its input is there; `reply` is
        closed."""
        self.user = user
        self.started = now
        """When the child, or an interpreter's call, was started."""
        self.looked = now
        self.beaten = now
        self.counted = 0.0
        """Seconds of wall time that count."""
        self.waited = 0.0
        self.pidfd: int | None = None
        """By which the system tells of its end, where it does."""
        self.name: str | None = None
        """Its pid as /proc has it, once that is known."""
        self.killed: str | None = None
        """One of KILLS."""
        self.cpu_before = 0.0
        """CPU seconds that an interpreter's earlier calls took."""

    def tick(self, now: float) -> float:
        """The seconds since the last look, as far as they count."""
        seconds = 0.0 if self._owes_input() else min(now - self.looked, LONGEST_TICK)
        self.looked = now
        self.counted += seconds
        return seconds

    def _owes_input(self) -> bool:
        """Whether the child may be waiting for the harness to send more input."""
        if self.ends.marks is not None:
            # An interpreter's pipe is open after its call too, and holds the whole of a usual call.
            return False
        pipe = select.poll()
        pipe.register(self.ends.request, select.POLLIN)
        return not pipe.poll(0)  # neither bytes nor the end
