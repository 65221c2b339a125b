"""Whether the jail caused an exception: it refused a program something, or lacks a library."""

import errno
from collections.abc import Callable, Iterable, Iterator
from types import TracebackType
from typing import cast

from bench.jail.lack import Lack

FILENAME = "<candidate>"
"""The file that a candidate's own code seems to come from."""

CALL_FILENAME = "<call "
"""How the file's name begins that the code of an interpreter's call seems to come from."""

_absent: set[str] = set()

# Read through the built-in types: a candidate's own class may redefine these attributes.
_NAME_OF: Callable[[type], str] = type.__dict__["__name__"].__get__
_CONTEXT_OF: Callable[[BaseException], BaseException | None]
_CONTEXT_OF = BaseException.__dict__["__context__"].__get__
_TRACEBACK_OF: Callable[[BaseException], TracebackType | None]
_TRACEBACK_OF = BaseException.__dict__["__traceback__"].__get__
_ERRNO_OF: Callable[[OSError], int | None] = OSError.__dict__["errno"].__get__
_MODULE_OF: Callable[[ImportError], object] = ImportError.__dict__["name"].__get__

_NO_C_LIBRARY = ": cannot open shared object file"


def expect(absent: Iterable[str]) -> None:
    """Remember modules that are missing because of the jail, not because of the program."""
    _absent.update(absent)


def is_denied(error: BaseException) -> bool:
    """Whether the jail refused what led to this exception."""
    return any(_is_refusal(each) for each in _behind(error))


def describe(error: BaseException) -> str:
    """Type and message, and whether the jail caused it."""
    text = _text(error)
    lacking = next(filter(None, map(_lacking, _behind(error))), None)
    if lacking is not None:
        return str(Lack(lacking, text))
    return f"refused by the jail: {text}" if is_denied(error) and "the jail" not in text else text


def blame(error: BaseException) -> str | None:
    """What `describe` says of the jail's part beyond type and message; None if nothing."""
    text = describe(error)
    return None if text == _text(error) else text


def is_own(filename: str) -> bool:
    """Whether a frame with this file is one of the candidate's own code."""
    return filename == FILENAME or filename.startswith(CALL_FILENAME)


def name_of(type_: type) -> str:
    """The name of a type, even if its metaclass redefines `__name__`."""
    return _NAME_OF(type_)


def _text(error: BaseException) -> str:
    """Type and message. The message may be made by the candidate's own code, which may raise."""
    try:
        return f"{_NAME_OF(type(error))}: {error}"
    except BaseException:  # noqa: BLE001 - whatever it raises, the type's name can be told
        return _NAME_OF(type(error))


def _behind(error: BaseException | None) -> Iterator[BaseException]:
    """The exception and those that caused it, as urllib wraps what a socket raises.

    It stops before an exception that the program itself caught: what it raises then is its own.
    """
    seen: set[int] = set()  # a program may have closed a circle of them
    while error is not None and id(error) not in seen:
        seen.add(id(error))
        yield error
        error = _CONTEXT_OF(error)
        caught = None if error is None else _TRACEBACK_OF(error)
        if caught is not None and is_own(caught.tb_frame.f_code.co_filename):
            return


def _is_refusal(error: BaseException) -> bool:
    """Whether the kernel or the audit hook raised it: only then it has an error number."""
    if not issubclass(type(error), PermissionError):  # isinstance would ask the object itself
        return False
    return _ERRNO_OF(cast("PermissionError", error)) in (errno.EPERM, errno.EACCES)


def _lacking(error: BaseException) -> str | None:
    """The module or C library that is missing because of the jail; else None."""
    if type(error) is ModuleNotFoundError:
        module = str(_MODULE_OF(error)).partition(".")[0]
        return module if module in _absent else None
    if type(error) in (ImportError, OSError):
        before, found, _ = str(error).partition(_NO_C_LIBRARY)
        return before.split()[-1] if found and before.split() else None
    return None
