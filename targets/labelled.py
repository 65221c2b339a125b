"""A target made of a label function: its inputs are uniform, and sorted by their labels."""

from collections.abc import Callable, Sequence
from functools import partial
from itertools import islice

from targets import kinds
from targets.base import LENGTHS, Rule, TargetFault, label_of, one_by_one
from targets.bit_stream import Words
from targets.forms.form import Stream
from targets.kinds import Kind

RAREST = 200
"""The rarest class that rejection is to find: one in so many of the uniform inputs."""
_SPARE = 5_000
"""Inputs that are looked at beyond that, as by chance a class may be missing for a while."""


def from_label(
    label: Callable[[str], int],
    *,
    name: str | None = None,
    lengths: Sequence[int] = LENGTHS,
    kind: Kind = kinds.BINARY,
    family: str = "further",
    rule: str | None = None,
    sample: Callable[[int, int, Words], str] | None = None,
    audited_as: Sequence[str] = (),
) -> Rule:
    """The target whose rule is `label(x)`: 0 or 1 for inputs of these lengths, and for longer ones.

    Its name is the function's, and its rule in words the first line of the docstring, where no
    other is given. Inputs are uniform, and kept or left by their label. A class that is rarer than
    one in RAREST needs `sample(label, length, words)`: it draws one input of a class, and takes all
    that is random from `words`. `audited_as` has the words in which the shortcut audit finds the
    rule itself. Raises ValueError where uniform inputs of the kind are unknown.
    """
    called = name or str(getattr(label, "__name__", ""))
    if sample is not None:
        draw = one_by_one(lambda label, length, words, _hard: sample(label, length, words))
    elif kind.form is not None:
        draw = partial(_draw_by_label, label, kind.form.uniform)
    else:
        raise ValueError(f"{called}: nothing draws uniform inputs of {kind.name}: give `sample`")
    return Rule(
        fn=called,
        name=called,
        family=family,
        kind=kind,
        rule=rule or _first_line(label) or called,
        lengths=tuple(lengths),
        label=label,
        draw=draw,
        least=min(lengths, default=1),
        paper=False,
        audited_as=tuple(audited_as),
    )


def _first_line(label: Callable[[str], int]) -> str:
    """Of a function's docstring; that of a callable of another sort is its class's."""
    docstring = label.__doc__ if hasattr(label, "__name__") else None
    return (docstring or "").strip().partition("\n")[0]


def _draw_by_label(
    rule: Callable[[str], int],
    uniform: Stream,
    label: int,
    length: int,
    count: int,
    words: Words,
    _hard: bool,
) -> list[str]:
    """As a rule's `draw`, by rejection. Raises TargetFault where the class is too rare.

    A label that is neither 0 nor 1 is a fault of its own, and no reason to draw further.
    """
    found: list[str] = []
    inputs = uniform(length, words)
    most = _SPARE + RAREST * count
    for x in islice(inputs, most):
        if label_of(rule, x) == label:
            found.append(x)
            if len(found) == count:
                return found
    raise TargetFault(
        f"{len(found):,} of {most:,} uniform inputs of length {length} have the label {label}, "
        "which are too few: give a `sample`"
    )
