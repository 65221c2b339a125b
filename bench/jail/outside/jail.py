"""The jail as the harness uses it: it gives verdicts on programs that a zygote's children run."""

from collections.abc import AsyncIterator, Collection, Sequence
from contextlib import asynccontextmanager

import anyio

from bench.jail import wire
from bench.jail.isolation import Isolation
from bench.jail.outside import launch, slots
from bench.jail.outside.calls import Interpreter
from bench.jail.outside.exchange import ZygoteGone, converse, forked
from bench.jail.outside.judge import verdict_of
from bench.jail.outside.launch import Zygote
from bench.jail.outside.preloaded import BARE, WITH_NUMPY, preloaded_for
from bench.jail.outside.questions import questions
from bench.jail.outside.scarcity import MEMORY
from bench.jail.verdict import Limits, Verdict
from bench.jail.wire import Argument, longest_reply, request
from bench.record.errors import Error


class Jail:
    """Evaluates candidates, also several at a time. The first one starts a zygote.

    `without` leaves out parts of the isolation (`restrict.PARTS`): so tests can see how the jail
    holds on a machine that lacks them.
    """

    def __init__(self, *, without: Collection[str] = ()) -> None:
        self._without = tuple(without)
        self._zygotes: dict[tuple[str, ...], Zygote] = {}
        """By what they have imported: see preloaded.py."""
        self._starting = anyio.Lock()
        # This serves whoever comes first; `turn` serves whoever looks at the right moment.
        self._first = anyio.Semaphore(len(slots.processors()), fast_acquire=True)

    async def evaluate(
        self, source: str, inputs: Sequence[str], argument: Argument, limits: Limits
    ) -> Verdict:
        """Run a program on inputs (strings without line feeds), within the limits.

        The child gets each different input once, in an order that tells nothing of their places;
        the verdict is in the order given. The same program and inputs always have the same
        predictions, even if the program draws random numbers or counts its calls. Raises JailBroken
        if nothing can be run, and ValueError for an input with a line feed.
        """
        async with self.turn():
            for _ in range(2):
                zygote = await self.running(preloaded_for(source))
                try:
                    with forked(zygote, limits) as pipes:
                        asked = questions(tuple(inputs))
                        data = request(source, argument, asked.lines)
                        end, reply = await converse(pipes, data, longest_reply(asked.count))
                except ZygoteGone:
                    await self.discard(zygote)
                    continue
                return verdict_of(end, reply, asked, limits, zygote.isolation)
        MEMORY.need()
        return Verdict(
            predictions=None,
            error=Error.CRASHED,
            detail="the jail's zygote died under this candidate, twice",
            cpu_ms=0,
            wall_ms=0,
            peak_kib=None,
            isolation=zygote.isolation,
        )

    def start(self) -> Isolation:
        """Start the zygote already, and wait for it; gives its level of isolation.

        To be called once at most, before the first candidate. Raises JailBroken.
        """
        zygote = self._zygotes[BARE] = launch.start(BARE, self._without)
        return zygote.isolation

    def stop(self) -> None:
        """End a zygote that `start` left and nobody closed: nothing where one did."""
        while self._zygotes:
            self._zygotes.popitem()[1].stop()

    def interpreter(
        self,
        examples: Sequence[tuple[str, int]],
        argument: Argument,
        limits: Limits,
        output_chars: int,
    ) -> Interpreter:
        """An interpreter that lives for one attempt, with these examples and limits for each call.

        There is no child before its first call. Raises ValueError for an example with a line feed.
        """
        return Interpreter(
            self, wire.session(examples, argument, output_chars), limits, output_chars
        )

    async def aclose(self) -> None:
        """End the zygotes, and with them every child."""
        for zygote in list(self._zygotes.values()):
            await self.discard(zygote)

    @asynccontextmanager
    async def turn(self) -> AsyncIterator[None]:
        """Wait for a processor, and hold it."""
        async with self._first, slots.turn():
            yield

    async def running(self, preloaded: tuple[str, ...] = WITH_NUMPY) -> Zygote:
        """The zygote that has imported this, started if there is none. Raises JailBroken."""
        if preloaded in self._zygotes:
            return self._zygotes[preloaded]
        async with self._starting:
            if preloaded not in self._zygotes:
                self._zygotes[preloaded] = await anyio.to_thread.run_sync(
                    launch.start, preloaded, self._without
                )
            return self._zygotes[preloaded]

    async def discard(self, zygote: Zygote) -> None:
        """End a zygote with its children; the next one who needs it gets another.

        All that were in flight in it find it dead, and one of them ends it: two threads that read
        its last words would close the pipe under each other.
        """
        others = {kept: one for kept, one in self._zygotes.items() if one is not zygote}
        if len(others) == len(self._zygotes):
            return
        self._zygotes = others
        with anyio.CancelScope(shield=True):
            await anyio.to_thread.run_sync(zygote.stop)
