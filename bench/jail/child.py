"""One evaluation, in the child: load the candidate, run it on each input, reply. Runs after every restriction.

Nothing here is a wall: the candidate shares this interpreter and may change all of it. The walls are in restrict.py,
and the harness believes nothing of a reply but its form.
"""

import builtins
import io
import os
import sys
import tempfile
import time
import warnings
from collections.abc import Callable, Iterable, Iterator
from types import FunctionType, ModuleType
from typing import Any, NoReturn, SupportsFloat, SupportsIndex, cast

from bench.features import parse_features
from bench.jail import chance
from bench.jail.wire import (
    BAD_VALUE,
    DETAIL_CHARS,
    KINDS,
    OUTCOMES,
    RAISED,
    REPLY,
    REQUEST,
    RIGHT_ONE,
    RIGHT_ZERO,
    decode,
    encode,
)

globals()["__builtins__"] = dict(vars(builtins))  # of our own: a candidate may change the shared ones

REQUEST_FD, REPLY_FD = 0, 3
"""The child's only descriptors. The request, once read, is an empty standard input; 1 and 2 are closed."""

FILENAME = "<candidate>"

_AHEAD = 1 << 12
"""Bytes that are read at a time. They wait in the reader's own buffer, which holds no object that Python knows."""

_OUT_OF_MEMORY = REPLY.pack(OUTCOMES.index("memory"), 0, len(b"MemoryError")) + b"MemoryError"
"""Made before, as there may be no memory to make it in."""

_NAME_OF: Callable[[type], str] = type.__dict__["__name__"].__get__
"""The name of a type, whatever its metaclass makes of `__name__`."""

_CONTEXT_OF: Callable[[BaseException], BaseException | None] = BaseException.__dict__["__context__"].__get__

_CODES = {"0": RIGHT_ZERO, "0.0": RIGHT_ZERO, "1": RIGHT_ONE, "1.0": RIGHT_ONE}


class _Discard(io.TextIOBase):
    """Standard output and error of a candidate: takes everything, keeps nothing."""

    def write(self, text: str, /) -> int:
        return len(text)


def _one_by_one(request: Iterable[bytes]) -> Iterator[str]:
    """The inputs, each decoded when it is asked, and not before: what is still to come is no object of Python's."""
    for line in request:
        yield line[:-1].decode()


def _describe(error: BaseException) -> str:
    """Type and message. The message is the candidate's own code at work, and may raise itself."""
    try:
        return f"{_NAME_OF(type(error))}: {error}"
    except BaseException:  # noqa: BLE001 - whatever it raises, the type's name is left
        return _NAME_OF(type(error))


def _is_denied(error: BaseException | None) -> bool:
    """Whether the jail's refusal is behind this: it may come wrapped, as urllib does."""
    while error is not None:
        if issubclass(type(error), PermissionError):
            return True
        error = _CONTEXT_OF(error)
    return False


def code_of(value: object) -> int:
    """The prediction's code: RIGHT_ZERO or RIGHT_ONE for what spells 0 or 1, else BAD_VALUE.

    0 and 1 are spelled by bool, int, float, the strings "0", "1", "0.0", "1.0", and numpy's scalars of these.
    """
    if type(value).__module__ == "numpy" and getattr(value, "ndim", None) == 0:
        value = value.item()  # type: ignore[attr-defined]
        if type(value).__module__ == "numpy":  # longdouble, which Python has no type for
            value = float(cast("SupportsFloat", value))
    if isinstance(value, str):
        return _CODES.get(value.strip(), BAD_VALUE)
    if isinstance(value, (int, float)):
        return RIGHT_ZERO if value == 0 else RIGHT_ONE if value == 1 else BAD_VALUE
    return BAD_VALUE


def load(source: str) -> Callable[[Any], object]:
    """Run the program in one namespace, and give its `f`, or else the first function that it defines.

    Raises _Failed with `syntax_error`, `load_error`, `no_function`, `memory` or `violation`.
    """
    # A module that sys.modules knows: dataclasses and pickle look a class's module up by its name.
    module = ModuleType("candidate")
    sys.modules["candidate"] = module
    names = vars(module)
    try:
        code = compile(source.removeprefix("\ufeff"), FILENAME, "exec", dont_inherit=True)
    except MemoryError as error:
        raise _Failed("memory", error) from None
    except Exception as error:  # noqa: BLE001 - ValueError for NUL, RecursionError for deep nesting, UnicodeError for surrogates
        raise _Failed("syntax_error", error) from None
    try:
        exec(code, names)  # noqa: S102 - what a jail is for
    except MemoryError as error:
        raise _Failed("memory", error) from None
    except BaseException as error:  # noqa: BLE001 - SystemExit and KeyboardInterrupt among them
        raise _Failed("violation" if _is_denied(error) else "load_error", error) from None
    f: Callable[[Any], object] | None = names.get("f")
    if callable(f):
        return f
    for value in list(names.values()):
        if callable(value) and _is_defined_here(value):
            return cast("Callable[[Any], object]", value)
    raise _Failed("no_function", None)


