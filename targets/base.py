"""What a target is: a rule that labels inputs, and a way to draw inputs of either class."""

from collections.abc import Callable
from dataclasses import dataclass, field

from targets.bit_stream import Words
from targets.forms.form import Form, Stream
from targets.kinds import Kind

LENGTHS = (100, 50, 30, 25, 20)
"""The lengths of the published grid."""


class UnknownTarget(ValueError):
    """No target has this id or name; the message names the nearest known ones."""


class TargetFault(Exception):
    """A target of a plugin broke what a target promises; one line that names the plugin."""


@dataclass(frozen=True, slots=True)
class Origin:
    """Where a target comes from that is not of this project."""

    plugin: str
    """The plugin as pytest calls it, or its distribution with the version."""
    source_sha256: str | None
    """The SHA-256 of the file in which the label function stands; None where there is no file."""


@dataclass(frozen=True, slots=True)
class Target:
    """A function to be induced: its id, name and family, its kind of input, and its lengths."""

    fn: str
    name: str
    family: str
    kind: Kind
    rule: str
    lengths: tuple[int, ...]
    paper: bool = field(default=True, kw_only=True)
    negative_control: bool = field(default=False, kw_only=True)
    audited_as: tuple[str, ...] = field(default=(), kw_only=True)
    """How the shortcut audit would spell the rule itself, which is no shortcut to it."""
    origin: Origin | None = field(default=None, kw_only=True)
    """Which plugin it comes from; None for a target of this project."""

    @property
    def stem(self) -> str:
        """The name of its files: `fn_a-parity_all`, or the name alone where there is no id."""
        # `-k fn_a` selects by substring: a longer id, such as fn_aa, must not be in a test's id.
        return self.name if len(self.fn.removeprefix("fn_")) > 1 else f"{self.fn}-{self.name}"

    def length_error(self, length: int) -> str | None:
        """Why inputs cannot have this length, or None if they can."""
        if length in self.lengths:
            return None
        return f"{self.name} has {self.lengths[0]} features, not {length}"


@dataclass(frozen=True, slots=True)
class Rule(Target):
    """A target that is a rule, with a way to draw inputs of either class.

    - `label(x)` is the rule.
    - `draw(label, length, count, words, hard)` draws about `count` inputs of a class; some of them
      may be equal. `hard` stands for the option `--negatives hard`.
    - `hardens`: with `hard`, `draw` gives inputs whose classes no shortcut tells apart.
    - `planted(x)` names the kind of planted negative that x is, or is None if x is not planted.
    - `domain(label, length)` is the number of inputs of a class; None where nobody has counted.
    - `least` and `most`: the shortest and the longest length at which both classes have inputs.
    - `divisor`: every length is a multiple of it.
    - `per_length`: each length has a rule of its own, so a program for one fails at the others.
    - `rule_seed` and `params`: what the rule was drawn from, where it is another than the public
      one; see `targets/drawn.py`.
    - `at_once`: the paper's inputs depend on `count`. For all other targets, asking for more inputs
      gives the same ones and then further ones.

    What a program is tried on that passes for the rule is declared by the kind, but for:

    - `own_form`: how the inputs are written, where it is not as those of the kind.
    - `edge_cases`: inputs of either class at boundaries of this target's own.
    - `defined(x)`: whether the rule speaks of x; None where it speaks of every input.
    """

    label: Callable[[str], int]
    draw: Callable[[int, int, int, Words, bool], list[str]]
    hardens: bool = field(default=False, kw_only=True)
    least: int = field(default=1, kw_only=True)
    most: int | None = field(default=None, kw_only=True)
    divisor: int = field(default=1, kw_only=True)
    domain: Callable[[int, int], int] | None = field(default=None, kw_only=True)
    per_length: bool = field(default=False, kw_only=True)
    at_once: bool = field(default=False, kw_only=True)
    rule_seed: int = field(default=0, kw_only=True)
    params: tuple[tuple[str, int], ...] = field(default=(), kw_only=True)
    planted: Callable[[str], str | None] | None = field(default=None, kw_only=True)
    own_form: Form | None = field(default=None, kw_only=True)
    edge_cases: Stream | None = field(default=None, kw_only=True)
    defined: Callable[[str], bool] | None = field(default=None, kw_only=True)

    @property
    def form(self) -> Form | None:
        """The form of the inputs: the rule's own, or its kind's; None where that has none."""
        return self.own_form or self.kind.form

    def length_error(self, length: int) -> str | None:
        """Why inputs cannot have this length, or None if they can."""
        if length < self.least:
            return f"{self.name} needs a length of at least {self.least}, not {length}"
        if self.most is not None and length > self.most:
            return f"{self.name} has no inputs longer than {self.most}, and not of {length}"
        if length % self.divisor:
            return f"{self.name} needs a multiple of {self.divisor}, not {length}"
        return None


def label_of(rule: Callable[[str], object], x: str) -> int:
    """The label that a rule of somebody else's gives: 0 or 1, of whatever type it comes.

    Raises TargetFault for anything else.
    """
    found = rule(x)
    try:
        return (0, 1).index(found)
    except Exception:  # noqa: BLE001 - what the rule gave may not even let itself be compared
        what = f"the label of {x[:60]!r} is {repr(found)[:60]}, and not 0 or 1"
        raise TargetFault(what) from None


def one_by_one(
    sample: Callable[[int, int, Words, bool], str],
) -> Callable[[int, int, int, Words, bool], list[str]]:
    """A target's `draw`, made of `sample(label, length, words, hard)`, which draws one input."""

    def draw(label: int, length: int, count: int, words: Words, hard: bool) -> list[str]:
        return [sample(label, length, words, hard) for _ in range(count)]

    return draw
