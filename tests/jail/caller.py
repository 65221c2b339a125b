"""One jail for synchronous tests."""

from collections.abc import Callable, Collection, Iterator, Sequence
from contextlib import contextmanager

import anyio.from_thread

from bench.jail import Argument, Jail, Limits, Verdict
from bench.record.errors import Error

LIMITS = Limits(cpu_seconds=2, memory_mib=256)
INPUTS = ("0110", "0111", "1111", "1000", "0000")
PARITY = bytes([0, 1, 0, 1, 0])


class Caller:
    """Evaluates on one jail, and checks what holds for every verdict."""

    def __init__(self, portal: anyio.from_thread.BlockingPortal, without: Collection[str]) -> None:
        self.portal = portal
        self.jail = Jail(without=without)

    def __call__(
        self,
        source: str,
        inputs: Sequence[str] = INPUTS,
        limits: Limits = LIMITS,
        argument: Argument = "text",
    ) -> Verdict:
        verdict = self.portal.call(self.jail.evaluate, source, inputs, argument, limits)
        assert verdict.error is None or isinstance(verdict.error, Error)
        assert (verdict.predictions is None) <= (verdict.error is not None)
        assert verdict.predictions is None or len(verdict.predictions) == len(inputs)
        assert verdict.detail is None or (
            verdict.detail.isprintable() and len(verdict.detail) <= 2000
        )
        return verdict


@contextmanager
def calling(without: Collection[str] = ()) -> Iterator[Caller]:
    """A jail, and an event loop for it in a thread."""
    with anyio.from_thread.start_blocking_portal() as portal:
        caller = Caller(portal, without)
        yield caller
        portal.call(caller.jail.aclose)


Jails = Callable[[tuple[str, ...]], Caller]
"""From what a jail is to do without to the one that tests share."""
