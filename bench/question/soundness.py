"""What every dataset promises, held against one whose target comes from a plugin."""

from collections.abc import Iterable, Iterator, Sequence

from bench.question.spec import DatasetError, DatasetSpec
from bench.question.splits import Item
from targets import kinds
from targets.base import Rule


def need_sound(spec: DatasetSpec, items: Sequence[Item]) -> None:
    """Raise DatasetError, which names the plugin, where an input or a label is not as it must be.

    The targets of this project are held to the same by its own suite. Raises TargetFault where
    the rule itself fails.
    """
    target = spec.target
    if target.origin is None or not isinstance(target, Rule):
        return
    for fault in _faults(spec, target, items):
        plugin = target.origin.plugin
        raise DatasetError(f"the plugin {plugin}: target {target.name!r}: {fault}")


def is_of_this_file(spec: DatasetSpec, drawn_by: dict[str, str | None] | None) -> bool:
    """Whether the rule stands in the file that drew the dataset: to look at few labels will do.

    `drawn_by` is the dataset's `origin`. To ask for all labels may take as long as to draw.
    """
    origin = spec.target.origin
    if origin is None:
        return True
    recorded = (drawn_by or {}).get("source_sha256")
    return recorded is not None and recorded == origin.source_sha256


def are_labels_current(spec: DatasetSpec, items: Iterable[Item]) -> bool:
    """Whether these are the labels that the rule gives now. Raises TargetFault."""
    target = spec.target
    if target.origin is None or not isinstance(target, Rule):
        return True
    return all(target.label(x) == label for x, label in items)


def _faults(spec: DatasetSpec, rule: Rule, items: Sequence[Item]) -> Iterator[str]:
    kind, longest = rule.kind, rule.kind.longest(spec.length)
    for x, label in items:
        shown = repr(x if len(x) <= 60 else x[:60] + "...")
        if not kind.shape.fullmatch(x) or not x.isprintable():
            yield f"draw gave {shown}, which is no {kind.name} input"
        if len(x) > longest or (kind is kinds.BINARY and len(x) != spec.length):
            yield f"draw gave an input of {len(x)} characters at length {spec.length}: {shown}"
        if kind.argument == "text" and len(x) != len(items[0][0]):
            yield f"draw gave inputs of {len(items[0][0])} and of {len(x)} characters"
        if rule.label(x) != label:
            yield f"draw gave {shown} for the label {label}, and its label is {1 - label}"
