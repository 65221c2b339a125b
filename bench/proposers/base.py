"""What every proposer takes and gives: a `Request` in, an `Answer` out, or one of the errors below."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal, Protocol

from bench.record.answer import Answer

Ends = Literal["point", "effort", "model", "run"]
"""How much a failure ends: one grid point, a model at one reasoning effort, a model, or the whole
run.
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """One question.

    The attempts of one grid point share everything but `attempt` (1 for the first).
    """

    point: str
    """The grid point's test id: for messages and the prompt cache key, never part of what is
    asked.
    """
    model: str
    reasoning_effort: str
    prompt: str
    trial: int
    attempt: int


class Proposer(Protocol):
    """Whatever turns a prompt into an answer."""

    name: str
    """What `Attempt.proposer` says: `enumerator`, `responses`, `chat`."""
    tools: tuple[str, ...]

    def body(self, request: Request) -> Mapping[str, Any]:
        """The exact body that would be sent for this request."""
        ...

    async def propose(self, request: Request) -> Answer:
        """Answer the request. Raises Outage or BudgetSpent where there is no answer to be had."""
        ...

    async def aclose(self) -> None:
        """Release what is held: connections, files."""
        ...


class Backgrounded(Protocol):
    """A proposer whose answer can be started now and collected later, by another process if need be."""

    async def start(self, request: Request) -> str | Answer:
        """Have the answer made in the background. Raises Outage.

        The id to collect it by, or the answer itself where it is there at once.
        """
        ...

    async def collect(self, request: Request, response_id: str, *, is_new: bool = False) -> Answer:
        """Poll, ever more slowly, until the answer is there.

        Raises Outage; Lost where it will never be there. An id that `is_new` may not be known to
        the server yet: it is polled for again for a while before it is lost.
        """
        ...

    async def cancel(self, response_id: str) -> None:
        """Have the answer made no further. Raises Outage."""
        ...


class Outage(Exception):
    """The question could not be put: no key, the server down, a broken ledger.

    One line: what, and what to do.
    """

    def __init__(self, line: str, ends: Ends | None = None, status: int | None = None) -> None:
        super().__init__(line)
        self.status = status
        """The HTTP status, where a reply had one."""
        self.ends = ends
        """What need not be asked again, as waiting cannot help; None where it may."""


class Refused(Outage):
    """A content filter held the prompt back. Its words are the answer."""


class Lost(Outage):
    """A background answer that will never be there: it failed, was cancelled, or the server has it no more."""


class Broken(Outage):
    """A reply that broke off, or did not come in time.

    It may be billed, and to ask again may be billed again.
    """


class BudgetSpent(Exception):
    """The next request could pass `--max-cost`.

    One line that says how much is spent and reserved.
    """
