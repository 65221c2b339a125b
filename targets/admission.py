"""Targets of plugins: what a plugin gives goes in; a target that keeps to the rules comes out."""

import hashlib
import inspect
import re
from collections.abc import Callable, Collection, Iterable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any, ParamSpec, TypeVar

from targets.base import Origin, Rule, Target, TargetFault, label_of
from targets.bit_stream import Words
from targets.forms.form import Stream
from targets.kinds import Kind

P = ParamSpec("P")
T = TypeVar("T")

_NAME = re.compile(r"[a-z][a-z0-9_]*")
_MARKERS = ("paper", "smoke", "negative_control", "slow")
"""Names of markers that say something else of a point than its family."""
_OF_EVERY_TEST = ("bench", "test_synthesis.py")
"""What pytest's `-k` finds in each test of the benchmark."""


def admitted(given: object, plugin: str, known: Iterable[Target], names: Collection[str]) -> Rule:
    """A plugin's target, ready for a run: it names its plugin, and its faults are TargetFaults.

    `known` are the targets that there are, and `names` what else is a name already. Raises
    TargetFault, with a line that names the plugin.
    """
    if not isinstance(given, Rule):
        what = f"a {type(given).__name__} among its targets, which is no Rule"
        raise TargetFault(f"the plugin {plugin}: pytest_llmpv_targets gave {what}")
    who = f"the plugin {plugin}: target {given.name!r}"
    if fault := _fault(given) or _clash(given, known, names):
        raise TargetFault(f"{who}: {fault}")
    return replace(
        given,
        label=_guarded(partial(label_of, given.label), who, "label"),
        draw=partial(_checked_draw, _guarded(given.draw, who, "draw"), who),
        domain=given.domain and _guarded(given.domain, who, "domain"),
        planted=given.planted and _guarded(given.planted, who, "planted"),
        defined=given.defined and _guarded(given.defined, who, "defined"),
        edge_cases=given.edge_cases and _guarded_stream(given.edge_cases, who),
        paper=False,
        origin=Origin(plugin, _source_sha256(given.label)),
    )


def _fault(target: Rule) -> str | None:
    """What is wrong with a target by itself."""
    if not isinstance(target.name, str) or not _NAME.fullmatch(target.name):
        return "a name is small letters, digits and _, and begins with a letter"
    if target.fn != target.name:
        return f"its id {target.fn!r} must be its name, as ids are those of the benchmark's own"
    if not isinstance(target.kind, Kind):
        return "its kind is none of targets.kinds"
    if not isinstance(target.family, str) or not _NAME.fullmatch(target.family):
        return "a family is a marker: small letters, digits and _"
    if target.family in _MARKERS:
        return f"its family cannot be {target.family!r}, which is a marker with another meaning"
    if not isinstance(target.rule, str) or len(target.rule.splitlines()) != 1:
        return "its rule in words is not one line"
    if not callable(target.label) or not callable(target.draw):
        return "label and draw must be functions"
    return _length_fault(target)


def _length_fault(target: Rule) -> str | None:
    lengths = target.lengths
    if not isinstance(lengths, tuple) or not lengths:
        return "its lengths are no tuple of numbers"
    for length in lengths:
        if not isinstance(length, int) or isinstance(length, bool) or length < 1:
            return f"{length!r} is no length"
        if error := target.length_error(length):
            return f"it has a length that does not fit: {error}"
    return None


def _clash(target: Rule, known: Iterable[Target], names: Collection[str]) -> str | None:
    """Which other name stands in the way of a target's."""
    own = target.name
    for other in known:
        if own in (other.fn, other.name):
            whose = f"the plugin {other.origin.plugin}" if other.origin else "the benchmark"
            return f"{whose} has a target of this name"
        if any(own in word for word in (other.stem, other.family, other.kind.name)):
            return f"-k {own} would select {other.stem} as well: give it another name"
        if other.fn in own:
            return f"-k {other.fn} would select it as well: give it another name"
        if other.fn in target.family:
            return f"-k {other.fn} would select it as well: give it another family"
    if any(own in word for word in (*_OF_EVERY_TEST, *_MARKERS)):
        return f"-k {own} would select other points as well: give it another name"
    return "a family of the benchmark has this name" if own in names else None


def _guarded(function: Callable[P, T], who: str, name: str) -> Callable[P, T]:
    """The function, but what it raises is a TargetFault in one line."""

    def guarded(*args: P.args, **kwargs: P.kwargs) -> T:
        with _blaming(who, name):
            return function(*args, **kwargs)

    return guarded


def _guarded_stream(stream: Stream, who: str) -> Stream:
    """As `_guarded`: a stream may fail at each of its inputs."""

    def guarded(length: int, words: Words) -> Iterator[str]:
        with _blaming(who, "edge_cases"):
            yield from stream(length, words)

    return guarded


@contextmanager
def _blaming(who: str, name: str) -> Iterator[None]:
    """Make a TargetFault of whatever is raised, also by `sys.exit` and `pytest.skip`."""
    try:
        yield
    except TargetFault as fault:
        raise TargetFault(f"{who}: {fault}") from None
    except (KeyboardInterrupt, GeneratorExit):
        raise
    except BaseException as error:
        line = " ".join(f"{type(error).__name__}: {error}".split())
        raise TargetFault(f"{who}: {name} raised {line}") from error


def _checked_draw(
    draw: Callable[[int, int, int, Words, bool], Any],
    who: str,
    label: int,
    length: int,
    count: int,
    words: Words,
    hard: bool,
) -> list[str]:
    found = draw(label, length, count, words, hard)
    if not isinstance(found, list) or not all(isinstance(x, str) for x in found):
        raise TargetFault(f"{who}: draw gave no list of strings")
    return found


def _source_sha256(function: Callable[..., Any]) -> str | None:
    """The SHA-256 of the file that a function, or the class of a callable, stands in; or None."""
    while isinstance(function, partial):
        function = function.func
    for place in (inspect.unwrap(function), type(function)):
        with suppress(TypeError):  # what is not of Python's own has no file
            file = Path(inspect.getsourcefile(place) or "")
            return hashlib.sha256(file.read_bytes()).hexdigest() if file.is_file() else None
    return None
