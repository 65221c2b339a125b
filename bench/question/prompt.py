"""The train split as the text that a proposer reads."""

import hashlib
from dataclasses import dataclass
from pathlib import Path
from string import Formatter

from bench.options.settings import DataOptions
from bench.question.dataset import Split
from bench.record.attempt import Prompt
from targets.base import Target
from targets.families.tabular import Tabular
from targets.kinds import Kind

VERSION = "1"
"""Raise it with any change of the built-in text: another text is another question."""

PLACEHOLDERS = ("examples", "kind", "length", "train_size")
"""What a template may hold in braces; `{examples}` it must hold. A literal brace is doubled."""

_BUILT_IN = """\
Each line below shows an input and the label, 0 or 1, that a hidden rule gives it. \
An input is {kind}.
Find the rule, and write it as one concise Python function f(x) \
that returns 0 or 1 for any input of this form.
State the rule itself: no trained model, no table of the examples, nothing that is fitted to them.

```
{examples}
```

Answer with one JSON object and nothing else, its only key "code", \
its value the source of the function:
{{"code": "def f(x):\\n    ..."}}
"""


class TemplateError(ValueError):
    """One line: which template, and what is wrong with it."""


@dataclass(frozen=True, slots=True)
class Template:
    """A prompt with placeholders; `name` is its file's stem, `built-in` for ours."""

    name: str
    version: str
    text: str


BUILT_IN = Template("built-in", VERSION, _BUILT_IN)


def load(path: Path) -> Template:
    """The template in a file; its version is the first 12 digits of its SHA-256.

    Raises TemplateError.
    """
    try:
        text = path.read_text(encoding="utf-8-sig")
        found = [part for part in Formatter().parse(text) if part[1] is not None]
    except (OSError, ValueError) as error:
        raise TemplateError(f"--prompt-template: {path}: {error}") from None
    names = {name for _, name, _, _ in found if name is not None}
    if unknown := names.difference(PLACEHOLDERS):
        known = ", ".join(PLACEHOLDERS)
        raise TemplateError(
            f"--prompt-template: {path}: unknown placeholder {min(unknown)!r}; there are {known}"
        )
    if "examples" not in names:
        raise TemplateError(f"--prompt-template: {path}: {{examples}} is missing")
    if any(spec or conversion for _, _, spec, conversion in found):
        raise TemplateError(
            f"--prompt-template: {path}: a placeholder is a name in braces, and nothing more"
        )
    return Template(path.stem, hashlib.sha256(text.encode()).hexdigest()[:12], text)


def about(target: Target, data: DataOptions) -> str:
    """What a table holds, where its columns are shown by their names; else nothing."""
    named = data.tabular_representation == "named"
    return target.table.about if named and isinstance(target, Tabular) else ""


def render(template: Template, train: Split, kind: Kind, length: int, of_table: str = "") -> Prompt:
    """The prompt for a train split of inputs of this kind and length.

    `of_table` is what a table holds.
    """
    characters = len(train.inputs[0])
    described = kind.described(characters=characters, length=length, about=of_table)
    text = template.text.format(
        examples=train.as_examples,
        kind=described + kind.received,
        length=length,
        train_size=len(train.inputs),
    )
    return Prompt(text, template.version, hashlib.sha256(text.encode()).hexdigest())
