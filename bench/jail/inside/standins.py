"""Stand-ins for modules that only our own code would load: programs get the whole ones.

`typing`, `dataclasses` and what these import are a third of what a zygote has in memory, which each
of its children costs. Annotations are never looked at here, and of a dataclass only its fields are.
"""

import sys
from types import ModuleType


class _Annotation:
    """Whatever stands in an annotation."""

    def __getitem__(self, _: object) -> "_Annotation":
        return self

    def __or__(self, _: object) -> "_Annotation":
        return self

    __ror__ = __or__


class _Annotations(ModuleType):
    """A module with names for annotations."""

    TYPE_CHECKING = False

    def __getattr__(self, _: str) -> _Annotation:
        return _Annotation()

    def cast(self, _: object, value: object) -> object:
        """As typing.cast."""
        return value


class _Dataclasses(ModuleType):
    """A module whose dataclasses have fields, and nothing else that real ones have."""

    def dataclass(self, **_: bool) -> object:
        """As dataclasses.dataclass, of fields whose default values are shared by all."""
        return _with_fields


def _with_fields(cls: type) -> type:
    def init(self: object, *values: object, **named: object) -> None:
        fields = dict(zip(cls.__annotations__, values, strict=False)) | named
        for name in cls.__annotations__:
            if name in fields or not hasattr(cls, name):
                setattr(self, name, fields[name])
        if hasattr(cls, "__post_init__"):
            cls.__post_init__(self)

    cls.__init__ = init  # type: ignore[misc]
    return cls


def install() -> None:
    """Put them in the place of the modules."""
    for name in ("typing", "collections.abc"):
        sys.modules[name] = _Annotations(name)
    sys.modules["dataclasses"] = _Dataclasses("dataclasses")


def remove() -> None:
    """Have the whole modules imported from now on."""
    for name in ("typing", "collections.abc", "dataclasses"):
        del sys.modules[name]
