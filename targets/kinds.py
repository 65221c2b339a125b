"""The kinds of input: whatever depends on the kind, and on no single target, is a field here.

It is plain data and pure functions. What reads it: the prompt, the jail's caller, the shortcut
audit, the falsification, the estimate of a prompt's length, and the markers of tests.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal, Never

from targets import counts
from targets.counts import Answers, Counts, Remainders
from targets.forms.bit_strings import BITS
from targets.forms.edge_lists import EDGES
from targets.forms.form import Form
from targets.forms.numbers import NUMBER

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Digits = NDArray[np.uint8]
    Bools = NDArray[np.bool_]

FEATURE = 60
"""Characters that a feature of a table may take, with its name."""


def _two_numbers(length: int) -> int:
    """Some inputs are two numbers of the length, with something between them at most."""
    return 2 * length + 1


def _none(_digits: "Digits") -> Mapping[str, Never]:
    return {}


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Kind:
    """A kind of input."""

    name: str
    """Its name in DESIGN, and the marker of its tests."""
    words: str
    """What a prompt says an input is, with the placeholders of `described`."""
    received: str = ""
    """What a prompt that asks for a program adds: how `f` receives an input."""
    shape: re.Pattern[str]
    """What every input of the kind matches, as a whole."""
    argument: Literal["text", "features"] = "text"
    """What `f` receives: the input as it is written, or the dict of features that it spells."""
    longest: Callable[[int], int] = _two_numbers
    """From a length of the grid to a number of characters that no input exceeds."""
    form: Form | None = None
    """How inputs are drawn, changed and put into an order, to refute a program; None: no way."""

    # What the shortcut audit tries, beside what it tries on every kind. Digits are
    # [positions, inputs]: those of the positions at which all inputs have one.
    total: str = "the sum of the digits"
    """What the sum of an input's digits is called."""
    questions: Mapping[str, Callable[["Digits"], "Bools"]] = field(default_factory=dict)
    """Yes-or-no questions about each digit, by their words, in which `{}` is its position."""
    counts: Counts = _none
    """Numbers of each input that are compared with a threshold, by their words."""
    answers: Answers = _none
    """Further yes-or-no questions about the whole input, by their words."""
    remainders: Remainders = _none
    """The numbers that an input is of, modulo small primes: [primes, inputs]."""

    def described(self, *, characters: int, length: int, about: str = "") -> str:
        """What an input is: its number of characters, the grid's length, what a table holds."""
        about = f" ({about})" if about else ""
        return self.words.format(characters=characters, length=length, about=about)


_OF_DIGITS: Mapping[str, Callable[["Digits"], "Bools"]] = {
    "position {} at least 5": lambda digits: digits >= 5,
    "position {} odd": lambda digits: digits % 2 == 1,
}

BINARY = Kind(
    name="binary",
    words="a string of {characters} bits",
    shape=re.compile(r"[01]+"),
    form=BITS,
    total="the number of ones",
    questions={"position {}": lambda digits: digits == 1},
    counts=counts.of_bits,
    answers=counts.brackets,
)
DECIMAL = Kind(
    name="decimal",
    words="a string of {characters} decimal digits",
    shape=re.compile(r"[0-9]+"),
    form=NUMBER,
    questions=_OF_DIGITS,
    answers=counts.common_divisors,
    remainders=counts.remainders,
)
GRAPH = Kind(
    name="graph",
    words=(
        "a graph, written as a string of {characters} characters: "
        "edges such as u12v23, one after the other"
    ),
    shape=re.compile(r"(?:u\d\dv\d\d)+"),
    form=EDGES,
    questions=_OF_DIGITS,
    counts=counts.of_graphs,
)
TABULAR = Kind(
    name="tabular",
    words="a row of a table with {length} features{about}",
    received="; f receives it as a dict from name to float or string",
    shape=re.compile(r"[^,:]+:[^,:]+(?:,[^,:]+:[^,:]+)*"),
    argument="features",
    longest=lambda length: FEATURE * length,
)

KINDS = (BINARY, DECIMAL, GRAPH, TABULAR)
"""From the narrowest shape to the widest: a binary input is also a decimal one."""
