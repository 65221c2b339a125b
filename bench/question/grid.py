"""The grid: which points the options mean, what they are called, and which markers they carry."""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import product
from pathlib import Path

from bench.options.settings import DataOptions, GridOptions, QuestionOptions, SettingsError
from bench.question.prompt import BUILT_IN, Template, TemplateError
from bench.question.prompt import load as load_template
from bench.record.key import PointKey, test_ids
from bench.record.tools import NO_TOOLS
from targets import TARGETS, Rule, Target, UnknownTarget, find

SMOKE = {("fn_a", 20), ("fn_b", 25), ("fn_c", 50), ("fn_d", 30), ("fn_e", 20), ("fn_g", 30)}
"""About six points that run in seconds: (id, length)."""

Values = tuple[str, str, Template, str, int]
"""One of each axis: model, reasoning effort, prompt, tools and train size."""
Axes = tuple[Sequence[str], Sequence[str], Sequence[Template], Sequence[str], Sequence[int]]


@dataclass(frozen=True, slots=True)
class GridPoint:
    """One (target, length, trial) and one value of each axis: one test."""

    target: Target
    length: int
    trial: int
    model: str
    reasoning_effort: str
    template: Template
    tools: str
    train_size: int
    id: str = ""
    """The point's test id, which depends on what else is in the grid."""

    @property
    def key(self) -> PointKey:
        """Which point this is, in this run and in others."""
        target = self.target
        return PointKey(
            target.fn,
            target.name,
            self.length,
            self.trial,
            self.model,
            self.reasoning_effort,
            self.template.name,
            self.tools,
            self.train_size,
        )

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
        marks = (name for name, holds in extra.items() if holds)
        return (target.kind.name, target.family, *marks)


@dataclass(frozen=True, slots=True, kw_only=True)
class Indifferent:
    """The models to which an axis makes no difference, in the order of `--model`."""

    effort: Sequence[str] = ()
    tools: Sequence[str] = ()
    prompt: Sequence[str] = ()


NONE_INDIFFERENT = Indifferent()


def points(
    options: GridOptions,
    question: QuestionOptions,
    data: DataOptions,
    *,
    paper_alone: bool = False,
    plugin_targets: Sequence[Target] = (),
    indifferent: Indifferent = NONE_INDIFFERENT,
) -> tuple[tuple[GridPoint, ...], tuple[str, ...]]:
    """Every point of the grid, and a line for each thing that is left out or makes no difference.

    Where no function is named, the grid has all targets, or with `paper_alone` the published ones.
    Raises SettingsError for an unknown function, a length that fits no chosen target, or a template
    that cannot be used.
    """
    chosen = _chosen(options, paper_alone, plugin_targets)
    left_out: list[str] = []
    if options.rule_seed and not any(isinstance(t, Rule) and t.rule_seed for t in chosen):
        left_out.append("--rule-seed makes no difference: no rule of the chosen targets is drawn")
    cells, unfit = _cells(chosen, options.lengths)
    left_out += unfit
    templates = _templates(question.prompt_template)
    left_out += _without_difference(question, indifferent)
    of_question = (question.model, question.reasoning_effort, templates, question.tools)
    axes = (*of_question, data.train_size)
    asked = _asked(axes, indifferent)
    grid = [
        GridPoint(target, length, trial, *values)
        for target, length in cells
        for trial in range(1, options.trials + 1)
        for values in asked
    ]
    ids = test_ids(point.key for point in grid)
    return tuple(replace(point, id=ids[point.key]) for point in grid), tuple(left_out)


def _cells(
    chosen: Sequence[Target], lengths: Sequence[int]
) -> tuple[list[tuple[Target, int]], list[str]]:
    """Each target with each of its lengths, and a line for each that is left out.

    Raises SettingsError for a length that fits no target.
    """
    cells, left_out = [], []
    for target in chosen:
        for length in (lengths if isinstance(target, Rule) else ()) or target.lengths:
            if reason := target.length_error(length):
                left_out.append(f"{target.stem}-L{length} is left out: {reason}")
            else:
                cells.append((target, length))
    rules = [target for target in chosen if isinstance(target, Rule)]
    for length in lengths if rules else ():
        if not any(length == fits for _, fits in cells):
            reason = rules[0].length_error(length)
            raise SettingsError(f"--lengths: {length} fits none of the chosen targets ({reason})")
    return cells, left_out


def _without_difference(question: QuestionOptions, indifferent: Indifferent) -> Iterator[str]:
    """A line for each axis that is given to models to which it makes no difference."""
    if indifferent.effort and len(question.reasoning_effort) > 1:
        yield f"--reasoning-effort makes no difference to {', '.join(indifferent.effort)}"
    if indifferent.tools and question.tools != (NO_TOOLS,):
        yield f"--tools makes no difference to {', '.join(indifferent.tools)}: asked without"
    if indifferent.prompt and question.prompt_template:
        yield f"--prompt-template makes no difference to {', '.join(indifferent.prompt)}"


def _asked(axes: Axes, indifferent: Indifferent) -> tuple[Values, ...]:
    """The values of the axes: without tools for a model that takes none.

    One that reads no prompt stands under the first one alone, and where effort means nothing to it
    either, under the first of these.
    """
    _, efforts, templates, *_ = axes
    asked = dict[Values, None]()
    for model, effort, template, tools, train_size in product(*axes):
        if model in indifferent.prompt:
            template = templates[0]
            effort = efforts[0] if model in indifferent.effort else effort
        tools = NO_TOOLS if model in indifferent.tools else tools
        asked[model, effort, template, tools, train_size] = None
    return tuple(asked)


def _chosen(
    options: GridOptions, paper_alone: bool, plugin_targets: Sequence[Target]
) -> tuple[Target, ...]:
    whole = (*TARGETS, *plugin_targets)
    every = (target.name for target in whole if target.paper or not paper_alone)
    seed = options.rule_seed
    try:
        return tuple(
            dict.fromkeys(find(name, seed, plugin_targets) for name in options.functions or every)
        )
    except UnknownTarget as unknown:
        raise SettingsError(f"--functions: {unknown}") from None


def _templates(paths: Iterable[Path]) -> tuple[Template, ...]:
    try:
        templates = tuple(load_template(path) for path in paths) or (BUILT_IN,)
    except TemplateError as error:
        raise SettingsError(str(error)) from None
    for name, count in Counter(template.name for template in templates).items():
        if count > 1:
            raise SettingsError(
                f"--prompt-template: {count} files are called {name!r}; give each a name of its own"
            )
    by_text: dict[str, str] = {}
    for template in templates:
        if (other := by_text.setdefault(template.text, template.name)) != template.name:
            same = f"{other} and {template.name} ask the same"
            raise SettingsError(f"--prompt-template: {same}; give one of them")
    return templates
