"""From values of JSON to records: whether a value fits a field, and the record in an object.

A library of typed models would not do: pydantic reads no JSON with half a surrogate pair, which
models write and whose lines are paid for; given what `json` read, its strict mode takes no list for
a tuple and no object for a dataclass, and its lax mode takes texts for numbers.
"""

import sys
import types
from collections.abc import Mapping
from dataclasses import MISSING, fields, is_dataclass
from functools import cache
from typing import Any, TypeVar, Union, cast, get_args, get_origin, get_type_hints

Record = TypeVar("Record")

_AS_THEY_ARE = (str, bool, types.NoneType)
"""Looked for first: most fields have these types, and a file of results has many fields."""


def fits(value: Any, hint: Any) -> bool:
    """Whether the value can stand in a field with this annotation."""
    if hint is float:
        is_number = isinstance(value, int | float) and not isinstance(value, bool)
        return is_number and abs(value) <= sys.float_info.max
    if hint is int:
        return isinstance(value, int) and not isinstance(value, bool)
    if hint in _AS_THEY_ARE:
        return isinstance(value, hint)
    origin = get_origin(hint)
    if origin in (Union, types.UnionType):
        return any(fits(value, one) for one in get_args(hint))
    if origin is tuple:
        is_list = isinstance(value, list | tuple)
        return is_list and all(fits(item, get_args(hint)[0]) for item in value)
    if is_dataclass(hint):
        return isinstance(value, dict) and _is_whole(value, hint)
    return isinstance(value, dict if origin else hint)  # Mapping[str, Any] has an origin


def _is_whole(plain: dict[str, Any], kind: Any) -> bool:
    """Whether each field that is there fits, and each that has to be there is."""
    hints = hints_of(kind)
    is_there = all(name in plain for name in needed(kind))
    return is_there and all(
        fits(plain[name], hint) for name, hint in hints.items() if name in plain
    )


@cache
def needed(kind: Any) -> tuple[str, ...]:
    """The names of a record's fields that have no default."""
    return tuple(
        f.name for f in fields(kind) if f.default is MISSING and f.default_factory is MISSING
    )


@cache
def hints_of(kind: Any) -> dict[str, Any]:
    """The annotations of a record's fields."""
    return get_type_hints(kind)


def fitting(plain: object, kind: Any) -> dict[str, Any]:
    """The fields of a JSON object that fit the record, by name.

    What does not fit is left out; of a list, the items that do not fit. Raises TypeError for what
    is no object.
    """
    if not isinstance(plain, dict):
        raise TypeError("not an object")
    kept = {}
    for name, hint in hints_of(kind).items():
        if name not in plain:
            continue
        value = plain[name]
        if get_origin(hint) is tuple and isinstance(value, list | tuple):
            value = [item for item in value if fits(item, get_args(hint)[0])]
        if fits(value, hint):
            kept[name] = value
    return kept


def record(plain: Mapping[str, Any], kind: type[Record]) -> Record:
    """The record in a JSON object whose fields fit.

    Fields that the record does not have are left out.
    """
    hints: dict[str, Any] = hints_of(cast("Any", kind))
    return kind(**{name: _held(plain[name], hint) for name, hint in hints.items() if name in plain})


def plain_of(value: Any) -> Any:
    """The value as JSON has it: objects in the place of records, lists in that of tuples."""
    kind: Any = type(value)
    names = _names(kind)
    if names is not None:
        return {name: plain_of(getattr(value, name)) for name in names}
    return [plain_of(item) for item in value] if isinstance(value, list | tuple) else value


@cache
def _names(kind: Any) -> tuple[str, ...] | None:
    """The names of a record's fields; None for what is no record."""
    return tuple(field.name for field in fields(kind)) if is_dataclass(kind) else None


def shared(value: Any) -> Any:
    """The value, one object for all equal texts: the lines of a run have most texts in common."""
    return sys.intern(value) if type(value) is str else value


def _held(value: Any, hint: Any) -> Any:
    """The value as the field holds it: a record for an object, a tuple for a list."""
    if not isinstance(value, dict | list | tuple):
        return shared(value)
    is_union = get_origin(hint) in (Union, types.UnionType)
    for one in get_args(hint) if is_union else (hint,):
        if is_dataclass(one) and isinstance(value, dict):
            return record(value, one)  # type: ignore[arg-type]
        if get_origin(one) is tuple and isinstance(value, list | tuple):
            return tuple(_held(item, get_args(one)[0]) for item in value)
    return value
