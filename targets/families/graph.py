"""The target over graphs, written edge by edge: `u12v23u23v07`."""

import re
from collections.abc import Iterator
from itertools import combinations
from typing import TYPE_CHECKING

from targets import kinds
from targets.base import Rule
from targets.bit_stream import Words, texts
from targets.families.cycles import near_threshold
from targets.forms.edge_lists import EDGE, NODES, Edge, forest, spelt

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Ints = NDArray[np.int64]

_EDGE_WRITTEN = re.compile(r"u(\d\d)v(\d\d)")
HARDER, AT_ONCE = 8, 64
"""From so many edges on hard graphs are drawn in a way of their own; so many at a time."""


def _has_cycles(x: str) -> int:
    edges = _EDGE_WRITTEN.findall(x)
    parent = {node: node for edge in edges for node in edge}

    def root(node: str) -> str:
        while parent[node] != node:
            parent[node] = parent[parent[node]]
            node = parent[node]
        return node

    components = len(parent)
    for u, v in edges:
        if root(u) != root(v):
            parent[root(u)] = root(v)
            components -= 1
    return int(len(edges) - len(parent) + components > _threshold(len(edges)))


def _threshold(edges: int) -> int:
    return max(1, edges // 6)


def _triangles(edges: int, words: Words) -> list[Edge]:
    """Disjoint triangles; one or two edges left over hang on the first triangle.

    Below 6 edges that is too few cycles, so the graph is one with as many cycles as possible.
    """
    if edges == 4:
        return [(0, 1), (1, 2), (0, 2), (0, 1)]
    if edges == 5:
        return [(0, 1), (1, 2), (2, 3), (0, 3), (0, 2)]
    left_over = edges % 3
    nodes = edges - left_over
    made: list[Edge] = []
    for i in range(0, nodes, 3):
        made += [(i, i + 1), (i + 1, i + 2), (i, i + 2)]
    return made + [(words.below(3), nodes + i) for i in range(left_over)]


def _trees(edges: int, count: int, words: Words) -> "Ints":
    """Random recursive trees with one further edge each: [graphs, edges, 2].

    Each has as many nodes as edges, and exactly one cycle.
    """
    import numpy as np

    children = np.arange(1, edges)
    parents = words.uniform(np.broadcast_to(children, (count, edges - 1)))
    further = np.zeros((count, 2), np.int64)
    open_ = np.arange(count)
    while len(open_):
        u, v = np.sort(words.uniform(np.full((2, len(open_)), edges)), axis=0)
        further[open_] = np.stack([u, v], axis=1)
        open_ = open_[(u == v) | (parents[open_, v - 1] == u)]
    tree = np.stack([parents, np.broadcast_to(children, parents.shape)], axis=2)
    return np.concatenate([tree, further[:, None, :]], axis=1)


def _spelt(made: "Ints", words: Words) -> list[str]:
    """The graphs as text, with random names, edges in random order, each in a random direction."""
    import numpy as np

    count, edges, _ = made.shape
    each = np.arange(count)[:, None]
    named = words.orders(count, NODES)[each, made.reshape(count, -1)].reshape(made.shape) + 1
    named = named[each, words.orders(count, edges)]
    turned = words.keys(count, edges, 1) >> 31 == 1
    named = np.where(turned, named[:, :, ::-1], named)
    text = np.empty((count, edges, 2, 3), np.uint8)
    text[..., 0] = list(b"uv")
    text[..., 1], text[..., 2] = named // 10 + ord("0"), named % 10 + ord("0")
    return texts(text.reshape(count, EDGE * edges))


def _draw(label: int, length: int, count: int, words: Words, hard: bool) -> list[str]:
    if not hard:
        return _graphs(label, length // EDGE, count, words, hard)
    found: list[str] = []
    while len(found) < count:
        found += _graphs(label, length // EDGE, AT_ONCE, words, hard)
    return found


def _graphs(label: int, edges: int, count: int, words: Words, hard: bool) -> list[str]:
    """Paper: triangles against a tree with one edge more. Hard: near the threshold."""
    import numpy as np

    if hard and edges >= HARDER:
        threshold = _threshold(edges)
        made = [near_threshold(edges, threshold, label == 1, words) for _ in range(count)]
    elif label:
        made = [_triangles(edges, words) for _ in range(count)]
    else:
        return _spelt(_trees(edges, count, words), words)
    return _spelt(np.array(made), words)


def _edge_cases(length: int, words: Words) -> Iterator[str]:
    """As many cycles as the threshold, one more and one fewer, in one component, two, three, ..."""
    edges = length // EDGE
    while True:
        for parts in range(1, max(2, edges // 2)):
            for cycles in range(_threshold(edges) - 1, _threshold(edges) + 2):
                nodes = edges - cycles + parts
                made = _with_cycles(nodes, parts, cycles, words) if 2 * parts <= nodes else []
                if len(made) == edges and nodes <= NODES:
                    yield spelt(made, words)


def _with_cycles(nodes: int, parts: int, cycles: int, words: Words) -> list[Edge]:
    """A random forest of so many components, with an edge more for each cycle that fits."""
    made = forest(nodes, parts, words)
    component = list(range(nodes))
    for u, v in made:
        component[v] = component[u]
    pairs = combinations(range(nodes), 2)
    free = [(u, v) for u, v in pairs if component[u] == component[v] and (u, v) not in made]
    return made + [free[i] for i in words.order(len(free))[:cycles]]


GRAPH = Rule(
    fn="fn_aa",
    name="graph_has_cycle",
    family="graph",
    kind=kinds.GRAPH,
    rule="1 if E - V + C, the number of cycles, is above max(1, E // 6)",
    lengths=(60, 100, 300),
    label=_has_cycles,
    draw=_draw,
    paper=False,
    hardens=True,
    least=24,
    most=EDGE * NODES + EDGE - 1,
    at_once=True,
    edge_cases=_edge_cases,
)
