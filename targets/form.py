"""What a target's inputs look like, and which of two is the simpler: a record of a kind."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from targets.base import Words

Stream = Callable[[int, "Words"], Iterator[str]]
"""Inputs of a target's length, in an order that the random numbers settle. It may end, go on for
ever, and bring one twice."""


@dataclass(frozen=True, slots=True, eq=False)
class Form:
    """How inputs are written, changed and put into an order, whatever their labels.

    `uniform` draws from all inputs of a length, and `changed` changes one symbol of one. `special`
    has, by the name of what is special about them, inputs that a sampler of the classes may never
    draw. Of two inputs the simpler one has the smaller `size`; `rising` gives the inputs of a
    length from the simplest on, as many as can be told in order, and `simpler` some that are a
    step simpler than this one. Lengths that differ by less than `step` have the same inputs.
    """

    uniform: Stream
    changed: Callable[[str, "Words"], str]
    special: Mapping[str, Stream]
    size: Callable[[str], tuple[int, str]]
    rising: Callable[[int], Iterator[str]]
    simpler: Callable[[str], Iterator[str]]
    step: int = 1
