"""The marks beside published numbers: in what their protocol differs from that of ours."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from bench.run.points import Point
from bench.show.paper.published import Protocol, PublishedMethod
from targets import Rule, registered

NEGATIVES, SELECTION, TRIALS, LENGTH, LABELS, INPUTS, TOOLS = "abcdefg"

MEANINGS = {
    NEGATIVES: "the classes are drawn, or the columns named, otherwise here",
    SELECTION: "the published runner selects what it reports by test accuracy",
    TRIALS: "fewer trials here than published",
    LENGTH: "published at another length",
    LABELS: "another number of labels here than published",
    INPUTS: "another number of test inputs here than published",
    TOOLS: "the model has other tools here than published",
}
"""What each mark says."""


def marks(
    points: Sequence[Point],
    options: Mapping[str, Any],
    method: PublishedMethod,
    protocol: Protocol,
) -> str:
    """In what the trials of one cell, at least one, differ from the published method: letters."""
    return "".join(_differences(points, options, method, protocol))


def _differences(
    points: Sequence[Point],
    options: Mapping[str, Any],
    method: PublishedMethod,
    protocol: Protocol,
) -> Iterator[str]:
    key, outcome = points[0].key, points[0].outcome
    if _is_drawn_otherwise(key.target, options):
        yield NEGATIVES
    if method.kind in protocol.selected_on_test:
        yield SELECTION
    if len(points) < protocol.trials:
        yield TRIALS
    if method.source.length_of(key.target) not in (None, key.length):
        yield LENGTH
    val_size = outcome.val_size if outcome else None
    if key.train_size and val_size and key.train_size + val_size != protocol.labels:
        yield LABELS
    if points[0].test_size not in (None, method.test_size):
        yield INPUTS
    if method.tools not in (None, key.tools):
        yield TOOLS


def _is_drawn_otherwise(name: str, options: Mapping[str, Any]) -> bool:
    """Whether a task's inputs are drawn or shown in another way than the published ones."""
    target = registered(name)
    if isinstance(target, Rule):
        return target.hardens and options.get("negatives") == "hard"
    return options.get("tabular_representation") == "named"
