"""What was published: test accuracies by method and task, each with its source."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from functools import cache
from importlib.resources import files

FILE = "published.toml"


@dataclass(frozen=True, slots=True, kw_only=True)
class Protocol:
    """How the published numbers came about, as far as it is told."""

    labels: int
    """Examples of training and validation together."""
    test_size: int
    trials: int
    selected_on_test: tuple[str, ...]
    """The kinds of method whose reported program was selected by its test accuracy."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """One published table."""

    title: str
    version: str
    table: str
    length: int | None = None
    """None where each task has its own."""
    other_lengths: Mapping[str, int] = field(default_factory=dict)
    """By task."""

    def length_of(self, task: str) -> int | None:
        """The length that a task was asked at; None where it has no other."""
        return self.other_lengths.get(task, self.length)


@dataclass(frozen=True, slots=True, kw_only=True)
class PublishedMethod:
    """A row of a published table."""

    method: str
    kind: str
    source: Source
    accuracy: Mapping[str, float]
    """In per cent, by task."""
    test_size: int
    ours: tuple[str, ...] = ()
    """Patterns of the models that it is the counterpart of."""
    tools: str | None = None
    """What its model was given; None where that is not told."""


@dataclass(frozen=True, slots=True)
class Published:
    """All that was published."""

    protocol: Protocol
    methods: tuple[PublishedMethod, ...]

    @property
    def tasks(self) -> tuple[str, ...]:
        """Every task, in the order of the published tables."""
        return tuple(dict.fromkeys(task for one in self.methods for task in one.accuracy))

    def own_length(self, task: str) -> int | None:
        """The length that a task is published at where it differs from that of the others."""
        lengths = (one.source.other_lengths.get(task) for one in self.methods)
        return next((length for length in lengths if length), None)

    def counterpart(self, model: str, tools: str, task: str) -> PublishedMethod | None:
        """The published method that a model is compared with on a task.

        Of several, one with the same tools; None where there is none.
        """
        name = _bare(model).casefold()
        known = [
            one
            for one in self.methods
            if task in one.accuracy and any(fnmatchcase(name, pattern) for pattern in one.ours)
        ]
        alike = [one for one in known if one.tools in (None, tools)]
        return next(iter(alike or known), None)


def _bare(model: str) -> str:
    """The model without the organisation in its name; what kind of method it is stays."""
    kind = next((kind for kind in ("learner:", "icl:") if model.startswith(kind)), "")
    return kind + model.removeprefix(kind).rpartition("/")[2]


@cache
def published() -> Published:
    """The published numbers of the package."""
    plain = tomllib.loads((files(__package__) / FILE).read_text(encoding="utf-8"))
    told = plain["protocol"]
    selected = tuple(told.pop("selected_on_test"))
    protocol = Protocol(**told, selected_on_test=selected)
    sources = {name: Source(**one) for name, one in plain["source"].items()}
    methods = []
    for row in plain["row"]:
        whole = {"test_size": protocol.test_size, **row}
        whole |= {"source": sources[row["source"]], "ours": tuple(row.get("ours", ()))}
        methods.append(PublishedMethod(**whole))
    return Published(protocol, tuple(methods))
