"""How tests are dealt out to workers that look ahead: many to each, and none is taken back."""

from typing import Any

import pytest
from xdist.scheduler import LoadScheduling


class Dealing(LoadScheduling):
    """Keeps so many tests with each worker, as long as there are any.

    xdist's own ways give too few at a time (`load`), or take back those whose searches have begun
    (`worksteal`).
    """

    def __init__(self, config: pytest.Config, log: Any, most: int) -> None:
        super().__init__(config, log)
        self._most = most

    def schedule(self) -> None:
        """Deal out the same number to each worker, beyond what is dealt at first.

        Later it is called for the worker in a dead one's place: the others have perhaps been told
        by then that no test follows, and would run none.
        """
        super().schedule()
        takers = [node for node in self.nodes if not node.shutting_down]
        share = -(-len(self.pending) // max(1, len(takers)))
        for node in takers:
            self._give(node, share)
        if not self.pending:  # a worker runs its last test once it knows that no other follows
            for node in self.nodes:
                self.check_schedule(node)

    def check_schedule(self, node: Any, duration: float = 0) -> None:  # noqa: ARG002 - as it is called
        """Give a worker that has ended a test another one, or let it end."""
        if node.shutting_down:
            return
        if self.pending:
            self._give(node, 1)
        else:
            node.shutdown()

    def _give(self, node: Any, count: int) -> None:
        room = self._most - len(self.node2pending[node])
        self._send_tests(node, max(0, min(room, count)))
