"""What the keeper knows of one child that runs."""

import select
from dataclasses import dataclass

from bench.jail.inside.orders import Ends, Order


@dataclass(slots=True)
class Watch:
    """One child that runs."""

    order: Order
    ends: Ends
    """Those of the order. A candidate's `request` is kept open to see whether its input is there;
    `reply` is closed."""
    user: int | None
    started: float
    """When the child, or an interpreter's call, was started."""
    looked: float
    beaten: float
    waited: float = 0.0
    pidfd: int | None = None
    """By which the system tells of its end, where it does."""
    name: str | None = None
    """Its pid as /proc has it, once that is known."""
    killed: str | None = None
    """One of KILLS."""
    cpu_before: float = 0.0
    """CPU seconds that an interpreter's earlier calls took."""

    def owes_input(self) -> bool:
        """Whether the child may be waiting for the harness to send more input."""
        pipe = select.poll()
        pipe.register(self.ends.request, select.POLLIN)
        return not pipe.poll(0)  # neither bytes nor the end
