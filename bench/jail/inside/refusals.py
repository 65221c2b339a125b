"""Whether the jail is behind an exception: it refused what a program tried, or lacks what the program needs."""

import errno
import re
from collections.abc import Callable, Iterable, Iterator
from types import TracebackType
from typing import cast

from bench.jail.wire import LACKS

FILENAME = "<candidate>"
"""What a candidate's own code is said to come from."""

_absent: set[str] = set()

# Descriptors of the built-in types: a candidate's class may make anything of its attributes.
_NAME_OF: Callable[[type], str] = type.__dict__["__name__"].__get__
_CONTEXT_OF: Callable[[BaseException], BaseException | None]
_CONTEXT_OF = BaseException.__dict__["__context__"].__get__
_TRACEBACK_OF: Callable[[BaseException], TracebackType | None]
_TRACEBACK_OF = BaseException.__dict__["__traceback__"].__get__
_ERRNO_OF: Callable[[OSError], int | None] = OSError.__dict__["errno"].__get__
_MODULE_OF: Callable[[ImportError], object] = ImportError.__dict__["name"].__get__

_C_LIBRARY = re.compile(r"(\S+): cannot open shared object file")


def expect(absent: Iterable[str]) -> None:
    """Name the modules whose absence is the jail's doing and not the program's mistake."""
    _absent.update(absent)


def is_denied(error: BaseException) -> bool:
    """Whether the jail refused something."""
    return any(_is_refusal(each) for each in _behind(error))


def describe(error: BaseException) -> str:
    """Type and message, and what the jail has to do with it."""
    text = _text(error)
    lacking = next(filter(None, map(_lacking, _behind(error))), None)
    if lacking is not None:
        return f"{LACKS}{lacking} ({text})"
    return f"refused by the jail: {text}" if is_denied(error) and "the jail" not in text else text


def name_of(type_: type) -> str:
    """The name of a type, whatever its metaclass makes of `__name__`."""
    return _NAME_OF(type_)


def _text(error: BaseException) -> str:
    """Type and message. The message is the candidate's own code at work, and may raise itself."""
    try:
        return f"{_NAME_OF(type(error))}: {error}"
    except BaseException:  # noqa: BLE001 - whatever it raises, the type's name is left
        return _NAME_OF(type(error))


def _behind(error: BaseException | None) -> Iterator[BaseException]:
    """The exception, and those that it came of, as urllib wraps what a socket raises.

    One that the program itself caught is not among them: what it raises after that is its own.
    """
    while error is not None:
        yield error
        error = _CONTEXT_OF(error)
        caught = None if error is None else _TRACEBACK_OF(error)
        if caught is not None and caught.tb_frame.f_code.co_filename == FILENAME:
            return


def _is_refusal(error: BaseException) -> bool:
    """The kernel's and the audit hook's have a number, unlike one that a program raises for reasons of its own."""
    if not issubclass(type(error), PermissionError):  # not isinstance, which asks the object itself
        return False
    return _ERRNO_OF(cast("PermissionError", error)) in (errno.EPERM, errno.EACCES)


def _lacking(error: BaseException) -> str | None:
    """The module or C library that the jail keeps from a program."""
    if type(error) is ModuleNotFoundError:
        module = str(_MODULE_OF(error)).partition(".")[0]
        return module if module in _absent else None
    if type(error) in (ImportError, OSError):
        found = _C_LIBRARY.search(str(error))
        return found and found[1]
    return None
