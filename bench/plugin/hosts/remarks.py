"""What a host says on standard error: lines of text, each with the host's name.

It comes by way of ssh, and is foreign: nothing in it may steer the terminal.
"""

import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from functools import partial
from threading import Thread
from typing import TextIO

from bench.record.widths import fit
from bench.record.wording import ONE_LINE, printable

MOST, WIDEST = 200, 500
"""Lines of a host that are told, and characters of one."""

_LONGEST = 8192
"""Bytes after which a line without an end is taken for one."""

_LAST_SECONDS = 1.0
"""How long to wait for what a host that could not be started has to say."""

_STDERR = 2


@contextmanager
def heard(host: str) -> Iterator[None]:
    """Tell what is said on standard error by the processes that are started within, to their end.

    What this process itself says meanwhile is told in the same way.
    """
    try:
        before, told = os.dup(_STDERR), os.dup(_STDERR)
    except OSError:  # it is closed, and nobody hears anything
        yield
        return
    reading, writing = os.pipe()
    teller = Thread(target=_tell, args=(host, reading, told), daemon=True)
    teller.start()
    os.dup2(writing, _STDERR)
    os.close(writing)
    try:
        yield
    except BaseException:
        _put_back(before)
        teller.join(_LAST_SECONDS)  # the error refers to it
        raise
    _put_back(before)


def _put_back(before: int) -> None:
    os.dup2(before, _STDERR)
    os.close(before)


def _tell(host: str, reading: int, told: int) -> None:
    """Tell the lines as they come, until nobody can say more. What is beyond MOST is drained."""
    with open(reading, "rb") as said, open(told, "w", encoding="utf-8", buffering=1) as terminal:
        lines = iter(partial(said.readline, _LONGEST), b"")
        for number, line in enumerate(line for line in lines if line.strip()):
            if number < MOST:
                text = printable(line.decode(errors="replace").rstrip(), ONE_LINE)
                _write(terminal, f"host {host}: {fit(text, min(len(text), WIDEST))}\n")
            elif number == MOST:
                _write(terminal, f"host {host}: it says more, which is left out\n")


def _write(terminal: TextIO, line: str) -> None:
    with suppress(OSError):  # the terminal is gone, and the host must not wait for it
        terminal.write(line)
