"""One evaluation, in the child: load the candidate, run it on each input, reply.

Runs after every restriction.

Nothing here is a wall: the candidate shares this interpreter and may change all of it. The walls
are put up by walls/restrict.py, and the harness believes nothing of a reply but its form.
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
    BAD_VALUE,
    DETAIL_CHARS,
    KINDS,
    OUTCOMES,
    RAISED,
    REPLY,
    REQUEST,
    RIGHT_ONE,
    RIGHT_ZERO,
    InputKind,
    decode,
    encode,
)

# Of our own: a candidate may change the shared ones
globals()["__builtins__"] = dict(vars(builtins))

REQUEST_FD, REPLY_FD = 0, 3
"""The descriptors that a child is born with; 1 and 2 are closed."""

_INPUTS_FD = 4
"""Where the request goes on after the program: 0 is an empty standard input then, which a program
may read.
"""

_AHEAD = 1 << 12
"""Bytes that are read at a time. They wait in the reader's own buffer, which holds no object that
Python knows.
"""

_OUT_OF_MEMORY = REPLY.pack(OUTCOMES.index("memory"), 0, len(b"MemoryError")) + b"MemoryError"
"""Made before, as there may be no memory to make it in."""

_CODES = {"0": RIGHT_ZERO, "0.0": RIGHT_ZERO, "1": RIGHT_ONE, "1.0": RIGHT_ONE}


def _read(size: int) -> bytes:
    parts = []
    while size:
        part = os.read(REQUEST_FD, size)
        if not part:
            raise EOFError("the request ended early")
        parts.append(part)
        size -= len(part)
    return b"".join(parts)


def _empty_standard_input() -> None:
    os.dup2(REQUEST_FD, _INPUTS_FD)
    empty, writer = os.pipe()
    os.close(writer)
    os.dup2(empty, REQUEST_FD)
    os.close(empty)


def _texts() -> Iterator[str]:
    """The inputs, each decoded when it is asked, and not before: what is still to come is no object of Python's."""
    return _decoded(BufferedReader(FileIO(_INPUTS_FD, closefd=False), _AHEAD))


def _decoded(lines: Iterable[bytes]) -> Iterator[str]:
    for line in lines:
        yield line[:-1].decode()


def _features() -> Iterator[dict[str, float | str]]:
    """The same as dicts of features."""
    return map(parse_features, _texts())


_INPUTS: dict[InputKind, Callable[[], Iterable[Any]]] = {"text": _texts, "features": _features}


def code_of(value: object) -> int:
    """The prediction's code: RIGHT_ZERO or RIGHT_ONE for what spells 0 or 1, else BAD_VALUE.

    0 and 1 are spelled by bool, int, float, the strings "0", "1", "0.0", "1.0", and numpy's scalars
    of these.
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
    """The candidate has no predictions, for the reason that is one of OUTCOMES."""

    def __init__(self, outcome: str, error: BaseException | None) -> None:
        super().__init__(outcome)
        self.outcome = outcome
        self.detail = "" if error is None else describe(error)


def run(f: Callable[[Any], Any], inputs: Callable[[], Iterable[Any]]) -> tuple[bytes, str]:
    """One code an input, and what the first that is no prediction was.

    Raises _Failed (`memory`, `violation`).

    The loop is C code, so that no frame that `f` can look into holds the inputs to come, or the
    codes so far.
    """
    zero, one, false, true = 0, 1, False, True
    raised = bad = ""

    def ask(x: object) -> int:
        nonlocal raised, bad
        try:
            y = f(x)
            # Most candidates return plain bits, which are their own codes, and of which there is
            # one object each.
            if y is zero or y is one or y is false or y is true:
                return y
            code = code_of(y)
            if code == BAD_VALUE:
                bad = bad or f"f returned {name_of(type(y))}, which is neither 0 nor 1"
        except MemoryError as error:
            raise _Failed("memory", error) from None
        except BaseException as error:  # noqa: BLE001 - SystemExit is one wrong answer too
            if is_denied(error):
                raise _Failed("violation", error) from None
            raised = raised or describe(error)
            return RAISED
        return code

    codes = bytearray()
    # bytes(...) would put it into a tuple, which gc shows
    codes.extend(_unseen(map(ask, inputs())))
    return bytes(codes), raised or bad


def _unseen(iterator: Iterator[int]) -> Iterator[int]:
    """The same, but no more among the objects that `gc` shows."""
    gc.freeze()
    return iterator


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
    size, kind = REQUEST.unpack(_read(REQUEST.size))
    source = _read(size)
    _empty_standard_input()
    chance.seed(source)
    try:
        codes, detail = run(load(decode(source)), _INPUTS[KINDS[kind]])
        outcome = 0
    except _Failed as failed:
        codes, detail, outcome = b"", failed.detail, OUTCOMES.index(failed.outcome)
    text = encode(detail[:DETAIL_CHARS])
    return REPLY.pack(outcome, len(codes), len(text)) + codes + text
