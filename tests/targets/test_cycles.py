"""Hard graphs: no number tells on which side of the threshold they are."""

import pytest

from targets import Words
from targets.families.graph import GRAPH
from tests.targets.thresholds import best_threshold


def _graph(x: str) -> dict[str, set[str]]:
    """The neighbours of each node."""
    found: dict[str, set[str]] = {}
    for at in range(0, len(x), 6):
        u, v = x[at + 1 : at + 3], x[at + 4 : at + 6]
        found.setdefault(u, set()).add(v)
        found.setdefault(v, set()).add(u)
    return found


def _parts_of(graph: dict[str, set[str]]) -> int:
    """How many components there are."""
    unseen, parts = set(graph), 0
    while unseen:
        parts, reached = parts + 1, {unseen.pop()}
        while reached:
            reached = set().union(*(graph[node] for node in reached)) & unseen
            unseen -= reached
    return parts


def _graph_values(x: str) -> dict[str, int]:
    """What a shortcut could count."""
    graph = _graph(x)
    degrees = sorted(len(others) for others in graph.values())
    return {
        "nodes": len(graph),
        "components": _parts_of(graph),
        "leaves": degrees.count(1),
        "largest degree": degrees[-1],
        "triangles": sum(len(graph[u] & graph[v]) for u in graph for v in graph[u]) // 6,
    }


@pytest.mark.parametrize("length", [60, 100, 300])
def test_no_count_tells_hard_graphs_apart(length: int) -> None:
    drawn = [GRAPH.draw(label, length, 400, Words(f"alike{label}"), True) for label in (0, 1)]
    values = [[_graph_values(x) for x in some] for some in drawn]
    for what in values[0][0]:
        zeros, ones = ([counted[what] for counted in some[:400]] for some in values)
        assert best_threshold(zeros, ones) < 0.67, what
    for some in drawn:
        assert all(len(_graph(x)) <= 99 for x in some)
        assert all(sum(map(len, _graph(x).values())) == 2 * (length // 6) for x in some)


def test_edges_that_share_no_node_are_among_the_hard_graphs() -> None:
    drawn = GRAPH.draw(0, 60, 1000, Words("far"), True)
    assert any(len(_graph(x)) == 20 for x in drawn)
    assert max(len(others) for x in drawn for others in _graph(x).values()) >= 6
