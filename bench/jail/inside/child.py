"""One evaluation, in the child: load the candidate, run it on each input, reply.

All restrictions are in place before this runs. Nothing here is one: the candidate shares this
interpreter and may change all of it. walls/restrict.py restricts the child, and the harness checks
the form of every reply.
"""

import builtins
import gc
import os
import sys
from collections.abc import Callable, Iterable, Iterator
from io import BufferedReader, FileIO
from types import FunctionType, ModuleType
from typing import Any, NoReturn, SupportsFloat, cast

from bench.jail.features import parse_features
from bench.jail.inside import chance
from bench.jail.inside.refusals import FILENAME, describe, is_denied, name_of
from bench.jail.wire import (
    ARGUMENTS,
    BAD_VALUE,
    DETAIL_CHARS,
    OUTCOMES,
    RAISED,
    REPLY,
    REQUEST,
    RIGHT_ONE,
    RIGHT_ZERO,
    Argument,
    decode,
    encode,
    request,
)

# Builtins of our own: a candidate may change the shared ones.
globals()["__builtins__"] = dict(vars(builtins))

REPLY_FD, REQUEST_FD = 3, 4
"""The descriptors that a child has, beside 0, which is an empty pipe; 1 and 2 are closed."""

_AHEAD = 1 << 12
"""Bytes that are read at a time. They wait in the reader's buffer."""

_OUT_OF_MEMORY = REPLY.pack(OUTCOMES.index("memory"), 0, len(b"MemoryError")) + b"MemoryError"
"""Made in advance: when it is needed, there may be no memory left to make it."""

WARM_UPS = 20
"""Twice as many runs as CPython 3.11 takes to specialize code."""

_write, _leave = os.write, os._exit
"""Looked up before the fork, as each child needs them."""

_CODES = {"0": RIGHT_ZERO, "0.0": RIGHT_ZERO, "1": RIGHT_ONE, "1.0": RIGHT_ONE}


_reader: list[BufferedReader] = []
"""Reads the request. To make it takes a child longer than to use it, so the zygote does. While a
program is asked it is not here, where frames lead to it; while a program is loaded it is."""


def prepare() -> None:
    """Do before the fork what is the same for every child."""
    _reader[:] = [BufferedReader(FileIO(REQUEST_FD, closefd=False), _AHEAD)]


def _texts() -> Iterator[str]:
    """The inputs. Each becomes a Python object only when it is asked, so none can be looked up."""
    return _decoded(_reader.pop())


def _decoded(reader: BufferedReader) -> Iterator[str]:
    for line in reader:
        yield line[:-1].decode()
    _reader.append(reader)  # to close it would take a while


def _features() -> Iterator[dict[str, float | str]]:
    """The inputs as dicts of features."""
    return map(parse_features, _texts())


_INPUTS: dict[Argument, Callable[[], Iterable[Any]]] = {"text": _texts, "features": _features}


def code_of(value: object) -> int:
    """The code of a prediction: RIGHT_ZERO or RIGHT_ONE if the value means 0 or 1, else BAD_VALUE.

    A value may be a bool, an int, a float, one of the strings "0", "1", "0.0" and "1.0", or numpy's
    scalar of these.
    """
    if type(value).__module__ == "numpy" and getattr(value, "ndim", None) == 0:
        value = value.item()  # type: ignore[attr-defined]
        if type(value).__module__ == "numpy":  # longdouble has no type in Python
            value = float(cast("SupportsFloat", value))
    if isinstance(value, str):
        return _CODES.get(value.strip(), BAD_VALUE)
    if not isinstance(value, (int, float)):
        return BAD_VALUE
    if value == 0:
        return RIGHT_ZERO
    return RIGHT_ONE if value == 1 else BAD_VALUE


