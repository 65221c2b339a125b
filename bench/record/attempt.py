"""One answer and what became of it."""

from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import TYPE_CHECKING, Any

from bench.record.answer import Answer
from bench.record.key import PointKey
from bench.record.outcome import Outcome


@dataclass(frozen=True, slots=True)
class Prompt:
    """What was asked. The name of its template is in the point."""

    text: str
    version: str
    """Of the template."""
    sha256: str
    """Hex digest of the text."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate:
    """The program in an answer."""

    code: str
    contract: str | None = None
    """`strict` or `lenient`: how it was found."""
    sha256: str | None = None
    """Hex digest of the code."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Judgement:
    """What is said of an answer: its program's accuracies, or why it has none."""

    val_acc: float | None = None
    test_acc: float | None = None
    error: str | None = None
    """A value of `bench.record.errors.Error`, or what another version wrote; None for none."""
    error_detail: str | None = None
    eval_ms: float | None = None
    isolation: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Attempt:
    """One answer and what became of it. Times in ms, cost in USD."""

    run_id: str
    point: PointKey
    attempt: int
    """Its number, from 1."""
    seed: int
    dataset_sha256: str
    tools: tuple[str, ...]
    proposer: str
    asked: Prompt
    answer: Answer
    """Its `error` (the model did not answer) is not in a line, and not read back from one."""
    candidate: Candidate | None = None
    judgement: Judgement = Judgement()
    selected: bool = False
    stopped_early: bool = False
    request: Mapping[str, Any] | None = None
    """The request's body, in a dry run alone: otherwise the ledger has it."""
    outcome: Outcome | None = None
    """The outcome of the search, on the last of its attempts."""

    @property
    def code(self) -> str | None:
        """The candidate's source."""
        return self.candidate.code if self.candidate else None

    @property
    def val_acc(self) -> float | None:
        """The candidate's accuracy on the validation split."""
        return self.judgement.val_acc

    @property
    def test_acc(self) -> float | None:
        """The selected candidate's accuracy on the test split."""
        return self.judgement.test_acc

    @property
    def error(self) -> str | None:
        """What was wrong with it."""
        return self.judgement.error

    if not TYPE_CHECKING:

        def __getattr__(self, name: str) -> Any:
            """A field of the flat line by its name there, for notebooks: `attempt.cost_usd`."""
            for part, names in PARTS.items():
                if name in names:
                    return getattr(getattr(self, part), names[name], None)
            raise AttributeError(f"an attempt has no {name!r}")


def _same(*names: str) -> dict[str, str]:
    return {name: name for name in names}


_OF_ANSWER = ("replayed", "text", "response_id", "request_id", "usage", "cost_usd", "duration_ms")
_OF_TOOLS = ("tool_uses", "tool_results_chars")

PARTS: Mapping[str, Mapping[str, str]] = {
    "point": _same(*(f.name for f in fields(PointKey))),
    "asked": {"prompt": "text", "prompt_version": "version", "prompt_sha256": "sha256"},
    "answer": _same(*_OF_ANSWER, *_OF_TOOLS, "started_at"),
    "candidate": {"contract": "contract", "code": "code", "code_sha256": "sha256"},
    "judgement": _same(*(f.name for f in fields(Judgement))),
}
"""Which part of an attempt holds a field of the flat line, and what the field is called there."""
