"""What is known of a model's proposer before it is asked, and the proposers that are built in."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Literal

from bench.options.model_names import (
    COMMAND,
    ENUMERATOR,
    IN_CONTEXT,
    LEARNER,
    asked_name,
    is_in_context,
)
from bench.options.settings import (
    AskingOptions,
    QuestionOptions,
    Settings,
    SettingsError,
)
from bench.proposers.predictor import Predictor
from bench.proposers.proposer import Proposer
from bench.question.grid import Indifferent
from bench.record.tools import NO_TOOLS, PYTHON

Answers = Literal["paid", "recorded", "computed"]
"""What answers take. `paid`: a server's, for money: they need a key, a price, a budget, the ledger.
`recorded`: they cost time alone, and would not come the same again, so they are in the ledger.
`computed`: the same each time, and soon, so that nothing of them is kept.
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Registration:
    """A model's proposer, and what a run has to know of it before it asks."""

    make: Callable[[], Proposer]
    """Starts the proposer. A process that asks the model calls it once."""
    answers: Answers
    takes_effort: bool = False
    """Whether `--reasoning-effort` makes a difference to it."""
    takes_tools: bool = False
    """Whether it can be given tools."""
    takes_prompt: Literal[True] = True
    """Whether it reads the prompt."""
    plugin: str | None = None
    """The plugin that it is of, as a run finds out; None for the benchmark's own."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PredictorRegistration:
    """A model that is a predictor, and what a run has to know of it: no prompt, and no tools."""

    make: Callable[[], Predictor]
    answers: Answers
    takes_effort: bool = False
    takes_tools: Literal[False] = False
    takes_prompt: Literal[False] = False
    plugin: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class LabelRegistration:
    """A model that is asked for labels in context, by whatever answers for its name."""

    asked: Registration
    takes_tools: Literal[False] = False
    takes_prompt: Literal[False] = False

    @property
    def plugin(self) -> str | None:
        """The plugin that whoever answers is of."""
        return self.asked.plugin

    @property
    def answers(self) -> Answers:
        """What its answers take."""
        return self.asked.answers

    @property
    def takes_effort(self) -> bool:
        """Whether `--reasoning-effort` makes a difference to it."""
        return self.asked.takes_effort


Registered = Registration | PredictorRegistration
Source = Callable[[str, Settings], Registered | None]
"""From a model's name to its registration, as the hook `pytest_llmpv_proposer` has it."""


@dataclass(frozen=True, slots=True)
class Registry:
    """The registrations of a run's models, by their names."""

    of_model: Mapping[str, Registered | LabelRegistration]

    def __getitem__(self, model: str) -> Registered | LabelRegistration:
        return self.of_model[model]

    @property
    def paid(self) -> tuple[str, ...]:
        """The models whose answers cost money."""
        return tuple(name for name, one in self.of_model.items() if one.answers == "paid")

    @property
    def paid_proposers(self) -> Mapping[str, Registration]:
        """Those of them that read prompts, with what is asked: for programs, or for labels."""
        found = {}
        for name in self.paid:
            one = self.of_model[name]
            asked = one.asked if isinstance(one, LabelRegistration) else one
            if isinstance(asked, Registration):
                found[name] = asked
        return found

    @property
    def indifferent(self) -> Indifferent:
        """The models to which an axis makes no difference."""
        models = self.of_model.items()
        return Indifferent(
            effort=tuple(name for name, one in models if not one.takes_effort),
            tools=tuple(name for name, one in models if not one.takes_tools),
            prompt=tuple(name for name, one in models if not one.takes_prompt),
        )

    @property
    def plugins(self) -> Mapping[str, str]:
        """The plugin of each model that has one."""
        return {name: one.plugin for name, one in self.of_model.items() if one.plugin is not None}

    @property
    def recorded(self) -> tuple[str, ...]:
        """The models whose answers are in the ledger, those that cost money among them."""
        return tuple(name for name, one in self.of_model.items() if one.answers != "computed")


def enumerator(model: str, settings: Settings) -> Registration | None:
    """The embedded enumerator."""
    if model != ENUMERATOR:
        return None
    asking = settings.asking

    def make() -> Proposer:
        from bench.proposers.enumerator import Enumerator

        return Enumerator(asking.enumerator_seconds, asking.concurrency)

    return Registration(make=make, answers="computed")


def learner(model: str, _settings: Settings) -> PredictorRegistration | None:
    """A classical learner. Raises SettingsError where there is none of this name."""
    if not model.startswith(LEARNER):
        return None
    from bench.proposers.learners import Learner, algorithm_of

    return PredictorRegistration(make=partial(Learner, algorithm_of(model)), answers="computed")


def command(model: str, settings: Settings) -> Registration | None:
    """A command, `command:./agent.sh`. Raises SettingsError where it cannot be run."""
    if not model.startswith(COMMAND):
        return None
    from bench.proposers.external_command import CommandProposer, argv_of
    from bench.proposers.foreign import ForeignProposer

    argv = argv_of(model, settings)

    def make() -> Proposer:
        return ForeignProposer(CommandProposer(argv, settings.asking), model)

    return Registration(make=make, answers="recorded")


def from_server(_model: str, settings: Settings) -> Registration:
    """The server of `--base-url`, which may know a model of any name."""
    make = partial(make_asker, settings.question, settings.asking)
    return Registration(make=make, answers="paid", takes_effort=True, takes_tools=True)


def make_asker(question: QuestionOptions, asking: AskingOptions) -> Proposer:
    """The proposer that asks a server, over the API of `--api`.

    Raises SettingsError for options that do not go together.
    """
    from bench.proposers.api.chat import Chat
    from bench.proposers.api.responses import Responses

    if asking.cancel_on_exit and not (asking.background or asking.batch):
        raise SettingsError(
            "--cancel-on-exit: there is nothing to cancel without --background or --batch"
        )
    if asking.batch and asking.background:
        raise SettingsError(
            "--background: with --batch the server answers later anyway; give one alone"
        )
    if asking.batch and PYTHON in question.tools:
        raise SettingsError(
            "--batch: with --tools python each call would wait for a batch of its own; "
            "give one of the two alone"
        )
    if question.tool_choice == "required" and question.tools == (NO_TOOLS,):
        raise SettingsError("--tool-choice required: there is no tool without --tools")
    api = Chat if asking.api == "chat" else Responses
    return api(question, asking)


BUILT_IN: Mapping[str, Source] = {
    "enumerator": enumerator,
    "learners": learner,
    "command": command,
    "server": from_server,
}
"""By name, in the order in which they are asked. The last one takes any model."""


def registry_of(
    settings: Settings, sources: Iterable[Source] = tuple(BUILT_IN.values())
) -> Registry:
    """The first registration that one of the sources gives, for each model.

    Raises SettingsError for a model that none of them knows.
    """
    sources = tuple(sources)
    models = settings.question.model
    return Registry({model: _of_model(model, settings, sources) for model in models})


def _of_model(
    model: str, settings: Settings, sources: Iterable[Source]
) -> Registered | LabelRegistration:
    if not is_in_context(model):
        return _first(model, settings, sources)
    name = asked_name(model)
    found = _first(name, settings, sources) if name and not is_in_context(name) else None
    if isinstance(found, Registration) and found.answers != "computed":
        return LabelRegistration(asked=found)
    raise SettingsError(
        f"--model {model}: give {IN_CONTEXT} and the name of a model that answers any prompt"
    )


def _first(model: str, settings: Settings, sources: Iterable[Source]) -> Registered:
    for source in sources:
        if (found := source(model, settings)) is not None:
            return found
    raise SettingsError(f"--model {model}: no plugin knows it")
