"""Inputs to try a program on that passes for a target's rule: from everywhere it is defined."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import cycle, islice, repeat

from targets.base import Rule
from targets.bit_stream import Words
from targets.forms.form import Form

TEST_SHARE = 0.75
"""The share of inputs from the test split: the program's answers there cost nothing more."""
UNIFORM, MODE, EDGE_CASES, SPECIAL, BOUNDARY = 0.10, 0.02, 0.20, 0.30, 0.38
"""The shares of the other inputs, by source. All special streams have one share together.

What a source has too few of is made up at the boundary.
"""
ELSEWHERE = 50
"""At each other length one input is tried for so many at the point's own."""
_PATIENCE, _LEAST = 4, 200
"""How many inputs of a stream are looked at: so many for each one wanted, and so many more.

A stream that repeats itself ends there.
"""


@dataclass(frozen=True, slots=True)
class Tried:
    """Different inputs, each with its label by the rule and the source that it is from."""

    inputs: tuple[str, ...]
    labels: tuple[int, ...]
    sources: tuple[str, ...]


def inputs(
    rule: Rule,
    form: Form,
    length: int,
    *,
    count: int,
    hard: bool,
    examples: Sequence[tuple[str, int]],
    seed: str,
) -> Tried:
    """Up to `count` inputs of this form and length; fewer where there are no more.

    `examples` are those of the test split, which was drawn `hard` or not. The first of either class
    stand for what the sampler draws; the boundary is around all of them. The same arguments give
    the same inputs.
    """
    found, words = _Inputs(rule), Words(f"{seed}:falsify:{length}")
    of_a_class = round(count * TEST_SHARE / 2)
    for source, label in (("positives", 1), ("negatives", 0)):
        some = [x for x, its in examples if its == label][:of_a_class]
        found.take(source, some, len(some), label)
    others = count - 2 * of_a_class
    if rule.hardens:
        drawn = _negatives(rule, length, not hard, words)
        found.take("paper" if hard else "hard", drawn, round(others * MODE))
    for source, stream in form.special.items():
        some_of_it = round(others * SPECIAL / len(form.special))
        found.take(source, stream(length, words), some_of_it)
    if rule.edge_cases:
        found.take("edge cases", rule.edge_cases(length, words), round(others * EDGE_CASES))
    found.take("uniform", form.uniform(length, words), round(others * UNIFORM))
    around = [x for x, _ in examples]
    found.take("boundary", _boundary(form, around, words), count - len(found.labels))
    found.take("uniform", form.uniform(length, words), count - len(found.labels))
    return found.tried()


def elsewhere(rule: Rule, form: Form, length: int, *, count: int, seed: str) -> dict[int, Tried]:
    """Some inputs at the next lengths and at half of this one, where the rule is the same there."""
    if rule.per_length:
        return {}
    step = max(rule.divisor, form.unit)
    lengths = (length - step, length + step, length // 2 // step * step)
    found = {}
    for other in dict.fromkeys(lengths):
        if other != length and rule.length_error(other) is None:
            found[other] = _inputs_elsewhere(rule, form, other, count // ELSEWHERE, seed)
    return found


def _inputs_elsewhere(rule: Rule, form: Form, length: int, count: int, seed: str) -> Tried:
    found, words = _Inputs(rule), Words(f"{seed}:falsify:{length}")
    if rule.edge_cases:
        found.take("edge cases", rule.edge_cases(length, words), count // 2)
    found.take("uniform", form.uniform(length, words), (count - len(found.labels)) // 2)
    boundary = _boundary(form, list(found.labels), words)
    found.take("boundary", boundary, count - len(found.labels))
    return found.tried()


class _Inputs:
    """Inputs as they are collected, none of them twice."""

    def __init__(self, rule: Rule) -> None:
        self._rule = rule
        self.labels: dict[str, int] = {}
        self.sources: list[str] = []

    def tried(self) -> Tried:
        return Tried(tuple(self.labels), tuple(self.labels.values()), tuple(self.sources))

    def take(
        self, source: str, stream: Iterable[str], count: int, label: int | None = None
    ) -> None:
        """The first `count` new inputs of a stream, of those that the rule is defined on."""
        is_defined = self._rule.defined or (lambda _: True)
        wanted = len(self.labels) + count
        for x in islice(stream, count * _PATIENCE + _LEAST if count > 0 else 0):
            if len(self.labels) >= wanted:
                return
            if x not in self.labels and is_defined(x):
                self.labels[x] = self._rule.label(x) if label is None else label
                self.sources.append(source)


def _negatives(rule: Rule, length: int, hard: bool, words: Words) -> Iterator[str]:
    for count in repeat(_LEAST // 10, _PATIENCE):
        yield from rule.draw(0, length, count, words, hard)


def _boundary(form: Form, around: Sequence[str], words: Words) -> Iterator[str]:
    """Inputs next to these: with one symbol changed, and with a second one changed too."""
    for x in cycle(around):
        once = form.changed(x, words)
        yield once
        yield form.changed(once, words)
