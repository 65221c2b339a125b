"""A request that is sent in a batch, with others that share what goes wrong."""

import asyncio
import copy
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from bench.ledger.polling import Returned
from bench.proposers.proposer import Outage, Request


@dataclass(slots=True, eq=False)
class Gathered:
    """A request that waits to be sent, or for its batch."""

    key: str
    request: Request
    body: Mapping[str, Any]
    is_noted: bool = False
    """Whether the ledger has it as a request of a batch, which may be bought from then on."""
    results: "asyncio.Future[Returned]" = field(
        default_factory=lambda: asyncio.get_running_loop().create_future()
    )

    def bring(self, results: Returned) -> None:
        """Give the results of its batch to who asked."""
        if not self.results.done():
            self.results.set_result(results)

    def fail(self, error: Exception) -> None:
        """Let who asked raise this."""
        if not self.results.done():
            # One error that thousands raise would keep what each of them holds.
            own = copy.copy(error) if isinstance(error, Outage) else error
            self.results.set_exception(own)


@contextmanager
def failing(part: Sequence[Gathered]) -> Iterator[None]:
    """Let whatever goes wrong within be each request's to raise: all of them wait for this."""
    try:
        yield
    except Exception as error:  # noqa: BLE001 - the requests raise it
        for one in part:
            one.fail(error)
