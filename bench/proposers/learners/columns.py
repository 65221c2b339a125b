"""What a learner sees of an input: numbers, the same for every learner; see docs/learners.md.

Which columns there are follows from the training examples alone.
"""

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import chain
from string import digits
from typing import TYPE_CHECKING

from bench.jail.features import parse_features
from targets.forms.edge_lists import NODES, edges_of
from targets.kinds import GRAPH, Kind

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Matrix = NDArray[np.float32]

SHARED = 2
"""Training graphs that an edge must be in to have a column of its own."""


@dataclass(frozen=True, slots=True)
class Features:
    """The columns that were chosen for a task."""

    columns: "Callable[[Sequence[str]], Matrix]"
    """The numbers of some inputs: [inputs, columns]."""
    any_length: bool
    """Whether inputs of other lengths have them as well."""


def features_of(kind: Kind, inputs: Sequence[str]) -> Features:
    """The features of inputs of a kind, chosen on these training inputs."""
    if kind.argument == "features":
        return Features(_of_tables(inputs), any_length=False)
    if kind is GRAPH:
        return Features(_of_graphs(inputs), any_length=True)
    return Features(_of_texts(inputs), any_length=False)


def _of_texts(inputs: Sequence[str]) -> "Callable[[Sequence[str]], Matrix]":
    """A column for each position and symbol; of two symbols in all, the second one alone.

    Of more symbols, if they are digits, each position also has its digit as a number from 0 to 1.
    """
    import numpy as np

    width = max(map(len, inputs))

    def codes(some: Sequence[str]) -> "NDArray[np.uint32]":
        found: NDArray[np.uint32] = np.array(some, f"U{width}").view(np.uint32)
        return found.reshape(len(some), width)

    symbols = np.unique(codes(inputs))
    are_digits = len(symbols) > 2 and set(map(chr, symbols)) <= set(digits)
    symbols = symbols[1:] if len(symbols) == 2 else symbols

    def columns(some: Sequence[str]) -> "Matrix":
        hot: Matrix = (codes(some)[:, :, None] == symbols).astype(np.float32)
        hot = hot.reshape(len(some), -1)
        if not are_digits:
            return hot
        numbers = (codes(some).astype(np.float32) - ord("0")) / 9
        return np.hstack([hot, numbers])

    return columns


def _of_graphs(inputs: Sequence[str]) -> "Callable[[Sequence[str]], Matrix]":
    """The adjacency, as far as training graphs share edges, and the degree of each name."""
    import numpy as np

    times = Counter(chain.from_iterable(set(_pairs(x)) for x in inputs))
    shared = sorted(pair for pair, count in times.items() if count >= SHARED)
    place = {pair: at for at, pair in enumerate(shared)}

    def columns(some: Sequence[str]) -> "Matrix":
        matrix = np.zeros((len(some), len(shared) + NODES + 1), np.float32)
        degrees = matrix[:, len(shared) :]
        for row, x in enumerate(some):
            for pair in _pairs(x):
                if pair in place:
                    matrix[row, place[pair]] += 1
                for name in pair:
                    degrees[row, name] += 1
        return matrix

    return columns


def _pairs(x: str) -> list[tuple[int, int]]:
    """The edges without their directions."""
    return [(min(edge), max(edge)) for edge in edges_of(x)]


def _of_tables(inputs: Sequence[str]) -> "Callable[[Sequence[str]], Matrix]":
    """Numbers less their mean, over their standard deviation; a column for each category."""
    import numpy as np

    rows = [parse_features(x) for x in inputs]
    numbers: dict[str, tuple[float, float]] = {}
    categories: dict[tuple[str, object], int] = {}
    for name in rows[0]:
        values = [row.get(name) for row in rows]
        known = [value for value in values if isinstance(value, float)]
        if len(known) == len(values):
            numbers[name] = (float(np.mean(known)), float(np.std(known)) or 1.0)
            continue
        for value in sorted(set(map(str, values))):
            categories[name, value] = len(categories)

    def columns(some: Sequence[str]) -> "Matrix":
        matrix = np.zeros((len(some), len(numbers) + len(categories)), np.float32)
        for line, x in zip(matrix, some, strict=True):
            row = parse_features(x)
            for at, (name, (mean, spread)) in enumerate(numbers.items()):
                value = row.get(name)
                line[at] = (value - mean) / spread if isinstance(value, float) else 0.0
            for name, value in row.items():
                if (name, str(value)) in categories:
                    line[len(numbers) + categories[name, str(value)]] = 1.0
        return matrix

    return columns
