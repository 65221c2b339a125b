"""The harness's side of the jail: hands programs and inputs to children of a zygote, and gives verdicts."""

from collections.abc import Collection, Sequence

import anyio

from bench.jail.outside import launch, slots
from bench.jail.outside.exchange import ZygoteGone, converse, forked
from bench.jail.outside.judge import verdict_of
from bench.jail.outside.launch import Zygote
from bench.jail.outside.questions import questions
from bench.jail.verdict import Limits, Verdict
from bench.jail.wire import InputKind, longest_reply, request
from bench.record.errors import Error


class Jail:
    """Evaluates candidates, several at a time if asked.

    Starts its zygote when the first one arrives.

    `without` leaves out parts of the isolation (`restrict.PARTS`), to see how the jail holds where
    they are missing.
    """

    def __init__(self, *, without: Collection[str] = ()) -> None:
        self._without = tuple(without)
        self._zygote: Zygote | None = None
        self._starting = anyio.Lock()
        # First come, first served here; in `turn`, whoever looks at the right moment.
        self._first = anyio.CapacityLimiter(len(slots.processors()))

    async def evaluate(
        self, source: str, inputs: Sequence[str], kind: InputKind, limits: Limits
    ) -> Verdict:
        """Run a program on inputs (strings without line feeds), within the limits.

        The child learns nothing of where an input stood, and is asked one that is there twice once;
        the verdict is in the order given. The same program and inputs have the same predictions,
        whatever the program draws or counts. Raises JailBroken where nothing can be run, ValueError
        for an input with a line feed.
        """
        async with self._first, slots.turn():
            for _ in range(2):
                zygote = await self._running()
                try:
                    with forked(zygote, limits) as pipes:
                        asked = questions(tuple(inputs))
                        data = request(source, kind, asked.lines)
                        end, reply = await converse(pipes, data, longest_reply(asked.count))
                except ZygoteGone:
                    await self._discard(zygote)
                    continue
                return verdict_of(end, reply, asked, limits, zygote.isolation)
        detail = "the jail's zygote died under this candidate, twice"
        return Verdict(
            predictions=None, error=Error.CRASHED, detail=detail, cpu_ms=0, wall_ms=0, peak_kib=None,
            isolation=zygote.isolation,
        )  # fmt: skip

    async def aclose(self) -> None:
        """End the zygote, and with it every child."""
        if self._zygote is not None:
            await self._discard(self._zygote)

    async def _running(self) -> Zygote:
        async with self._starting:
            if self._zygote is None:
                self._zygote = await anyio.to_thread.run_sync(
                    lambda: launch.start(without=self._without)
                )
            return self._zygote

    async def _discard(self, zygote: Zygote) -> None:
        if self._zygote is zygote:
            self._zygote = None
        with anyio.CancelScope(shield=True):
            await anyio.to_thread.run_sync(zygote.stop)
