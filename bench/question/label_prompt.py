"""What a model is asked in context: the training examples, and the label of one or more inputs.

Nothing here tells of what split an input is, or where in it.
"""

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from bench.question.dataset import Split
from bench.record.attempt import Prompt

VERSION = "in-context-1"
"""Raise it with any change of the text: another text is another question."""

_BEGINNING = """\
Each line below shows an input and the label, 0 or 1, that a hidden rule gives it. \
An input is {kind}.

```
{examples}
```

"""

_ONE = """\
Which label does the rule give this input?

```
{input}
```

Answer with the label alone, 0 or 1.
"""

_SEVERAL = """\
Which label does the rule give each of these {count} inputs?

```
{inputs}
```

Answer with one JSON object and nothing else. Its keys are the numbers of the inputs, \
its values their labels, 0 or 1:
{{"1": <label>, ..., "{count}": <label>}}
"""


@dataclass(frozen=True, slots=True)
class Preamble:
    """The beginning that all prompts of a grid point share, so that a server can cache it."""

    text: str

    def asking(self, inputs: Sequence[str]) -> Prompt:
        """The prompt that asks for the labels of these inputs."""
        if len(inputs) == 1:
            question = _ONE.format(input=inputs[0])
        else:
            numbered = "\n".join(f"{number}: {x}" for number, x in enumerate(inputs, 1))
            question = _SEVERAL.format(inputs=numbered, count=len(inputs))
        text = self.text + question
        return Prompt(text, VERSION, hashlib.sha256(text.encode()).hexdigest())


def preamble(train: Split, described: str) -> Preamble:
    """The beginning of the prompts for a train split whose inputs are so described."""
    return Preamble(_BEGINNING.format(kind=described, examples=train.as_examples))


def batches(inputs: Sequence[str], size: int) -> Iterator[tuple[str, ...]]:
    """The inputs in their order, so many at a time, the last ones perhaps fewer."""
    for first in range(0, len(inputs), size):
        yield tuple(inputs[first : first + size])


def first_of(split: Split, size: int) -> Split:
    """The first inputs of a split, of each class as large a share as in all of it.

    Their order is the split's own, so that it tells nothing of a label. A smaller one is a part of
    a larger one. All of the split where it has no more inputs than that.
    """
    whole = len(split.labels)
    if size >= whole:
        return split
    ones = round(size * sum(split.labels) / whole)
    room = {0: size - ones, 1: ones}
    chosen = []
    for x, label in split.items:
        if room[label] > 0:
            room[label] -= 1
            chosen.append((x, label))
    inputs, labels = zip(*chosen, strict=True)
    return Split(inputs, labels)
