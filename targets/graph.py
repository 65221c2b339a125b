"""The target over graphs, written edge by edge: `u12v23u23v07`."""

import re

from targets.base import Target, Words, each, shuffle

EDGE = re.compile(r"u(\d\d)v(\d\d)")
NODES = 99
Edge = tuple[int, int]


def _has_cycles(x: str) -> int:
    edges = EDGE.findall(x)
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


def _tree(first: int, nodes: int, words: Words) -> list[Edge]:
    return [(first + words.below(i), first + i) for i in range(1, nodes)]


def _extra(edges: list[Edge], first: int, nodes: int, words: Words) -> Edge:
    """A further edge between two of these nodes that have none."""
    while True:
        u, v = sorted((first + words.below(nodes), first + words.below(nodes)))
        if u != v and (u, v) not in edges:
            return u, v


def _triangles(edges: int, words: Words) -> list[Edge]:
    """Disjoint triangles, and the edges left over hung on the first; below 6 edges, the densest graph there is."""
    if edges == 4:
        return [(0, 1), (1, 2), (0, 2), (0, 1)]
    if edges == 5:
        return [(0, 1), (1, 2), (2, 3), (0, 3), (0, 2)]
    made = [edge for i in range(0, edges - edges % 3, 3) for edge in ((i, i + 1), (i + 1, i + 2), (i, i + 2))]
    return made + [(words.below(3), edges - edges % 3 + i) for i in range(edges % 3)]


def _two_parts(edges: int, joined: bool, words: Words) -> list[Edge]:
    """Two components with one cycle more than the threshold together; `joined`, one component with one cycle fewer.

    To join them, an edge on a cycle of each is replaced by two between them: no node's degree changes.
    """
    cycles = _threshold(edges) + 1
    nodes = edges - cycles + 2
    size = 3 + words.below(nodes - 5)
    parts = ((0, size), (size, nodes - size))
    made = [edge for part in parts for edge in _tree(*part, words)]
    closing = []
    for i in range(cycles):
        part = parts[i] if i < 2 else parts[words.below(2)]
        full = part[1] * (part[1] - 1) // 2
        inside = sum(part[0] <= u < sum(part) for u, _ in made)
        if inside == full:
            part = parts[1] if part == parts[0] else parts[0]
        edge = _extra(made, *part, words)
        made.append(edge)
        closing.append(edge)
    if joined:
        (a, b), (c, d) = closing[:2]
        made = [edge for edge in made if edge not in ((a, b), (c, d))] + [(a, c), (b, d)]
    return made


def _sample(label: int, length: int, words: Words, hard: bool) -> str:
    edges = length // 6
    if hard and edges >= 6:
        made = _two_parts(edges, not label, words)
    elif label:
        made = _triangles(edges, words)
    else:
        made = _tree(0, edges, words)
        made.append(_extra(made, 0, edges, words))
    names = list(range(1, NODES + 1))
    shuffle(names, words)
    shuffle(made, words)
    swaps = words.bits(edges)
    turned = ((v, u) if swaps >> i & 1 else (u, v) for i, (u, v) in enumerate(made))
    return "".join(f"u{names[u]:02}v{names[v]:02}" for u, v in turned)


GRAPH = Target(
    "fn_aa", "graph_has_cycle", "graph", "graph", "1 if E - V + C, the number of cycles, is above max(1, E // 6)",
    (60, 100, 300), _has_cycles, each(_sample), paper=False, hardens=True, least=24, most=6 * NODES + 5,
)  # fmt: skip
