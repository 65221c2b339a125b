"""The grid: which points the options mean, what they are called, and which markers they carry."""

import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import product

from bench.prompt import BUILT_IN, Template, TemplateError
from bench.prompt import load as load_template
from bench.settings import Settings, SettingsError
from targets import TARGETS, Rule, Target, UnknownTarget, find

SMOKE = {("fn_a", 20), ("fn_b", 25), ("fn_c", 50), ("fn_d", 30), ("fn_e", 20), ("fn_g", 30)}
"""About six points that run in seconds: (id, length)."""


@dataclass(frozen=True, slots=True)
class GridPoint:
    """One (target, length, trial) and one value of each axis: one test."""

    id: str
    target: Target
    length: int
    trial: int
    model: str
    reasoning_effort: str
    template: Template

    @property
    def marks(self) -> tuple[str, ...]:
        """The names of the point's markers."""
        target = self.target
        published = target.paper and self.length in target.lengths
        extra = {
            "paper": published,
            "smoke": (target.fn, self.length) in SMOKE,
            "negative_control": target.negative_control,
        }
        return (target.kind, target.family, *(name for name, holds in extra.items() if holds))


def points(settings: Settings) -> tuple[tuple[GridPoint, ...], tuple[str, ...]]:
    """Every point of the options' grid, and a line for each length that is left out.

    Raises SettingsError for an unknown function, a length that fits no chosen target, or a template that is wrong.
    """
    chosen = _chosen(settings.functions)
    left_out: list[str] = []
    cells = []
    for target in chosen:
        for length in (settings.lengths if isinstance(target, Rule) else ()) or target.lengths:
            if reason := target.length_error(length):
                left_out.append(f"{target.stem}-L{length} is left out: {reason}")
            else:
                cells.append((target, length))
    for length in settings.lengths if any(isinstance(target, Rule) for target in chosen) else ():
        if not any(length == fits for _, fits in cells):
            reason = next(target.length_error(length) for target in chosen if isinstance(target, Rule))
            raise SettingsError(f"--lengths: {length} fits none of the chosen targets ({reason})")
    templates = _templates(settings)
    axes = (settings.model, settings.reasoning_effort, templates)
    grid = tuple(
        GridPoint(_id(target, length, trial, values, axes), target, length, trial, *values)
        for target, length in cells
        for trial in range(1, settings.trials + 1)
        for values in product(*axes)
    )
    return grid, tuple(left_out)


def _chosen(names: Iterable[str]) -> tuple[Target, ...]:
    try:
        return tuple(dict.fromkeys(find(name) for name in names)) or TARGETS
    except UnknownTarget as unknown:
        raise SettingsError(f"--functions: {unknown}") from None


def _templates(settings: Settings) -> tuple[Template, ...]:
    try:
        templates = tuple(load_template(path) for path in settings.prompt_template) or (BUILT_IN,)
    except TemplateError as error:
        raise SettingsError(str(error)) from None
    # A prompt is its name in ids and artifacts.
    for name, count in Counter(template.name for template in templates).items():
        if count > 1:
            raise SettingsError(f"--prompt-template: {count} files are called {name!r}; give each a name of its own")
    return templates


def _id(
    target: Target,
    length: int,
    trial: int,
    values: tuple[str, str, Template],
    axes: tuple[tuple[str, ...], tuple[str, ...], tuple[Template, ...]],
) -> str:
    parts = [target.stem, f"L{length}", *([f"t{trial}"] if trial > 1 else [])]
    for value, axis in zip(values, axes, strict=True):
        if len(axis) > 1:
            name = value.name if isinstance(value, Template) else str(value)
            parts.append(re.sub(r"[^A-Za-z0-9._-]", "_", name))
    return "-".join(parts)
