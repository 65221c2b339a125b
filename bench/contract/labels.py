"""The labels in an answer that was asked for labels: one for each input, or none where in doubt."""

import re
from collections.abc import Iterable, Sequence

from bench.contract import thinking

LONGEST_READ = 20_000
"""Characters from the end of an answer in which labels are looked for."""
SHORTEST_ECHO = 4
"""Characters. A shorter input may stand in an answer by chance, or be a label."""

_MARKS = r"`*_\"'$(){}\[\]<>"
_BARE = re.compile(rf"[\s{_MARKS}]*+([01])[\s{_MARKS}.]*+")
"""A label and marks around it, and nothing else."""

_NOUN = r"\b(?:label|answer|prediction|output|result|class|f\(input\))"
_FILLER = (
    rf"(?:\s+[{_MARKS}]*+(?:a|the|this|that|it|its|of|for|to|by|given|giving|gives|hidden|rule|"
    rf"rules|string|number|graph|row|input|correct|predicted|final|therefore|thus|then)\b"
    rf"[{_MARKS}]*+)*+"
)
_VERB = r"(?:\s*+(?:is|(?:should|would|must|will)\s+be|equals|:=|:|==?|->|→|⇒))++"
_SAID = rf"[ \t{_MARKS}]*+([01])"
_AFTER = (
    r"(?![\w%]|\.\d|\s*+(?:[-/|+^=⊕&]|,\s*+[01]\b)"
    rf"|[{_MARKS}]*+\s++(?:or|and|xor|to|if|iff|when|whenever|where|for|unless|only|exactly|"
    r"otherwise|else)\b)"
)
"""What makes a statement one of the rule, or of both labels, instead of one input's label."""
_STATED = re.compile(
    rf"(?:{_NOUN}[{_MARKS}]*+{_FILLER}{_VERB}|\binput[{_MARKS}]*+\s*+(?:->|→|⇒)){_SAID}{_AFTER}",
    re.IGNORECASE,
)
_FINAL = re.compile(
    rf"\\boxed\s*+{{[\s{{]*+(?:\\text{{)?([01])\s*+}}"
    rf"|\bfinal\s+{_NOUN}[{_MARKS}]*+{_FILLER}{_VERB}{_SAID}{_AFTER}",
    re.IGNORECASE,
)
"""Where a model says that this is its answer: it stands above what it said on the way."""

_NUMBERED = re.compile(
    r"(?:^|[{,;(])[ \t\r\n]*+(?:[-*•][ \t]++)?+[\"'`*]*+(?:input[ \t]++|#)?+(\d{1,6})[\"'`*]*+"
    r"[ \t]*+(?:[:.)=]|->|→)++[ \t]*+(?:[\"'`*]*+input[\"'`*]*+[ \t]*+(?:[:=]|->|→)++[ \t]*+)?+"
    r"[\"'`*]*+([01])[\"'`*]*+(?=\s*+(?:[,;})\n]|\Z)|[ \t]*+\r?\n)",
    re.IGNORECASE | re.MULTILINE,
)
"""A number of an input and its label, as in a JSON object or as a line."""
_LIST = re.compile(r"\[([\s\d,\"']*+)\]")


def read_labels(text: str | None, inputs: Sequence[str]) -> tuple[int | None, ...]:
    """The label of each of these inputs in an answer; None where it gives none, or two.

    Of one input: the whole answer, else what the model calls final, else what it states and what
    stands on a line of its own, at the beginning or the end. Of several: by their numbers, else as
    a list of so many. What comes before the end of the thinking is not looked at.
    """
    answer, unfinished = thinking.split((text or "")[-LONGEST_READ:])
    said = answer if answer.strip() else unfinished
    for x in inputs:
        said = said.replace(x, "input") if len(x) >= SHORTEST_ECHO else said
    return (_label_of_one(said),) if len(inputs) == 1 else _labels_of_several(said, len(inputs))


def _label_of_one(said: str) -> int | None:
    if (whole := _BARE.fullmatch(said)) is not None:
        return int(whole[1])
    lines = [line for line in said.splitlines() if line.strip()]
    if final := _labels_stated(_FINAL, said):
        return _only_label(final)
    alone = [found[1] for line in (*lines[:1], *lines[-1:]) if (found := _BARE.fullmatch(line))]
    return _only_label({*alone, *_labels_stated(_STATED, said)})


def _labels_stated(statement: re.Pattern[str], said: str) -> set[str]:
    return {next(filter(None, match.groups())) for match in statement.finditer(said)}


def _only_label(labels: Iterable[str]) -> int | None:
    """The one label among these; None where there is none, or where they differ."""
    found = set(labels)
    return int(found.pop()) if len(found) == 1 else None


def _labels_of_several(said: str, count: int) -> tuple[int | None, ...]:
    by_number: dict[int, set[str]] = {}
    for number, label in _NUMBERED.findall(said):
        by_number.setdefault(int(number), set()).add(label)
    if by_number:
        # With a number that none of the inputs has, nobody knows which input each is of.
        is_sure = by_number.keys() <= set(range(1, count + 1))
        return tuple(
            _only_label(by_number.get(number, ())) if is_sure else None
            for number in range(1, count + 1)
        )
    lists = {tuple(re.findall(r"\d+", inside)) for inside in _LIST.findall(said)}
    lines = tuple(line.strip() for line in said.splitlines() if line.strip())
    whole = {labels for labels in lists | {lines} if _are_labels(labels, count)}
    return tuple(map(int, whole.pop())) if len(whole) == 1 else (None,) * count


def _are_labels(values: tuple[str, ...], count: int) -> bool:
    return len(values) == count and all(value in ("0", "1") for value in values)
