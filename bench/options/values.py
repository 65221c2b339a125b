"""The kinds of value that options take: how a text becomes one, and what is allowed, in words."""

import math
import re
import sys
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from bench.options.urls import AN_ADDRESS, MARK, masked, url
from bench.record.widths import fit

_SHOWN = 100
"""Characters of a refused value that a message shows: somebody may have given a whole file."""
MOST_INPUTS = 10_000_000
"""Inputs of a split: with a slip of some more zeros a run would draw them for ever."""
_NUMBER = re.compile(r"[0-9.]+(e[+-]?[0-9]+)?", re.IGNORECASE)


class _WrongItem(ValueError):
    """What is allowed in the place of one item of a list."""

    def __init__(self, wrong: str, allowed: str) -> None:
        super().__init__(allowed)
        self.wrong = wrong


@dataclass(frozen=True, slots=True)
class ValueKind:
    """One kind of value."""

    allowed: str
    """What may be given, as a message says it after "give"."""
    parse: Callable[[str], Any]
    """Raises ValueError; its text, where it has one, is used in the place of `allowed`."""
    is_plain: bool = False
    """Whether the option's meaning already says what may be given: a name, a path, a flag."""
    shown: Callable[[str], str] = str
    """How a message shows a value that was refused: there may be secrets in it."""
    is_repeated: bool = False
    """Whether each value is given by the option again; in a text each has its line."""

    def read(self, text: str) -> Any:
        """The value that a text means. Raises ValueError, which says what is allowed instead."""
        try:
            return self.parse(text)
        except ValueError as error:
            allowed = str(error) or self.allowed
            wrong = error.wrong if isinstance(error, _WrongItem) else text
            shown = self.shown(wrong)
            if len(shown) > _SHOWN:
                shown = fit(shown, _SHOWN)
            raise ValueError(f"{shown!r} is not allowed; give {allowed}") from None

    def joined(self, values: Iterable[Any]) -> str:
        """Several values as the one text that an ini file would have."""
        return ("\n" if self.is_repeated else ",").join(map(str, values))


def option(
    default: Any, kind: ValueKind, meaning: str, *, unset: str = "none", axis: bool = False
) -> Any:
    """A field of a record of options; `unset` says what holds where the default is None or empty.

    What it gives is the field's default for a type checker, as `dataclasses.field` does.
    """
    metadata = {"kind": kind, "meaning": meaning, "unset": unset, "axis": axis}
    return field(default=default, metadata=metadata)


def choice(*allowed: str) -> ValueKind:
    """One of these words."""

    def parse(text: str) -> str:
        if text not in allowed:
            raise ValueError
        return text

    return ValueKind(f"one of {', '.join(allowed)}", parse)


def whole(least: int, most: float = math.inf, *, even: bool = False) -> ValueKind:
    """A whole number in these bounds."""

    def parse(text: str) -> int:
        value = int(_plain(text))
        if not least <= value <= most or (even and value % 2):
            raise ValueError
        return value

    upper = "up" if most == math.inf else f"to {most:,}"
    bounds = f"from {least} {upper}"
    return ValueKind(f"{'an even' if even else 'a whole'} number {bounds}", _in_our_words(parse))


def number(most: float = sys.float_info.max, *, zero: bool = False) -> ValueKind:
    """A finite number above 0, or from 0 up."""

    def parse(text: str) -> float:
        value = float(_plain(text))
        if not 0 <= value <= most or (value == 0 and not zero):
            raise ValueError
        return value

    upwards = "from 0 up" if zero else "above 0"
    bound = f", up to {most:,.0f}" if most < sys.float_info.max else ""
    return ValueKind(f"a finite number {upwards}{bound}", _in_our_words(parse))


def share(least: float) -> ValueKind:
    """A number below 1, and not below this."""

    def parse(text: str) -> float:
        value = float(_plain(text))
        if not least <= value < 1:
            raise ValueError
        return value

    return ValueKind(f"a number from {least} up and below 1", _in_our_words(parse))


