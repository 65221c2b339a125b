"""Lists of edges as inputs: simple graphs. Of two graphs the one with fewer nodes is simpler."""

from collections.abc import Iterator, Sequence
from itertools import combinations
from math import comb

from targets.bit_stream import Words
from targets.forms.form import Form

NODES = 99
"""Names of nodes: 01 to 99."""
EDGE = 6
"""Characters of an edge: `u12v34`."""
_PIECES = (2, 3, 4, 5)
"""How many nodes each of the equal pieces of a periodic graph may have."""
_ODD_SPELLING = 1 << 16
"""Added to the number of nodes of a graph that is not plainly written, so that it comes last."""

Edge = tuple[int, int]


def edges_of(x: str) -> list[Edge]:
    """The edges that are written, in their order and direction."""
    return [(int(x[at + 1 : at + 3]), int(x[at + 4 : at + 6])) for at in range(0, len(x), EDGE)]


def written(edges: Sequence[Edge]) -> str:
    """The input that lists these edges."""
    return "".join(f"u{u:02}v{v:02}" for u, v in edges)


def spelt(edges: Sequence[Edge], words: Words) -> str:
    """The edges with their nodes renamed, in any order, each in either direction."""
    names = words.order(NODES)
    named = [(names[edges[i][0]] + 1, names[edges[i][1]] + 1) for i in words.order(len(edges))]
    return written([edge[::-1] if words.bits(1) else edge for edge in named])


def is_simple(edges: Sequence[Edge]) -> bool:
    """Whether no edge is there twice, and none is from a node to itself."""
    return len({frozenset(edge) for edge in edges if edge[0] != edge[1]}) == len(edges)


def fewest_nodes(edges: int) -> int:
    """The least number of nodes between which so many edges fit."""
    nodes = 2
    while comb(nodes, 2) < edges:
        nodes += 1
    return nodes


def some_edges(nodes: int, edges: int, words: Words) -> list[Edge]:
    """A random set of so many edges between these nodes, each set equally likely."""
    pairs = list(combinations(range(nodes), 2))
    return [pairs[i] for i in words.order(len(pairs))[:edges]]


def _uniform(length: int, words: Words) -> Iterator[str]:
    """Graphs of any density: on few nodes or on many."""
    edges = length // EDGE
    least, most = fewest_nodes(edges), min(NODES, 2 * edges)
    while True:
        nodes = least + words.below(most - least + 1)
        yield spelt(some_edges(nodes, edges, words), words)


def _end_moved(x: str, words: Words) -> str:
    """The graph with an end of one edge moved to another node; as it was if no try fits."""
    edges = edges_of(x)
    nodes = sorted({node for edge in edges for node in edge})
    for _ in range(NODES):
        at, kept = words.below(len(edges)), words.bits(1)
        to = nodes[words.below(len(nodes))] if words.bits(1) else 1 + words.below(NODES)
        end = (edges[at][0], to) if kept else (to, edges[at][1])
        changed = [*edges[:at], end, *edges[at + 1 :]]
        if end != edges[at] and is_simple(changed):
            return written(changed)
    return x


def _sorted(length: int, words: Words) -> Iterator[str]:
    """The edges in the order of their nodes' names."""
    for x in _uniform(length, words):
        yield written(sorted(min(edge, edge[::-1]) for edge in edges_of(x)))


def _sparse(length: int, words: Words) -> Iterator[str]:
    """Forests: from as many components as there can be, down to one."""
    edges = length // EDGE
    most = min(edges, NODES - edges)
    while most > 0:
        for parts in range(most, 0, -1):
            yield spelt(forest(edges + parts, parts, words), words)


def forest(nodes: int, parts: int, words: Words) -> list[Edge]:
    """The edges of `parts` random trees with `nodes` nodes altogether, at least two in each."""
    made = [(root, root + 1) for root in range(0, 2 * parts, 2)]
    made += [(words.below(node), node) for node in range(2 * parts, nodes)]
    return made


