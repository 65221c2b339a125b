"""Numbers from graphs written as edges `u12v23`: edges, nodes, components, the largest degree."""

from collections.abc import Iterator

from bench.proposers.enumerator.language import BITS, Op
from bench.proposers.enumerator.runtime import count_components, count_nodes, largest_degree

_INT = BITS["int"]


def productions() -> Iterator[Op]:
    """The productions for inputs that are graphs."""
    yield Op(("text",), "int", _INT, "(len({0}) // 6)", lambda s: len(s) // 6)
    yield Op(("text",), "int", _INT, "count_nodes({0})", count_nodes, (count_nodes,))
    yield Op(("text",), "int", _INT, "count_components({0})", count_components, (count_components,))
    yield Op(("text",), "int", _INT, "largest_degree({0})", largest_degree, (largest_degree,))
