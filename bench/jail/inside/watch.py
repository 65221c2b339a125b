"""What the keeper knows of one child that runs."""

import select
from dataclasses import dataclass

from bench.jail.inside.orders import Ends


@dataclass(slots=True)
class Watch:
    """One child that runs."""

    ends: Ends
    """`request` is kept open to see whether the child's input is there; `reply` is closed."""
    user: int | None
    started: float
    """When the child, or an interpreter's call, was started."""
    cpu_limit: float
    waiting_limit: float
    wall_limit: float
    looked: float
    beaten: float
    waited: float = 0.0
    name: str | None = None
    """Its pid as /proc has it, once that is known."""
    killed: str | None = None
    """One of KILLS."""
    stopped: bool = False
    """Whether it is an interpreter between two calls."""
    cpu_before: float = 0.0
    """CPU seconds that an interpreter's earlier calls took."""

    def owes_input(self) -> bool:
        """Whether the child may be waiting for the harness to send more input."""
        pipe = select.poll()
        pipe.register(self.ends.request, select.POLLIN)
        return not pipe.poll(0)  # neither bytes nor the end
