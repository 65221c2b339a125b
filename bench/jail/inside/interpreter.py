"""The interpreter of one attempt, in a child that stays: it runs one piece of code after the other.

All restrictions are in place before this runs, and nothing here is one: see child.py. Between two
calls the child is stopped (keeper.py), and waits for the next one when it goes on.
"""

import ast
import builtins
import io
import linecache
import os
import sys
import traceback
from contextlib import suppress
from types import ModuleType
from typing import Any, NoReturn

from bench.jail.features import parse_features
from bench.jail.inside import chance, child
from bench.jail.inside.refusals import CALL_FILENAME, blame, describe, is_own
from bench.jail.wire import ARGUMENTS, CALL, OUTCOMES, RESULT, SESSION, decode

# Builtins of our own: the code may change the shared ones.
globals()["__builtins__"] = dict(vars(builtins))

_FOLLOWING = bytes(range(0x80, 0xC0))
"""The bytes of UTF-8 that do not begin a character."""

_AT_A_TIME = 1 << 16

_read = os.read
"""Taken before the code may change it."""


def read_all(size: int) -> bytes:
    """So many bytes of the request. Raises EOFError."""
    parts = []
    while size:
        part = _read(child.REQUEST_FD, size)
        if not part:
            raise EOFError("the request ended early")
        parts.append(part)
        size -= len(part)
    return b"".join(parts)


class _Kept(io.RawIOBase):
    """A stream that counts the characters written to it, and keeps the first and the last ones."""

    def __init__(self, chars: int) -> None:
        self._most = 4 * chars
        """Bytes that are kept at either end: enough for so many characters of any kind."""
        self.clear()

    def clear(self) -> None:
        """Forget all that was written."""
        self._head = bytearray()
        self._tail = bytearray()
        self._chars = 0

    def writable(self) -> bool:
        return True

    def write(self, data: Any, /) -> int:
        view = memoryview(data)
        for at in range(0, len(view), _AT_A_TIME):
            self._keep(bytes(view[at : at + _AT_A_TIME]))
        return len(view)

    def _keep(self, part: bytes) -> None:
        self._chars += len(part.translate(None, _FOLLOWING))
        room = self._most - len(self._head)
        self._head += part[:room]
        self._tail += part[room:]
        if len(self._tail) > 2 * self._most + _AT_A_TIME:
            del self._tail[: -self._most]

    def cut(self, chars: int) -> tuple[int, bytes, bytes]:
        """How many characters are left out in the middle, and what stands before and after."""
        whole = (self._head + self._tail).decode(errors="replace")
        if self._chars <= chars and len(whole) <= chars:
            return 0, whole.encode(), b""
        before = (chars + 1) // 2
        after = chars - before
        head = self._head.decode(errors="replace")[:before]
        tail = whole[len(whole) - after :]
        left_out = max(self._chars, len(whole)) - len(head) - len(tail)
        return left_out, head.encode(), tail.encode()


class _Screen:
    """Standard output and error of the code, as one text in the order in which it was written."""

    def __init__(self, chars: int) -> None:
        self._chars = chars
        self._open()

    def _open(self) -> None:
        self._kept = _Kept(self._chars)
        buffer = io.BufferedWriter(self._kept)
        self._out, self._err = (
            io.TextIOWrapper(buffer, "utf-8", "backslashreplace", write_through=True)
            for _ in range(2)
        )

    def attach(self) -> None:
        """Put the streams in their place, clean and open, whatever the last call did to them."""
        try:
            self._out.flush()
            self._err.flush()
        except ValueError:  # closed, or detached
            self._open()
        self._kept.clear()
        sys.stdout = sys.__stdout__ = self._out  # type: ignore[misc]
        sys.stderr = sys.__stderr__ = self._err  # type: ignore[misc]

    def show(self, text: str) -> None:
        """Add a text, even if the code has closed its streams."""
        with suppress(ValueError):
            self._out.flush()
        self._kept.write(text.encode(errors="backslashreplace"))

    def result(self, number: int) -> bytes:
        """What is on the screen, as the RESULT of a call."""
        self.show("")
        left_out, head, tail = self._kept.cut(self._chars)
        sizes = len(head), len(tail)
        return RESULT.pack(number, OUTCOMES.index(None), left_out, *sizes) + head + tail


