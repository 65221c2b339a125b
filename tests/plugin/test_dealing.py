"""Tests dealt out to workers: each once, so many at a time to each, whoever is faster."""

from collections import deque
from types import SimpleNamespace
from typing import Any

from hypothesis import given
from hypothesis import strategies as st
from xdist.remote import Producer

from bench.plugin.dealing import Dealing


class Node:
    """A worker: what it was given to run, and whether no more follows."""

    def __init__(self) -> None:
        self.gateway = SimpleNamespace(id="gw")
        self.given: deque[int] = deque()
        self.shutting_down = False

    def send_runtest_some(self, indices: list[int]) -> None:
        assert not self.shutting_down
        self.given += indices

    def shutdown(self) -> None:
        self.shutting_down = True

    @property
    def can_run(self) -> bool:
        """A worker runs a test once it knows of the next one, or that there is none."""
        return len(self.given) > 1 or (self.shutting_down and bool(self.given))


@given(
    tests=st.integers(0, 40),
    workers=st.integers(1, 4),
    most=st.integers(2, 12),
    turns=st.randoms(use_true_random=False),
)
def test_each_test_is_dealt_once_and_in_order(
    tests: int, workers: int, most: int, turns: Any
) -> None:
    options = {"tx": [f"{workers}*popen"], "maxschedchunk": None}
    config: Any = SimpleNamespace(getvalue=options.get, getoption=options.get)
    dealing = Dealing(config, Producer("", enabled=False), most)
    nodes = [Node() for _ in range(workers)]
    for node in nodes:
        dealing.add_node(node)
        dealing.add_node_collection(node, [f"test {n}" for n in range(tests)])
    dealing.schedule()
    ran: dict[int, list[int]] = {n: [] for n in range(workers)}
    while ready := [n for n, node in enumerate(nodes) if node.can_run]:
        at = turns.choice(ready)
        assert len(nodes[at].given) <= max(most, tests // workers // 4, 2)
        ran[at].append(nodes[at].given.popleft())
        dealing.mark_test_complete(nodes[at], ran[at][-1])
    assert sorted(n for some in ran.values() for n in some) == list(range(tests))
    assert all(some == sorted(some) for some in ran.values())
    assert dealing.tests_finished and not dealing.has_pending


@given(
    tests=st.integers(1, 20),
    workers=st.integers(1, 3),
    most=st.integers(2, 12),
    after=st.integers(0, 20),
    turns=st.randoms(use_true_random=False),
)
def test_the_tests_of_a_dead_worker_are_dealt_to_those_that_take_any(
    tests: int, workers: int, most: int, after: int, turns: Any
) -> None:
    options = {"tx": [f"{workers}*popen"], "maxschedchunk": None}
    config: Any = SimpleNamespace(getvalue=options.get, getoption=options.get)
    dealing = Dealing(config, Producer("", enabled=False), most)
    names = [f"test {n}" for n in range(tests)]
    nodes = [Node() for _ in range(workers)]
    for node in nodes:
        dealing.add_node(node)
        dealing.add_node_collection(node, names)
    dealing.schedule()
    ran: list[str] = []
    for turn in range(3 * tests):
        if turn == after:
            dead = nodes.pop(turns.randrange(len(nodes)))
            ran += filter(None, [dealing.remove_node(dead)])  # its test is told as an error
            nodes.append(Node())
            dealing.add_node(nodes[-1])
            dealing.add_node_collection(nodes[-1], names)
            dealing.schedule()
        if ready := [node for node in nodes if node.can_run]:
            node = turns.choice(ready)
            test = node.given.popleft()
            dealing.mark_test_complete(node, test)
            ran.append(names[test])
    assert sorted(ran) == sorted(names)
    assert dealing.tests_finished and not dealing.has_pending
