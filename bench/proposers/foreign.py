"""Proposers of somebody else's: what a plugin's hook gives goes in, and a registration comes out.

Whatever fails in them says whose it is, and is an outage: it never counts against a model.
"""

import json
from collections.abc import Callable, Mapping
from dataclasses import replace
from functools import partial
from typing import Any, TypeVar, get_args

from bench.options.settings import Settings, SettingsError
from bench.proposers.foreign_answer import sound_answer
from bench.proposers.foreign_predictor import ForeignPredictor
from bench.proposers.function import FunctionProposer
from bench.proposers.plugin_faults import blaming
from bench.proposers.proposer import Outage, Proposer, Request
from bench.proposers.registry import (
    Answers,
    PredictorRegistration,
    Registered,
    Registration,
    Source,
)
from bench.record.answer import Answer
from bench.record.wording import in_one_line

T = TypeVar("T")

_OF_PROPOSERS = ("name", "body", "propose", "aclose")
_OF_PREDICTORS = ("name", "test_size", "opening", "fit", "aclose")


def source_of(hook: Callable[[str, Settings], object], plugin: str) -> Source:
    """The hook of a plugin, as what a registry asks.

    A function that it gives becomes a proposer whose answers are recorded. The source raises
    SettingsError, with a line that names the plugin, where the hook fails or gives something else.
    """

    def source(model: str, settings: Settings) -> Registered | None:
        who = f"--model {model}: the plugin {plugin}"
        try:
            found = hook(model, settings)
        except (SettingsError, KeyboardInterrupt):
            raise
        except BaseException as error:  # noqa: BLE001 - it is somebody else's: the line says whose
            raise SettingsError(
                f"{who}: pytest_llmpv_proposer raised {in_one_line(error)}"
            ) from None
        if callable(found) and not isinstance(found, Registered):
            ask = partial(FunctionProposer, found, settings.asking)
            found = Registration(make=ask, answers="recorded")
        if isinstance(found, Registered) and found.answers not in get_args(Answers):
            raise SettingsError(
                f"{who}: {found.answers!r} is not allowed for answers; "
                f"give one of {', '.join(get_args(Answers))}"
            )
        if isinstance(found, Registration):
            make = partial(_proposer, found, model, plugin)
            return replace(found, make=make, plugin=plugin)
        if isinstance(found, PredictorRegistration):
            fits = partial(_predictor, found, model, plugin)
            return replace(found, make=fits, plugin=plugin)
        if found is not None:
            what = f"{type(found).__name__}: no function, no registration"
            raise SettingsError(f"{who}: pytest_llmpv_proposer gave {what}")
        return None

    return source


def _proposer(registration: Registration, model: str, plugin: str) -> "ForeignProposer":
    made = _made(registration.make, _OF_PROPOSERS, f"--model {model}: the plugin {plugin}")
    return ForeignProposer(made, f"the plugin {plugin}")


def _predictor(registration: PredictorRegistration, model: str, plugin: str) -> ForeignPredictor:
    made = _made(registration.make, _OF_PREDICTORS, f"--model {model}: the plugin {plugin}")
    return ForeignPredictor(made, f"the plugin {plugin}")


def _made(make: Callable[[], T], needed: tuple[str, ...], who: str) -> T:
    """What was registered. Raises Outage where it cannot be made, or lacks something."""
    with blaming(f"{who}: make"):
        made = make()
    for name in needed:
        if not hasattr(made, name):
            what = f"make gave {type(made).__name__}, which has no {name!r}"
            raise Outage(f"{who}: {what}", "model")
    return made


class ForeignProposer:
    """A proposer of somebody else's, who is named in front of what goes wrong."""

    def __init__(self, proposer: Proposer, who: str) -> None:
        self.name = str(proposer.name)
        self._proposer = proposer
        self._who = who

    def __getattr__(self, name: str) -> Any:
        return getattr(self._proposer, name)  # what a proposer that works in the background has

    def body(self, request: Request) -> Mapping[str, Any]:
        """The proposer's body. Raises Outage."""
        with blaming(self._who):
            body: object = self._proposer.body(request)
            if not isinstance(body, Mapping):
                raise Outage(f"body gave {type(body).__name__}, and no mapping", "point")
            json.dumps(dict(body))  # it is recorded as JSON
        return body

    async def propose(self, request: Request) -> Answer:
        """The proposer's answer. Raises Outage or BudgetSpent."""
        with blaming(self._who):
            return sound_answer(await self._proposer.propose(request), "propose gave")

    async def aclose(self) -> None:
        """Let the proposer release what it holds. Raises Outage."""
        with blaming(self._who):
            await self._proposer.aclose()
