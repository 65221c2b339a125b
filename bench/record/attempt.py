"""One answer and what became of it."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, Generic, TypeVar, cast

from bench.record.answer import Answer
from bench.record.key import PointKey
from bench.record.outcome import Outcome
from bench.record.tools import NO_TOOLS
from bench.record.turns import Conversation
from bench.record.usage import Usage

PROGRAM, PREDICTOR = "program", "predictor"
"""The two kinds of hypothesis: source that the jail runs, and what is fitted and gives labels."""


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
class WrongAnswer:
    """A validation input that a hypothesis got wrong."""

    input: str
    label: int
    prediction: int | None
    """None where it raised, or gave something else than 0 or 1."""


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
    recovered: bool | None = None
    """Of a selected program that solves its point: whether no counterexample was found."""
    no_label: int | None = None
    """Of a predictor: how many of its answers are no label. They count as wrong."""
    val_wrong: tuple[WrongAnswer, ...] = ()
    """The first validation inputs that it got wrong: see `bench.score.accuracy.wrong_answers`."""

    @property
    def said_by_jail(self) -> str:
        """The detail as the jail gave it, for whichever split; empty where there is none."""
        return (self.error_detail or "").removeprefix(_ON_TEST_SPLIT)


_ON_TEST_SPLIT = "on the test split: "


def on_test_split(detail: str | None) -> str:
    """The `error_detail` of a program that failed on the test split alone."""
    return f"{_ON_TEST_SPLIT}{detail}"


Value = TypeVar("Value", covariant=True)


class Flat(Generic[Value]):
    """A field of an attempt's flat line: which part of the attempt holds it, and its name there.

    It reads as None from an attempt without that part, as one without a program.
    """

    def __init__(self, part: str, name: str = "") -> None:
        self.part = part
        self.name = name

    def __set_name__(self, owner: type, name: str) -> None:
        self.name = self.name or name

    def __get__(self, attempt: "Attempt", owner: type["Attempt"]) -> Value:
        part = getattr(attempt, self.part)
        return cast("Value", getattr(part, self.name, None))


@dataclass(frozen=True, slots=True, kw_only=True)
class Attempt:
    """One answer and what became of it: parts, and every field of the flat line by its name there.

    Times are in ms, costs in USD.
    """

    run_id: str
    point: PointKey
    attempt: int
    """Its number, from 1."""
    seed: int
    dataset_sha256: str
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
    conversation: Conversation = ()
    """The turns, where the model was given the Python tool. They are in no line."""
    hypothesis: str = PROGRAM
    """`program` or `predictor`. A predictor has no candidate, and its `text` is what it chose."""

    @property
    def labels_alone(self) -> bool:
        """Whether a model was asked for labels of test inputs alone: that cannot solve a point."""
        return self.hypothesis == PREDICTOR and self.val_acc is None and self.test_acc is not None

    @property
    def tools(self) -> tuple[str, ...]:
        """What the model was given."""
        return () if self.point.tools == NO_TOOLS else tuple(self.point.tools.split(";"))

    fn = Flat[str]("point")
    target = Flat[str]("point")
    length = Flat[int]("point")
    trial = Flat[int]("point")
    model = Flat[str]("point")
    reasoning_effort = Flat[str]("point")
    prompt_name = Flat[str]("point")
    train_size = Flat[int]("point")
    prompt = Flat[str]("asked", "text")
    prompt_version = Flat[str]("asked", "version")
    prompt_sha256 = Flat[str]("asked", "sha256")
    replayed = Flat[bool]("answer")
    text = Flat[str | None]("answer")
    response_id = Flat[str | None]("answer")
    request_id = Flat[str | None]("answer")
    usage = Flat[Usage]("answer")
    cost_usd = Flat[float | None]("answer")
    paid_usd = Flat[float | None]("answer")
    duration_ms = Flat[float | None]("answer")
    tool_uses = Flat[int]("answer")
    tool_results_chars = Flat[int]("answer")
    tool_cpu_ms = Flat[float | None]("answer")
    turns = Flat[int]("answer")
    started_at = Flat[str | None]("answer")
    contract = Flat[str | None]("candidate")
    code = Flat[str | None]("candidate")
    code_sha256 = Flat[str | None]("candidate", "sha256")
    val_acc = Flat[float | None]("judgement")
    test_acc = Flat[float | None]("judgement")
    error = Flat[str | None]("judgement")
    error_detail = Flat[str | None]("judgement")
    eval_ms = Flat[float | None]("judgement")
    isolation = Flat[str | None]("judgement")
    recovered = Flat[bool | None]("judgement")
    no_label = Flat[int | None]("judgement")
    val_wrong = Flat[tuple[WrongAnswer, ...]]("judgement")


def without_texts(attempt: Attempt) -> Attempt:
    """The attempt without prompt, answer and program, which are most of its size."""
    candidate = attempt.candidate
    return replace(
        attempt,
        asked=replace(attempt.asked, text=""),
        answer=replace(attempt.answer, text=None),
        candidate=None if candidate is None else replace(candidate, code=""),
        conversation=(),
    )


FLAT: Mapping[str, Flat[Any]] = {
    name: field for name, field in vars(Attempt).items() if isinstance(field, Flat)
}
"""The fields of the flat line that parts of an attempt hold, by their names in the line."""
