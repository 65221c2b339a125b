"""From a prompt's text, which is all that the enumerator sees, to the examples in it."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from bench.jail.features import parse_features
from targets.kinds import KINDS, Kind

TEXT = Kind(name="text", words="a string", shape=re.compile(r".+"))
"""The kind of inputs that have the shape of no other kind."""

_QUOTE = r"[`'\"]?"
_EXAMPLE = re.compile(
    rf"^[\s>*-]*{_QUOTE}(?P<input>[^\s`'\"].*?){_QUOTE}"
    rf"\s*(?:->|→|=>)\s*{_QUOTE}(?P<label>[01]){_QUOTE}\s*$"
)


def mask_of(holds: Iterable[int]) -> int:
    """One truth value (0 or 1) for each example, as one integer: bit i is for example i."""
    return sum(value << i for i, value in enumerate(holds))


@dataclass(frozen=True)
class Examples:
    """What the prompt shows: input strings with their labels, 0 or 1."""

    inputs: tuple[str, ...]
    labels: tuple[int, ...]

    @cached_property
    def kind(self) -> Kind:
        """The kind that all inputs have the shape of; TEXT where there is none."""
        return _kind(self.inputs)

    @cached_property
    def values(self) -> tuple[Any, ...]:
        """What `f` receives for each input: the string, or a table's dict of features."""
        if self.kind.argument == "features":
            return tuple(map(parse_features, self.inputs))
        return self.inputs

    @cached_property
    def target(self) -> int:
        """The labels as one integer: bit i is the label of example i."""
        return mask_of(self.labels)

    @cached_property
    def everything(self) -> int:
        """The integer with a bit for each example."""
        return (1 << len(self.labels)) - 1

    @cached_property
    def symbols(self) -> tuple[str, ...]:
        """The characters that occur, sorted."""
        return tuple(sorted(set("".join(self.inputs))))

    def having(self, symbol: str) -> list[int]:
        """For each position that all inputs have: a mask of the examples with this symbol there."""
        columns = zip(*self.inputs, strict=False)
        return [mask_of(map(symbol.__eq__, column)) for column in columns]

    @cached_property
    def shortest(self) -> int:
        """The length of the shortest input."""
        return min(map(len, self.inputs), default=0)

    @cached_property
    def longest(self) -> int:
        """The length of the longest input."""
        return max(map(len, self.inputs), default=0)

    def wrong(self, mask: int) -> int:
        """On how many examples these predictions are wrong; `mask` is made like `target`."""
        return (mask ^ self.target).bit_count()


def parse(prompt: str) -> Examples:
    """The examples in a prompt: the longest run of lines `<input> -> 0` or `<input> -> 1`.

    Where other words stand on its first or last line, that line does not look like the others and
    is left out. An input that is shown twice with the same label counts once.
    """
    runs: list[list[tuple[str, int]]] = [[]]
    for line in prompt.splitlines():
        if match := _EXAMPLE.match(line):
            runs[-1].append((match["input"], int(match["label"])))
        elif runs[-1]:
            runs.append([])
    longest = max(runs, key=len)
    unique = list(dict.fromkeys(longest))
    kind = _kind([text for text, _ in unique[1:-1]])
    fitting = [(text, label) for text, label in unique if kind.shape.fullmatch(text)]
    return Examples(tuple(text for text, _ in fitting), tuple(label for _, label in fitting))


def _kind(inputs: Sequence[str]) -> Kind:
    for kind in KINDS:
        if inputs and all(kind.shape.fullmatch(text) for text in inputs):
            return kind
    return TEXT
