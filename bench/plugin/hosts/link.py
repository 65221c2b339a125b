"""The link between a worker on another machine and its controller: questions and their replies."""

from collections.abc import Callable
from concurrent.futures import Future
from itertools import count
from threading import Lock
from typing import Any

from bench.ledger.store import LedgerError
from bench.record.fields import fits

CUT = "the link to the run's controller is cut: run again to go on from what was answered"


class Link:
    """A worker's end. Any thread may ask; the reply comes in the thread that receives."""

    def __init__(self, channel: Any) -> None:
        self._channel = channel
        self._numbers = count()
        self._waiting: dict[int, Future[str]] = {}
        self._is_cut = False
        self._lock = Lock()
        channel.setcallback(self._hear, endmarker=None)

    def ask(self, about: str, text: str) -> str:
        """The controller's reply, however long it takes. Raises LedgerError where the link is cut.

        A link that is silent is cut once the system notices; until then nothing can be asked.
        """
        with self._lock:
            if self._is_cut:
                raise LedgerError(CUT)
            number = next(self._numbers)
            reply = self._waiting[number] = Future[str]()
        try:
            self._channel.send((number, about, text))
        except OSError:
            raise LedgerError(CUT) from None
        return reply.result()

    def _hear(self, reply: tuple[int, str] | None) -> None:
        with self._lock:
            if reply is not None:
                waiting = self._waiting.pop(reply[0])
            else:
                self._is_cut, cut_off = True, list(self._waiting.values())
                self._waiting.clear()
        if reply is not None:
            waiting.set_result(reply[1])
        else:
            for one in cut_off:
                one.set_exception(LedgerError(CUT))


def answer(channel: Any, reply: Callable[[str, str], str], refuse: Callable[[str], None]) -> None:
    """The controller's end: reply to what a worker asks, in the thread that receives.

    `reply` raises ValueError for what no worker asks, and `refuse` gets why.
    """

    def hear(asked: Any) -> None:
        try:
            if not isinstance(asked, tuple) or not _is_question(asked):
                raise ValueError("a question of another form")
            number, about, text = asked
            channel.send((number, reply(about, text)))
        except ValueError as error:
            refuse(str(error))
        except OSError:
            return  # the worker is gone, and nobody waits for the reply

    channel.setcallback(hear)


def _is_question(asked: tuple[Any, ...]) -> bool:
    return len(asked) == 3 and all(map(fits, asked, (int, str, str)))


def guard_writes(gateway: Any) -> None:
    """Let one thread after the other write: on a socket, two at once would mix their bytes."""
    lock, io = Lock(), gateway._io  # noqa: SLF001 - there is no face for it
    write = io.write

    def guarded(data: bytes) -> None:
        with lock:
            write(data)

    io.write = guarded
