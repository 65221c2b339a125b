"""What a target's inputs look like, and which of two is the simpler: a record of a kind."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

from targets.bit_stream import Words

Stream = Callable[[int, Words], Iterator[str]]
"""Inputs of a length, drawn by the random numbers. It may be endless, and may repeat an input."""


@dataclass(frozen=True, slots=True, eq=False)
class Form:
    """How the inputs of a kind are written, changed and put into an order, whatever their labels.

    - `uniform` draws from all inputs of a length.
    - `changed(x, words)` is x with one symbol changed.
    - `special` has, by what is special about them, inputs that the sampler of a target may never
      draw: constant, sorted, sparse ones.
    - `size(x)` is the key of the order: of two inputs the one with the smaller key is simpler.
    - `rising(length)` are the inputs of a length in this order, the simplest first.
    - `steps(x)` are inputs that differ from x by one step, most of them simpler.
    - `unit`: lengths that differ by less have the same inputs.
    """

    uniform: Stream
    changed: Callable[[str, Words], str]
    special: Mapping[str, Stream]
    size: Callable[[str], tuple[int, str]]
    rising: Callable[[int], Iterator[str]]
    steps: Callable[[str], Iterator[str]]
    unit: int = 1