def main() -> NoReturn:
    """Run each call and send its result, until there is no harness left to send one."""
    write, leave, settrace = os.write, os._exit, sys.settrace
    argument, chars, size = SESSION.unpack(read_all(SESSION.size))
    examples = _examples(read_all(size).decode(), ARGUMENTS[argument])
    chance.seed(b"")  # so that the same calls have the same results
    names = _namespace(examples)
    screen = _Screen(chars)
    while True:
        try:
            number, size = CALL.unpack(read_all(CALL.size))
            source = read_all(size)
        except EOFError:
            leave(0)
        # Made in advance: when it is needed, there may be no memory left to make it.
        out_of_memory = RESULT.pack(number, OUTCOMES.index("memory"), 0, 0, 0)
        screen.attach()
        try:
            _run(decode(source), number, names, screen)
            result = screen.result(number)
            settrace(None)  # which takes memory from Python 3.12 on
            is_last = False
        except MemoryError:
            result = out_of_memory
            is_last = True
        while result:
            result = result[write(child.REPLY_FD, result) :]
        if is_last:
            leave(0)


def _examples(lines: str, argument: str) -> list[tuple[Any, int]]:
    """The examples: each input as `f` receives it, and its label."""
    parse = parse_features if argument == "features" else str
    return [(parse(line[1:]), int(line[0])) for line in lines.split("\n")[:-1]]


def _namespace(examples: list[tuple[Any, int]]) -> dict[str, Any]:
    """The names of a fresh `__main__`, as dataclasses and pickle look it up."""
    module = ModuleType("__main__")
    sys.modules["__main__"] = module
    names = vars(module)
    names["__builtins__"] = builtins
    names["examples"] = examples
    return names


def _run(source: str, number: int, names: dict[str, Any], screen: _Screen) -> None:
    """Run a piece of code, and show the value of a last expression, or the exception.

    Raises MemoryError.
    """
    filename = f"{CALL_FILENAME}{number}>"
    # Where tracebacks find the lines, see the module linecache.
    linecache.cache[filename] = (len(source), None, source.splitlines(keepends=True), filename)
    try:
        statements, expression = _compile(source, filename)
        exec(statements, names)  # noqa: S102 - this is what the jail is for
        if expression is not None:
            value = eval(expression, names)  # noqa: S307
            if value is not None:
                screen.show(f"{value!r}\n")
    except MemoryError:
        raise
    except BaseException as error:  # noqa: BLE001 - SystemExit too: the interpreter goes on
        screen.show(_traceback(error))


def _compile(source: str, filename: str) -> tuple[Any, Any]:
    """The statements, and the last one by itself if it is an expression, else None."""
    text = source.removeprefix("\ufeff")
    # Not ast.parse, as the code may have changed what that uses.
    tree: Any = compile(text, filename, "exec", ast.PyCF_ONLY_AST, dont_inherit=True)
    expression = None
    last = tree.body[-1] if tree.body else None
    if isinstance(last, ast.Expr):
        del tree.body[-1]
        expression = compile(ast.Expression(last.value), filename, "eval", dont_inherit=True)
    return compile(tree, filename, "exec", dont_inherit=True), expression


def _traceback(error: BaseException) -> str:
    """The traceback of an exception, with the frames of the code's own alone."""
    try:
        trace = traceback.TracebackException.from_exception(error, lookup_lines=False, compact=True)
        _keep_own_frames(trace)
        text = "".join(trace.format())
    except MemoryError:
        raise
    except BaseException:  # noqa: BLE001 - the exception is of the code's own making
        return f"{describe(error)}\n"
    note = blame(error)
    return text if note is None else f"{text}{note}\n"


def _keep_own_frames(trace: traceback.TracebackException | None) -> None:
    while trace is not None:
        trace.stack[:] = [frame for frame in trace.stack if is_own(frame.filename)]
        for each in trace.exceptions or ():  # of an exception group
            _keep_own_frames(each)
        trace = trace.__cause__ or trace.__context__
