"""Whether a value of JSON is of a field's type: for whatever is read back into a record."""

import sys
import types
from typing import Any, Union, get_args, get_origin

from bench.record.attempt import Usage


def fits(value: Any, hint: Any) -> bool:
    """Whether the value can stand in a field with this annotation."""
    origin = get_origin(hint)
    if origin in (Union, types.UnionType):
        return any(fits(value, one) for one in get_args(hint))
    if origin is tuple:
        return isinstance(value, list) and all(fits(item, get_args(hint)[0]) for item in value)
    if origin is not None or hint is Usage:  # Mapping[str, Any]
        return isinstance(value, dict)
    if hint is float:
        is_number = isinstance(value, int | float) and not isinstance(value, bool)
        return is_number and abs(value) <= sys.float_info.max
    if hint is int:
        return isinstance(value, int) and not isinstance(value, bool)
    return isinstance(value, hint)
