"""The harness's side of the jail: hands programs and inputs to children of a zygote, and gives verdicts."""

import os
import random
from collections.abc import Collection, Sequence
from typing import TYPE_CHECKING

import anyio

from bench.jail import launch
from bench.jail.exchange import ZygoteGone, converse, forked
from bench.jail.judge import verdict_of
from bench.jail.launch import Zygote
from bench.jail.verdict import Limits, Verdict
from bench.jail.wire import KINDS, REQUEST, InputKind, encode, longest_reply

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray


class Jail:
    """Evaluates candidates, several at a time if asked. Starts its zygote when the first one arrives.

    `without` leaves out parts of the isolation (`restrict.PARTS`), to see how the jail holds where they are missing.
    """

    def __init__(self, *, without: Collection[str] = ()) -> None:
        self._without = tuple(without)
        self._zygote: Zygote | None = None
        self._starting = anyio.Lock()
        # More children than processors would only wait for one another, and run into their wall time.
        self._slots = anyio.CapacityLimiter(_processors())

    async def evaluate(self, source: str, inputs: Sequence[str], kind: InputKind, limits: Limits, seed: int) -> Verdict:
        """Run a program on inputs (strings without line feeds), within the limits.

        The seed orders the inputs (the verdict is in the order given) and feeds the candidate's random numbers.
        Raises JailBroken where nothing can be run, ValueError for an input with a line feed.
        """
        async with self._slots:
            for _ in range(2):
                zygote = await self._running()
                try:
                    with forked(zygote, limits) as pipes:
                        order = _order(len(inputs), seed)
                        request = _request(source, [inputs[i] for i in order.tolist()], kind, seed)
                        end, reply = await converse(pipes, request, longest_reply(len(inputs)), limits)
                except ZygoteGone:
                    await self._discard(zygote)
                    continue
                return verdict_of(end, reply, order, limits, zygote.isolation)
        detail = "the jail's zygote died under this candidate, twice"
        return Verdict(
            predictions=None, error="crashed", detail=detail, cpu_ms=0, wall_ms=0, peak_kib=None,
            isolation=zygote.isolation,
        )  # fmt: skip

    async def aclose(self) -> None:
        """End the zygote, and with it every child."""
        if self._zygote is not None:
            await self._discard(self._zygote)

    async def _running(self) -> Zygote:
        async with self._starting:
            if self._zygote is None:
                self._zygote = await anyio.to_thread.run_sync(lambda: launch.start(without=self._without))
            return self._zygote

    async def _discard(self, zygote: Zygote) -> None:
        if self._zygote is zygote:
            self._zygote = None
        with anyio.CancelScope(shield=True):
            await anyio.to_thread.run_sync(zygote.stop)


def _processors() -> int:
    """How many processors this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def _order(count: int, seed: int) -> "NDArray[np.intp]":
    """A permutation of `count` numbers, by sorting random keys. Not drawn from what the candidate draws from."""
    import numpy as np

    keys = random.Random(f"order {seed}").randbytes(8 * count)  # noqa: S311 - repeatable on purpose
    return np.frombuffer(keys, np.uint64).argsort()


def _request(source: str, inputs: list[str], kind: InputKind, seed: int) -> bytes:
    program, lines = encode(source), encode("\n".join(inputs))
    if lines.count(b"\n") != max(0, len(inputs) - 1):
        raise ValueError("an input holds a line feed")
    head = REQUEST.pack(len(program), len(lines), len(inputs), KINDS.index(kind), seed % 2**64)
    return head + program + lines
