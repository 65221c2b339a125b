"""Graphs near a number of cycles: nodes, components, degrees and triangles do not tell the side.

Each graph has rings: three nodes make a triangle, the others have four or more. A chord joins two
nodes of a ring. What is left of the edges joins rings, makes pairs, or hangs a further node on one.
"""

from dataclasses import dataclass
from itertools import accumulate, pairwise

from targets.bit_stream import PLAIN, Words
from targets.forms.edge_lists import NODES, Edge

TRIES = 30
"""Nodes of rings at which a chord is looked for that makes no triangle."""

Graph = list[set[int]]
"""The neighbours of each node."""


@dataclass(frozen=True, slots=True)
class _Parts:
    """How many parts there are; `on_rings` counts the nodes on rings that are no triangle."""

    triangles: int
    rings: int
    on_rings: int
    chords: int
    components: int

    @property
    def cycles(self) -> int:
        """Edges - nodes + components."""
        return self.triangles + self.rings + self.chords


def near_threshold(edges: int, threshold: int, above: bool, words: Words) -> list[Edge]:
    """A graph of so many edges, eight or more, with more cycles than the threshold if `above`.

    One in eight is farther from the threshold than it need be, down to edges that share no node.
    """
    if words.below(PLAIN):
        plan = _near(edges, threshold, above, words)
    else:
        plan = (_many if above else _few)(edges, threshold, words)
    return _graph(edges, plan, words)


def _near(edges: int, threshold: int, above: bool, words: Words) -> _Parts:
    """As many cycles as the threshold, or one more: a ring or a chord, on as many nodes of rings.

    As the edges are given, a graph with a cycle more has a component more or a node less: here half
    of each on average, so that neither number by itself says much.
    """
    triangles = words.below(threshold) if words.below(PLAIN) else threshold
    rings = 1 + words.below(threshold - triangles) if triangles < threshold else 0
    chords = threshold - triangles - rings
    ring = words.bits(1) if rings else 1
    on_rings = 4 * (rings + ring) + 2 * (chords + 1 - ring)
    left = edges - 3 * triangles - on_rings - (chords + 1 - ring)
    on_rings += (longer := words.below(left // 2 + 1))
    pieces, left = triangles + rings + ring, left - longer
    least = max(1, pieces - left)
    most = max(least, min(pieces + left - 1, NODES - edges + threshold))
    components = least + words.below(most - least + 1)
    if above:
        further = min(words.bits(1), pieces + left - components)
        return _Parts(triangles, rings + ring, on_rings, chords + 1 - ring, components + further)
    components = min(components, pieces - ring + left + 1 - ring)
    return _Parts(triangles, rings, on_rings if rings else 0, chords, components)


def _many(edges: int, threshold: int, words: Words) -> _Parts:
    """Two cycles or more above the threshold, all of them in one ring with chords."""
    chords = threshold + 1 + words.below(threshold)
    on_rings = 4
    while on_rings * (on_rings - 3) // 2 < chords:
        on_rings += 1
    left = edges - on_rings - chords
    most = min(1 + left, NODES - edges + chords + 1)
    return _Parts(0, 1, on_rings, chords, 1 + words.below(most))


def _few(edges: int, threshold: int, words: Words) -> _Parts:
    """Fewer cycles than the threshold, each a ring of four, or none at all."""
    least = max(0, edges + 1 - NODES)
    rings = least + words.below(threshold - least)
    pieces, left = rings, edges - 4 * rings
    most = min(pieces + left, NODES - edges + rings)
    fewest = max(1, pieces - left)
    return _Parts(0, rings, 4 * rings, 0, fewest + words.below(most - fewest + 1))


def _graph(edges: int, plan: _Parts, words: Words) -> list[Edge]:
    graph: Graph = []
    rings = _rings(plan, words)
    for ring in rings:
        graph += [{ring[i - 1], ring[(i + 1) % len(ring)]} for i in range(len(ring))]
    for _ in range(plan.chords):
        _chord(graph, rings[: plan.rings], words)
    for ring in rings[1 : 1 + max(0, len(rings) - plan.components)]:
        _join(graph, words.below(ring.start), ring[words.below(len(ring))])
    for _ in range(plan.components - len(rings)):
        graph += [{len(graph) + 1}, {len(graph)}]
    _grow(graph, edges - plan.cycles + plan.components, words)
    return [(u, v) for u, others in enumerate(graph) for v in sorted(others) if u < v]


def _rings(plan: _Parts, words: Words) -> list[range]:
    """The nodes of each ring, those of the triangles last."""
    sizes = [4] * plan.rings
    for _ in range(plan.on_rings - 4 * plan.rings):
        sizes[words.below(plan.rings)] += 1
    ends = list(accumulate(sizes + [3] * plan.triangles, initial=0))
    return [range(*ends_of) for ends_of in pairwise(ends)]


def _join(graph: Graph, u: int, v: int) -> None:
    graph[u].add(v)
    graph[v].add(u)


def _chord(graph: Graph, rings: list[range], words: Words) -> None:
    """A further edge between two nodes of one ring, that makes no triangle where there is a way."""
    tries = 0
    while True:
        ring = rings[words.below(len(rings))]
        u = ring[words.below(len(ring))]
        apart = set(ring) - graph[u] - {u}
        if tries < TRIES:
            apart.difference_update(*(graph[v] for v in graph[u]))
        if apart:
            _join(graph, u, sorted(apart)[words.below(len(apart))])
            return
        tries += 1


def _grow(graph: Graph, nodes: int, words: Words) -> None:
    """Hang nodes on any others, until there are so many.

    In two of three graphs every other one hangs on one node, or on the latest, so that there are
    high degrees and long paths in either class.
    """
    hub, habit = words.below(len(graph)), words.below(3)
    for v in range(len(graph), nodes):
        u = words.below(v)
        if habit and words.bits(1):
            u = hub if habit == 1 else v - 1
        graph.append(set())
        _join(graph, u, v)
