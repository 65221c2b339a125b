"""What the points of a page can be filtered by: the values of each, as find.js reads them."""

import json
from collections.abc import Callable, Collection, Iterator, Sequence
from typing import Any

from bench.record.key import AXIS_NAMES
from bench.run.points import Point, family
from bench.run.readback import Results
from bench.show.page.text import visible

Values = Callable[[Point], Sequence[str]]
"""The values that a point has of a facet: one, none or several."""


def facets(results: Results, points: Collection[Point]) -> Iterator[tuple[str, str]]:
    """The facets with more than one value among these points, as JSON; nothing for one point."""
    if len(points) < 2:
        return
    found = []
    for name, label, values_of in _kinds(results):
        of = [[visible(value) for value in values_of(p)] for p in points]
        values = sorted({value for some in of for value in some}, key=_rank)
        if len(values) > 1 or (values and not all(of)):
            place = {value: i for i, value in enumerate(values)}
            places = [[place[value] for value in some] for some in of]
            found.append({"name": name, "label": label, "values": values, "of": places})
    yield "facets", json.dumps(found, ensure_ascii=False)


def _kinds(results: Results) -> Iterator[tuple[str, str, Values]]:
    """The name, label and values of each facet."""
    yield "family", "Family", lambda p: [family(p.key.target)]
    yield "length", "Length", lambda p: [str(p.key.length)]
    for name, field in AXIS_NAMES.items():
        if field in results.axes:
            yield name, name.replace("-", " ").capitalize(), _value_of(field)
    yield "outcome", "Outcome", _outcome
    yield "error", "Error", lambda p: list(dict.fromkeys(a.error for a in p.attempts if a.error))
    yield "attempts", "Attempts", lambda p: [str(len(p.attempts))]


def _value_of(field: str) -> Values:
    return lambda p: [str(getattr(p.key, field))]


def _outcome(point: Point) -> Sequence[str]:
    """What came of a point; a recovered one is solved as well."""
    if not point.decided:
        return ["dry run" if point.dry else "cut short"]
    if point.labels_alone:
        return ["labels alone"]
    if not point.solved:
        return ["unsolved"]
    rule = {True: ["recovered"], False: ["solved, and not the rule"], None: []}
    return ["solved", *rule[point.recovered]]


def _rank(value: str) -> tuple[Any, ...]:
    """Numbers by their size, before words."""
    return (0, int(value), "") if value.isascii() and value.isdigit() else (1, 0, value)
