"""What a target is: a rule that labels inputs, and a way to draw inputs of either class."""

import hashlib
from collections.abc import Callable
from dataclasses import dataclass

BLOCK = 8192


class UnknownTarget(ValueError):
    """No target has this id or name; the message names the nearest known ones."""


class Words:
    """An endless stream of random bits, fixed for ever by its seed text: SHAKE-256 over the seed and a counter."""

    def __init__(self, seed: str) -> None:
        self._seed = seed.encode()
        self._block = 0
        self._buffer = b""
        self._at = 0

    def _take(self, size: int) -> bytes:
        while len(self._buffer) - self._at < size:
            more = hashlib.shake_256(self._seed + b"\0" + str(self._block).encode()).digest(BLOCK)
            self._buffer, self._at = self._buffer[self._at :] + more, 0
            self._block += 1
        taken = self._buffer[self._at : self._at + size]
        self._at += size
        return taken

    def bits(self, n: int) -> int:
        """A uniform number of `n` bits."""
        size = (n + 7) // 8
        return int.from_bytes(self._take(size), "big") >> (8 * size - n)

    def below(self, n: int) -> int:
        """A uniform number from 0 to `n` - 1."""
        if n < 1:
            raise ValueError(f"no number is below {n}")
        width = (n - 1).bit_length()
        while (value := self.bits(width)) >= n:
            pass
        return value


@dataclass(frozen=True, slots=True)
class Target:
    """A function to be induced.

    `draw(label, length, count, words, hard)` draws `count` inputs of a class, some of them perhaps the same; with
    `hard` (the option `--negatives hard`), negatives that no shortcut tells apart, where the target `hardens`.
    `domain(label, length)` counts the inputs of a class, or is None where nobody has counted them. `least` is the
    shortest length at which both classes have inputs, and every length is a multiple of `divisor`.
    """

    fn: str
    name: str
    family: str
    kind: str
    rule: str
    lengths: tuple[int, ...]
    label: Callable[[str], int]
    draw: Callable[[int, int, int, Words, bool], list[str]]
    paper: bool = True
    negative_control: bool = False
    hardens: bool = False
    least: int = 1
    divisor: int = 1
    domain: Callable[[int, int], int] | None = None

    @property
    def stem(self) -> str:
        """The name of its files: `fn_a-parity_all`, or the name alone where there is no id."""
        return self.name if self.fn == self.name else f"{self.fn}-{self.name}"

    def length_error(self, length: int) -> str | None:
        """Why inputs cannot have this length, or None if they can."""
        if length < self.least:
            return f"{self.name} needs a length of at least {self.least}, not {length}"
        if length % self.divisor:
            return f"{self.name} needs a multiple of {self.divisor}, not {length}"
        return None


def each(sample: Callable[[int, int, Words, bool], str]) -> Callable[[int, int, int, Words, bool], list[str]]:
    """A target's `draw` from a function that draws one input: `sample(label, length, words, hard)`."""

    def draw(label: int, length: int, count: int, words: Words, hard: bool) -> list[str]:
        return [sample(label, length, words, hard) for _ in range(count)]

    return draw
