"""What every proposer takes and gives: a `Request` in, an `Answer` or one of these errors out."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal, Protocol

from bench.record.answer import Answer
from bench.record.tools import NO_TOOLS, ToolResult
from bench.record.turns import Conversation
from bench.record.usage import Usage

Examples = tuple[tuple[str, int], ...]
"""Inputs with their labels."""

Ends = Literal["point", "effort", "model", "run"]
"""What a failure ends: a grid point, a model at one reasoning effort, a model, or the run."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """One question. The attempts of a grid point differ in `attempt` alone (1 for the first)."""

    point: str
    """The grid point's test id, for messages. It is no part of what is asked."""
    model: str
    reasoning_effort: str
    prompt: str
    shared: str = ""
    """The beginning of the prompt that other requests have as well, if there are such: the server
    need not read it anew each time.
    """
    trial: int
    attempt: int
    tools: str = NO_TOOLS
    """What the model is given: `none`, `code_interpreter` or `python`."""
    tool: str = ""
    """With `python`: the tool's description, as the model reads it."""
    turns: Conversation = ()
    """What came before in the conversation of this attempt."""
    examples: Examples = field(default=(), repr=False)
    """The training examples, which the prompt shows: for a proposer that need not read them there.
    They are no part of the key that an answer is found by, as the prompt is.
    """
    calls_left: int | None = None
    """How many more calls of the Python tool are run; at 0 the request forbids further ones."""


class Proposer(Protocol):
    """Whatever turns a prompt into an answer."""

    name: str
    """`enumerator`, `responses`, `chat`, `function` or `command`, as `Attempt.proposer` has it."""

    def body(self, request: Request) -> Mapping[str, Any]:
        """The exact body that would be sent for this request."""
        ...

    async def propose(self, request: Request) -> Answer:
        """Answer the request. Raises Outage or BudgetSpent where there is no answer."""
        ...

    async def aclose(self) -> None:
        """Release what is held: connections, files."""
        ...


class Conversing(Protocol):
    """A proposer that remembers the results of a turn's calls beside the turn's answer."""

    async def recall(self, request: Request) -> tuple[ToolResult, ...] | None:
        """The recorded results of the calls in the answer to this request; None without any.

        Raises Outage.
        """
        ...

    async def note(
        self, request: Request, results: tuple[ToolResult, ...]
    ) -> tuple[ToolResult, ...]:
        """Record results before the next turn is asked. Raises Outage.

        Gives what is recorded: the results of another search that had the same answer, if it was
        quicker. So both ask the same next, and one of them pays.
        """
        ...


class Backgrounded(Protocol):
    """A proposer whose answers can be started now and collected later, even by another process."""

    async def start(self, request: Request) -> str | Answer:
        """Start an answer in the background. Raises Outage.

        Returns the id to collect it by, or the answer itself if it is there at once.
        """
        ...

    async def collect(self, request: Request, response_id: str, *, is_new: bool = False) -> Answer:
        """Poll, ever more slowly, until the answer is there.

        Raises Outage, and Lost where the answer will never be there. The server may not know an id
        yet that `is_new`: that one counts as lost only after a while.
        """
        ...

    async def cancel(self, response_id: str) -> None:
        """Have the server stop working on the answer. Raises Outage."""
        ...


class Outage(Exception):
    """The question could not be put: no key, the server down, a broken ledger.

    Its text is one line: what happened, and what to do.
    """

    def __init__(self, line: str, ends: Ends | None = None, status: int | None = None) -> None:
        super().__init__(line)
        self.status = status
        """The HTTP status, where a reply had one."""
        self.ends = ends
        """What need not be asked again, because waiting will not help; None where it may."""
        self.usage = Usage()
        """What the server says it took all the same: a reply that is no answer may be billed."""


class Refused(Outage):
    """A content filter held the prompt back. What it says is the answer."""


class Lost(Outage):
    """A background answer will never be there: it failed, was cancelled, or was deleted."""


class TooLong(Lost):
    """The model cannot read so much at once. Of a conversation that has grown, that is the end."""


class Broken(Outage):
    """A reply broke off, or did not come in time. It may be billed, and so may asking again."""


class Unserved(Outage):
    """A batch came back without an answer to this line, through no fault of the line.

    Nothing is billed for it, and it may be asked again.
    """


class BudgetSpent(Exception):
    """The next request could pass `--max-cost`. One line says what is spent and reserved."""
