"""What takes the place of a lost worker, where xdist would start one on the same host or end."""

from types import SimpleNamespace
from typing import Any

import pytest
from execnet import XSpec
from xdist.scheduler import LoadScopeScheduling

from bench.plugin.hosts import replacement
from bench.plugin.hosts.replacement import MOST_LOSSES, Replacement


class FakeSession:
    """xdist's session, as far as it is touched: hosts by name, some of which are down."""

    def __init__(self, *specs: str) -> None:
        self.down: set[str] = set()
        self.started: list[str] = []
        self.shouldstop: str | bool = False
        self._max_worker_restart: int | None = None
        self._failed_nodes_count = 0
        self._active_nodes: set[Any] = set()
        self.queue = SimpleNamespace(put=None)
        group = SimpleNamespace(allocate_id=lambda spec: setattr(spec, "id", "gw9"))
        listed = list(map(XSpec, specs))
        self.nodemanager = SimpleNamespace(specs=listed, group=group, setup_node=self._set_up)
        self.by_xdist: list[Any] = []

    def _clone_node(self, node: Any) -> None:
        self.by_xdist.append(node)

    def _set_up(self, spec: XSpec, _put: object) -> object:
        if spec.ssh in self.down:
            raise pytest.UsageError(f"host {spec.ssh}: ssh does not reach it")
        self.started.append(str(spec.ssh or "here"))
        return object()


def node_on(session: FakeSession, number: int, worker: str = "gw0", *, ready: bool = True) -> Any:
    spec = session.nodemanager.specs[number]
    node = SimpleNamespace(gateway=SimpleNamespace(spec=spec, id=worker))
    if ready:
        node.workerinfo = {}
    return node


@pytest.fixture
def told(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    lines: list[str] = []
    monkeypatch.setattr(replacement, "show_notice", lambda _config, line: lines.append(line))
    return lines


def taken_over(session: Any, **reasons: str) -> Any:
    Replacement(None, session, reasons, {"gw0": "why"}).take_place()  # type: ignore[arg-type]
    return session._clone_node


def test_a_host_is_tried_again_and_then_another(told: list[str]) -> None:
    session = FakeSession("ssh=one", "ssh=two", "popen")
    replace = taken_over(session)
    replace(node_on(session, 0))
    assert session.started == ["one"] and not told and len(session._active_nodes) == 1
    session.down = {"one"}
    replace(node_on(session, 0))
    assert session.started == ["one", "two"]
    assert told == [
        "host one is left out: ssh does not reach it",
        "host one: its points are run on two",
    ]
    session.down = {"one", "two"}
    replace(node_on(session, 1))
    assert session.started[-1] == "here" and session.nodemanager.specs[2].id is None
    assert not session.shouldstop


def test_without_any_host_the_run_ends_with_the_reasons(told: list[str]) -> None:
    session = FakeSession("ssh=one", "ssh=two")
    replace = taken_over(session, gw5="attempts of another run")
    replace(node_on(session, 0, "gw5"))
    assert session.started == ["two"] and not session.shouldstop
    replace(node_on(session, 1, ready=False))
    reasons = (
        "one: its worker was refused: attempts of another run; two: its worker did not start: why"
    )
    assert session.shouldstop == f"no host is left ({reasons})" and session.started == ["two"]
    assert len(told) == 3


def test_a_host_that_loses_workers_over_and_over_is_left_out(told: list[str]) -> None:
    session = FakeSession("ssh=one")
    replace = taken_over(session)
    for _ in range(MOST_LOSSES):
        replace(node_on(session, 0))
    assert session.started == ["one"] * MOST_LOSSES and not told
    replace(node_on(session, 0))
    assert session.shouldstop == "no host is left (one: it lost 4 workers)"


def test_a_worker_here_is_left_to_xdist() -> None:
    session = FakeSession("ssh=one", "popen")
    node = node_on(session, 1)
    taken_over(session)(node)
    assert session.by_xdist == [node] and not session.started


def test_the_test_in_hand_is_dealt_out_once_more() -> None:
    """Unless no worker follows, or the tests are dealt out in a way that has no single one."""
    session: Any = FakeSession("ssh=one")
    dealt: list[str] = []
    sched = SimpleNamespace(mark_test_pending=dealt.append)
    in_groups = LoadScopeScheduling.__new__(LoadScopeScheduling)  # nothing of it is set up
    again = Replacement(None, session, {}, {}).runs_again  # type: ignore[arg-type]
    assert again("t[a]", sched) and again("t[b]", sched) and not again("t[a]", sched)
    session._max_worker_restart = 2
    session._failed_nodes_count = 1
    assert again("t[c]", sched)
    session._failed_nodes_count = 2
    assert not again("t[d]", sched)
    session._max_worker_restart, session.shouldstop = None, "stopping after 1 failures"
    assert not again("t[d]", sched)
    session.shouldstop = False
    assert not again("t[d]", in_groups)
    assert dealt == ["t[a]", "t[b]", "t[c]"]