def _plain(text: str) -> str:
    """The text of a number, where it is one of the usual: Python itself takes +5 and 1_0 as well.

    Raises ValueError.
    """
    if not _NUMBER.fullmatch(text.strip()):
        raise ValueError
    return text


def _in_our_words(parse: Callable[[str], Any]) -> Callable[[str], Any]:
    """A parser like this one, whose error leaves out Python's own words for what is no number."""

    def parse_or_refuse(text: str) -> Any:
        try:
            return parse(text)
        except ValueError:
            raise ValueError from None

    return parse_or_refuse


def _parse_text(text: str) -> str:
    if not text.strip():
        raise ValueError
    return text.strip()


_TRUTHS = {"true": True, "1": True, "yes": True, "on": True}
_FLAGS = _TRUTHS | {"false": False, "0": False, "no": False, "off": False}


def _parse_flag(text: str) -> bool:
    if text.lower() not in _FLAGS:
        raise ValueError
    return _FLAGS[text.lower()]


_MOST_SHARDS = 10_000


def _parse_shard(text: str) -> str:
    number, _, count = text.partition("/")
    if not 1 <= int(number) <= int(count) <= _MOST_SHARDS:
        raise ValueError
    return f"{int(number)}/{int(count)}"


def _parse_path(text: str) -> Path:
    try:
        return Path(_parse_text(text)).expanduser()
    except RuntimeError:  # ~NAME, and nobody is called so
        raise ValueError from None


def _parse_file(text: str) -> Path:
    path = _parse_path(text)
    try:
        is_there = path.is_file()
    except OSError:  # a name that is too long, or a folder that may not be looked into
        is_there = False
    if not is_there:
        raise ValueError
    return path


def _without_key(text: str) -> str:
    """The name of a file as a message shows it: somebody may have given the key itself for it."""
    is_name = len(text) < 20 or any(mark in text for mark in "./\\")
    return text if is_name else MARK


TEXT = ValueKind("a text that is not empty", _parse_text, is_plain=True)
URL = ValueKind(AN_ADDRESS, url, shown=masked)
FLAG = ValueKind("true or false", _parse_flag, is_plain=True)
SHARD = ValueKind(
    f"NUMBER/COUNT, as 2/5, with NUMBER from 1 to COUNT, and COUNT up to {_MOST_SHARDS:,}",
    _in_our_words(_parse_shard),
)
PATH = ValueKind("a path", _parse_path, is_plain=True)
FILE = ValueKind("a file that exists", _parse_file, is_plain=True)
KEY_FILE = replace(FILE, shown=_without_key)


def listed(item: ValueKind) -> ValueKind:
    """A comma-separated list; duplicates are folded, the order is kept."""
    each = "" if item.allowed == TEXT.allowed else f", each {item.allowed}"

    def parse(text: str) -> tuple[Any, ...]:
        parts = filter(None, map(str.strip, text.split(",")))
        values = [_parse_listed(item, part) for part in parts]
        if not values:
            raise ValueError(f"a comma-separated list that is not empty{each}")
        return tuple(dict.fromkeys(values))

    return ValueKind(f"a comma-separated list{each}", parse)


def repeated(item: ValueKind) -> ValueKind:
    """A list of values that may hold commas: the option is given once for each."""

    def parse(text: str) -> tuple[Any, ...]:
        values = [_parse_item(item, line) for line in _lines(text)]
        if not values:
            raise ValueError(item.allowed)
        return tuple(dict.fromkeys(values))

    def shown(text: str) -> str:
        return ", ".join(map(item.shown, _lines(text)))

    allowed = f"{item.allowed}; may be given again"
    return ValueKind(allowed, parse, shown=shown, is_repeated=True)


def _lines(text: str) -> list[str]:
    return [line.strip() for line in text.splitlines() if line.strip()]


def _parse_item(item: ValueKind, text: str) -> Any:
    try:
        return item.parse(text)
    except ValueError as error:
        raise ValueError(str(error) or item.allowed) from None


def _parse_listed(item: ValueKind, text: str) -> Any:
    try:
        return _parse_item(item, text)
    except ValueError as error:
        raise _WrongItem(text, str(error)) from None