def load(source: str) -> Callable[[Any], object]:
    """Run the program in one namespace; its `f`, or the first function that it defines.

    Raises _Failed with `syntax_error`, `load_error`, `no_function`, `memory` or `violation`.
    """
    # In sys.modules, as dataclasses and pickle look a class's module up there by its name.
    module = ModuleType("candidate")
    sys.modules["candidate"] = module
    names = vars(module)
    try:
        code = compile(source.removeprefix("\ufeff"), FILENAME, "exec", dont_inherit=True)
    except MemoryError as error:
        raise _Failed("memory", error) from None
    # ValueError for NUL, RecursionError for deep nesting, UnicodeError for surrogates.
    except Exception as error:  # noqa: BLE001
        raise _Failed("syntax_error", error) from None
    try:
        exec(code, names)  # noqa: S102 - this is what the jail is for
    except MemoryError as error:
        raise _Failed("memory", error) from None
    except BaseException as error:  # noqa: BLE001 - SystemExit and KeyboardInterrupt among them
        raise _Failed("violation" if is_denied(error) else "load_error", error) from None
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
    """The candidate has no predictions; `outcome` is one of OUTCOMES."""

    def __init__(self, outcome: str, error: BaseException | None) -> None:
        super().__init__(outcome)
        self.outcome = outcome
        self.detail = "" if error is None else describe(error)


def run(f: Callable[[Any], Any], inputs: Callable[[], Iterable[Any]]) -> tuple[bytes, str]:
    """One code for each input, and what was wrong with the first one that has no prediction.

    The loop runs in C code, so that no frame that `f` can look into holds the inputs to come or the
    codes so far. Raises _Failed (`memory`, `violation`).
    """
    zero, one, false, true = 0, 1, False, True
    raised = bad = ""

    def ask(x: object) -> int:
        nonlocal raised, bad
        try:
            y = f(x)
            # Fast path: most candidates return plain bits. Python has one object for each of these,
            # and they are their own codes.
            if y is zero or y is one or y is false or y is true:
                return y
            code = code_of(y)
            if code == BAD_VALUE:
                bad = bad or f"f returned {name_of(type(y))}, which is neither 0 nor 1"
        except MemoryError as error:
            raise _Failed("memory", error) from None
        except BaseException as error:  # noqa: BLE001 - SystemExit is a wrong answer too
            if is_denied(error):
                raise _Failed("violation", error) from None
            raised = raised or describe(error)
            return RAISED
        return code

    codes = bytearray()
    # bytes(...) would put the iterator into a tuple, which gc shows.
    codes.extend(_unseen(map(ask, inputs())))
    return bytes(codes), raised or bad


def _unseen(iterator: Iterator[int]) -> Iterator[int]:
    """The same iterator, hidden from `gc`: frozen objects are not shown."""
    gc.freeze()
    return iterator


def warm_up() -> None:
    """Evaluate a program in the zygote: what Python notes of code as it runs, each child then has.

    After some runs code is specialized for what it meets, and attributes are found in a cache. A
    child would have to note it in pages of its own. REQUEST_FD has to be open, and is as before.
    """
    before = os.dup(REQUEST_FD)
    for _ in range(WARM_UPS):
        prepare()
        reading, writing = os.pipe()
        os.write(writing, request("def f(x): return 0", "text", b"0\n"))
        os.close(writing)
        os.dup2(reading, REQUEST_FD)
        os.close(reading)
        _evaluate()
    os.dup2(before, REQUEST_FD)
    os.close(before)
    chance.seed(b"")
    del sys.modules["candidate"]


def main() -> NoReturn:
    """Evaluate, reply, and end without running what the candidate registered to run at exit."""
    write, leave = _write, _leave
    try:
        reply = _evaluate()
    except MemoryError:  # there was no memory left even to make the reply
        reply = _OUT_OF_MEMORY
    while reply:
        reply = reply[write(REPLY_FD, reply) :]
    leave(0)


def _evaluate() -> bytes:
    """Read the request, run the candidate on its inputs, and give the reply."""
    # Through no name of this frame's, where a program would find the reader.
    size, argument = REQUEST.unpack(_reader[0].read(REQUEST.size))
    source = _reader[0].read(size)
    chance.seed(source)
    try:
        codes, detail = run(load(decode(source)), _INPUTS[ARGUMENTS[argument]])
        outcome = 0
    except _Failed as failed:
        codes, detail, outcome = b"", failed.detail, OUTCOMES.index(failed.outcome)
    return _reply(outcome, codes, detail)


def _reply(outcome: int, codes: bytes, detail: str) -> bytes:
    text = encode(detail[:DETAIL_CHARS])
    return REPLY.pack(outcome, len(codes), len(text)) + codes + text
