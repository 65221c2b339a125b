"""Proposers of somebody else's: what a plugin's hook gives goes in, and a registration comes out.

Whatever fails in them says whose it is, and is an outage: it never counts against a model.
"""

from collections.abc import Callable, Mapping
from dataclasses import replace
from functools import partial
from typing import Any

from bench.options.settings import Settings, SettingsError
from bench.proposers.function import FunctionProposer
from bench.proposers.proposer import BudgetSpent, Outage, Proposer, Request
from bench.proposers.registry import PredictorRegistration, Registered, Registration, Source
from bench.record.answer import Answer
from bench.record.wording import printable


def source_of(hook: Callable[[str, Settings], object], plugin: str) -> Source:
    """The hook of a plugin, as what a registry asks.

    A function that it gives becomes a proposer whose answers are recorded. The source raises
    SettingsError, with a line that names the plugin, where the hook fails or gives something else.
    """

    def source(model: str, settings: Settings) -> Registered | None:
        try:
            found = hook(model, settings)
        except SettingsError:
            raise
        except Exception as error:  # noqa: BLE001 - it is somebody else's, and the line says whose
            raise _fault(model, plugin, f"raised {_told(error)}") from None
        if found is None or isinstance(found, PredictorRegistration):
            return found
        who = f"the plugin {plugin}"
        if isinstance(found, Registration):
            return replace(found, make=partial(_made, found.make, model, who))
        if callable(found):
            make = partial(FunctionProposer, found, settings.asking)
            return Registration(make=partial(_made, make, model, who), answers="recorded")
        raise _fault(model, plugin, f"gave {type(found).__name__}: no function, no Registration")

    return source


def _fault(model: str, plugin: str, what: str) -> SettingsError:
    return SettingsError(f"--model {model}: pytest_llmpv_proposer of the plugin {plugin} {what}")


def _told(error: BaseException) -> str:
    return printable(" ".join(f"{type(error).__name__}: {error}".split()))


def _made(make: Callable[[], Proposer], model: str, who: str) -> Proposer:
    """The proposer. Raises SettingsError where there is none."""
    try:
        proposer = make()
    except SettingsError:
        raise
    except Exception as error:  # noqa: BLE001 - as above
        raise SettingsError(f"--model {model}: {who}: make raised {_told(error)}") from None
    for needed in ("name", "body", "propose", "aclose"):
        if not hasattr(proposer, needed):
            what = f"make gave {type(proposer).__name__}, which has no {needed!r}"
            raise SettingsError(f"--model {model}: {who}: {what}")
    return ForeignProposer(proposer, who)


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
        try:
            return self._proposer.body(request)
        except Exception as error:
            raise self._outage(error) from error

    async def propose(self, request: Request) -> Answer:
        """The proposer's answer. Raises Outage or BudgetSpent."""
        try:
            answer = await self._proposer.propose(request)
        except BudgetSpent:
            raise
        except (Exception, SystemExit) as error:
            raise self._outage(error) from error
        if not isinstance(answer, Answer) or not isinstance(answer.text, str | None):
            what = f"propose gave {type(answer).__name__}, and no Answer with a text"
            raise Outage(f"{self._who}: {what}", "point")
        return answer

    async def aclose(self) -> None:
        """Let the proposer release what it holds. Raises Outage."""
        try:
            await self._proposer.aclose()
        except Exception as error:
            raise self._outage(error) from error

    def _outage(self, error: BaseException) -> Outage:
        """What went wrong, and whose it is. It ends the point, as it is no sign of a server."""
        if isinstance(error, Outage):
            return type(error)(f"{self._who}: {error}", error.ends, error.status)
        return Outage(f"{self._who}: {_told(error)}", "point")
