"""What takes the place of a worker that was lost: a new one on its host, or else on another.

The test that it had in hand is dealt out once more.
"""

from collections import Counter
from collections.abc import Iterator, Mapping
from copy import copy
from typing import Any

import pytest

from bench.plugin.hosts.place import host_of_spec, is_far
from bench.plugin.notices import show_notice
from bench.record.wording import printable

MOST_LOSSES = 3
"""A host that lost more workers than so many is not asked again."""


class Replacement:
    """Takes the place of xdist's own way, which ends the run where a host is not reached again."""

    def __init__(
        self,
        config: pytest.Config,
        session: Any,
        unsound: Mapping[str, str],
        errors: Mapping[str, str],
    ) -> None:
        """`unsound` says why workers were refused, and `errors` why they were lost."""
        self._config = config
        self._session = session
        self._unsound = unsound
        self._errors = errors
        self._clone = session._clone_node  # noqa: SLF001 - xdist has no hook for it
        self._losses: Counter[str] = Counter()
        self._left_out: dict[str, str] = {}
        """Hosts that are not asked again, with the reason."""
        self._again: set[str] = set()
        """Tests that were dealt out once more."""

    def take_place(self) -> None:
        """Do from now on what the session does for a lost worker."""
        self._session._clone_node = self._replace  # noqa: SLF001 - as above

    def runs_again(self, test: str, sched: Any) -> bool:
        """Whether the test that a worker had in hand when it was lost is dealt out once more.

        That is done once, as the test may be what ends workers, and not where none follows.
        """
        session = self._session
        most, lost = session._max_worker_restart, session._failed_nodes_count  # noqa: SLF001 - as above
        if test in self._again or session.shouldstop or (most is not None and lost >= most):
            return False
        try:
            sched.mark_test_pending(test)
        except NotImplementedError:  # from xdist, where --dist deals out groups, as loadscope does
            return False
        self._again.add(test)
        return True

    def _replace(self, node: Any) -> None:
        """Start another worker. Where none can be started, the run ends."""
        spec = node.gateway.spec
        if not is_far(spec):
            self._clone(node)
            return
        host = host_of_spec(spec)
        if (why := self._faulty(node, host)) is not None:
            self._leave_out(host, why)
        for other in self._specs(spec):
            if self._starts(other, instead_of=host):
                return
        reasons = "; ".join(f"{host}: {why}" for host, why in self._left_out.items())
        self._session.shouldstop = f"no host is left ({reasons})"

    def _faulty(self, node: Any, host: str) -> str | None:
        """Why the host of a lost worker is not asked again; None where it is."""
        self._losses[host] += 1
        if (why := self._unsound.get(node.gateway.id)) is not None:
            return f"its worker was refused: {why}"
        if not hasattr(node, "workerinfo"):
            return f"its worker did not start: {self._errors.get(node.gateway.id, '')}"
        return f"it lost {MOST_LOSSES + 1} workers" if self._losses[host] > MOST_LOSSES else None

    def _specs(self, lost: Any) -> Iterator[Any]:
        """Where a worker can be started: the place of the lost one first."""
        tried = set()
        for spec in (lost, *self._session.nodemanager.specs):
            host = host_of_spec(spec)
            if host not in tried and host not in self._left_out:
                tried.add(host)
                yield spec

    def _starts(self, spec: Any, instead_of: str) -> bool:
        manager, host = self._session.nodemanager, host_of_spec(spec)
        fresh = copy(spec)
        fresh.id = None
        manager.group.allocate_id(fresh)
        try:
            node = manager.setup_node(fresh, self._session.queue.put)
        except pytest.UsageError as error:
            self._leave_out(host, str(error).removeprefix(f"host {host}: "))
            return False
        self._session._active_nodes.add(node)  # noqa: SLF001 - as xdist's own way does
        if host != instead_of:
            show_notice(self._config, f"host {instead_of}: its points are run on {host}")
        return True

    def _leave_out(self, host: str, why: str) -> None:
        self._left_out[host] = printable(why)
        show_notice(self._config, f"host {host} is left out: {self._left_out[host]}")