def _is_defined_here(value: object) -> bool:
    try:
        function = getattr(value, "__wrapped__", value)  # of lru_cache and other decorators
        return isinstance(function, FunctionType) and function.__code__.co_filename == FILENAME
    except BaseException:  # noqa: BLE001 - an object that raises when looked at is no function
        return False


class _Failed(Exception):
    """The candidate has no predictions, for the reason that is one of OUTCOMES."""

    def __init__(self, outcome: str, error: BaseException | None) -> None:
        super().__init__(outcome)
        self.outcome = outcome
        self.detail = "" if error is None else _describe(error)


def run(f: Callable[[Any], Any], inputs: Iterable[Any]) -> tuple[bytes, str]:
    """One code an input, and what the first that is no prediction was. Raises _Failed (`memory`, `violation`)."""
    codes = bytearray()
    add, zero, one, false, true = codes.append, 0, 1, False, True
    raised = bad = ""
    for x in inputs:
        try:
            y = f(x)
            # Most candidates return plain bits, which are their own codes, and of which there is one object each.
            if y is zero or y is one or y is false or y is true:
                add(y)
                continue
            code = code_of(y)
            if code == BAD_VALUE:
                bad = bad or f"f returned {_NAME_OF(type(y))}, which is neither 0 nor 1"
        except MemoryError as error:
            raise _Failed("memory", error) from None
        except BaseException as error:  # noqa: BLE001 - SystemExit is one wrong answer too
            if _is_denied(error):
                raise _Failed("violation", error) from None
            code = RAISED
            raised = raised or _describe(error)
        add(code)
    return bytes(codes), raised or bad


def main() -> NoReturn:
    """Evaluate, reply, and leave without running anything that the candidate registered."""
    write, leave = os.write, os._exit
    try:
        reply = _evaluate()
    except MemoryError:  # raised where the candidate had left no memory to say so
        reply = _OUT_OF_MEMORY
    while reply:
        reply = reply[write(REPLY_FD, reply) :]
    leave(0)


def _evaluate() -> bytes:
    """Read the request, run the candidate on its inputs, and give the reply."""
    request = io.BufferedReader(io.FileIO(REQUEST_FD, closefd=False), _AHEAD)
    size, kind = REQUEST.unpack(request.read(REQUEST.size))
    source = request.read(size)
    chance.seed(source)
    lines = _one_by_one(request)
    inputs = map(parse_features, lines) if KINDS[kind] == "features" else lines
    try:
        codes, detail = run(load(decode(source)), inputs)
        outcome = 0
    except _Failed as failed:
        codes, detail, outcome = b"", failed.detail, OUTCOMES.index(failed.outcome)
    text = encode(detail[:DETAIL_CHARS])
    return REPLY.pack(outcome, len(codes), len(text)) + codes + text


def _no_sleep(seconds: float | SupportsIndex, /) -> None:
    """Stands for time.sleep: over at once, as a sleep would hold a slot of the harness, and make nothing better."""
    if float(seconds) < 0:
        raise ValueError("sleep length must be non-negative")


class _Hidden:
    """Finds no module of ours, where the project is installed among the libraries: no rule is to be had by import."""

    @staticmethod
    def find_spec(name: str, _path: object = None, _target: object = None) -> None:
        """Raise ModuleNotFoundError for the project's own."""
        if name.partition(".")[0] in ("bench", "targets"):
            raise ModuleNotFoundError(f"No module named {name!r}", name=name)


def prepare() -> None:
    """What can be done for every candidate before the fork: silence, no sleep, nothing of ours in its way or reach."""
    os.environ.clear()
    sys.argv[:] = ["candidate"]
    sys.stdin = sys.__stdin__ = io.StringIO()  # type: ignore[misc,assignment]
    sys.stdout = sys.stderr = sys.__stdout__ = sys.__stderr__ = _Discard()  # type: ignore[misc,assignment]
    warnings.simplefilter("ignore")
    time.sleep = _no_sleep
    tempfile.tempdir = "/tmp"  # noqa: S108 - else it looks for a writable folder, and hides that none may be written
    chance.prepare()
    for name in [name for name in sys.modules if name == "bench" or name.startswith("bench.")]:
        del sys.modules[name]
    sys.meta_path.insert(0, _Hidden)