def _dense(length: int, words: Words) -> Iterator[str]:
    """Graphs on as few nodes as possible, or on one or two more."""
    edges = length // EDGE
    least = fewest_nodes(edges)
    while True:
        nodes = min(NODES, least + words.below(3))
        yield spelt(some_edges(nodes, edges, words), words)


def _periodic(length: int, words: Words) -> Iterator[str]:
    """Equal pieces: single edges, paths, cycles or complete graphs; the last one may be cut off."""
    edges = length // EDGE
    while True:
        for size in _PIECES:
            path = [(i, i + 1) for i in range(size - 1)]
            for piece in (path, [*path, (0, size - 1)], list(combinations(range(size), 2))):
                copies = -(-edges // len(piece))
                made = [(size * k + u, size * k + v) for k in range(copies) for u, v in piece]
                if size * copies <= NODES and is_simple(made[:edges]):
                    yield spelt(made[:edges], words)


def _extremes(length: int, words: Words) -> Iterator[str]:
    """A star, a path, a cycle, a cycle with a tail, part of a wheel; plainly written or not."""
    edges = length // EDGE
    rim = [(i, i + 1) for i in range(1, edges)]
    shapes = [
        [(0, i + 1) for i in range(edges)],
        [(i, i + 1) for i in range(edges)],
        [*((i, i + 1) for i in range(edges - 1)), (0, edges - 1)],
        [*((i, i + 1) for i in range(edges - 1)), (0, edges // 2)],
        [(0, i) for i in range(1, edges // 2 + 1)] + rim[: edges - edges // 2],
    ]
    sound = [made for made in shapes if is_simple(made) and max(map(max, made)) < NODES]
    for made in sound:
        yield written([(u + 1, v + 1) for u, v in made])
    while True:
        yield from (spelt(made, words) for made in sound)


def _size(x: str) -> tuple[int, str]:
    """The number of nodes, and far more if they are not named 1, 2, ... with sorted edges."""
    edges = edges_of(x)
    nodes = {node for edge in edges for node in edge}
    plain = max(nodes) == len(nodes) and all(u < v for u, v in edges) and edges == sorted(edges)
    return len(nodes) + (0 if plain else _ODD_SPELLING), x


def _rising(length: int) -> Iterator[str]:
    edges = length // EDGE
    for nodes in range(fewest_nodes(edges), min(NODES, 2 * edges) + 1):
        pairs = combinations(range(1, nodes + 1), 2)
        for some in combinations(pairs, edges):
            if len({node for edge in some for node in edge}) == nodes:
                yield written(some)


def _steps(x: str) -> Iterator[str]:
    """The graph plainly written; with two nodes merged or swapped; with one edge elsewhere."""
    edges = _plain(edges_of(x))
    yield written(edges)
    nodes = sorted({node for edge in edges for node in edge})
    for kept, gone in combinations(nodes, 2):
        merged = dict(zip(nodes, nodes, strict=True)) | {gone: kept}
        yield from _plainly([(merged[u], merged[v]) for u, v in edges])
        swapped = merged | {gone: kept, kept: gone}
        yield from _plainly([(swapped[u], swapped[v]) for u, v in edges])
    for at in range(len(edges)):
        others = [*edges[:at], *edges[at + 1 :]]
        for pair in combinations(nodes, 2):
            yield from _plainly([*others, pair])


def _plainly(edges: Sequence[Edge]) -> Iterator[str]:
    if is_simple(edges):
        yield written(_plain(edges))


def _plain(edges: Sequence[Edge]) -> list[Edge]:
    """The edges with their nodes named 1, 2, ... in the order of their names, sorted."""
    nodes = sorted({node for edge in edges for node in edge})
    names = {node: i for i, node in enumerate(nodes, 1)}
    pairs = ((names[u], names[v]) for u, v in edges)
    return sorted((min(pair), max(pair)) for pair in pairs)


EDGES = Form(
    uniform=_uniform,
    changed=_end_moved,
    special={
        "periodic": _periodic,
        "sorted": _sorted,
        "sparse": _sparse,
        "dense": _dense,
        "extremes": _extremes,
    },
    size=_size,
    rising=_rising,
    steps=_steps,
    unit=EDGE,
)
