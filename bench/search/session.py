"""What a process holds while it runs tests: one event loop, one jail, a proposer for each model."""

from collections.abc import Callable, Coroutine
from contextlib import ExitStack
from dataclasses import replace
from typing import Any, Protocol, TypeVar

import anyio.from_thread

from bench.jail import Jail
from bench.options.settings import ENUMERATOR, Settings
from bench.proposers import make_asker
from bench.proposers.base import Proposer
from bench.question.dataset import obtain
from bench.question.grid import GridPoint
from bench.question.spec import DatasetSpec
from bench.record.attempt import Attempt
from bench.search.case import Case
from bench.search.conclusion import Searched
from bench.search.generalization import generalization_sets
from bench.search.loop import dry_run, search

T = TypeVar("T")


class _Closable(Protocol):
    async def aclose(self) -> None: ...


Started = TypeVar("Started", bound=_Closable)


class Session:
    """The synchronous face of the asynchronous core.

    The jail and the connections start when they are first needed.
    """

    def __init__(self, settings: Settings, run_id: str) -> None:
        self.settings = settings
        self.run_id = run_id
        self._stack = ExitStack()
        self._portal = self._stack.enter_context(anyio.from_thread.start_blocking_portal())
        self._jail = self._closing(Jail())
        self._proposers: dict[str, Proposer] = {}

    def search(self, point: GridPoint, judged: Callable[[Attempt], None]) -> Searched:
        """The search at a grid point; see `bench.search.loop.search`."""
        case, data = self._case(point), self.settings.data
        lengths = self.settings.search.generalize
        sets, notes = generalization_sets(
            case.dataset.spec, lengths, data.dataset_dir, data.raw_dir
        )
        return self._run(search, replace(case, generalization_sets=sets, notes=notes), judged)

    def dry_run(self, point: GridPoint) -> Attempt:
        """The record of a question that is not put."""
        return dry_run(self._case(point))

    def close(self) -> None:
        """Stop what was started, all of it, whatever fails on the way."""
        self._stack.close()

    def _case(self, point: GridPoint) -> Case:
        settings, data = self.settings, self.settings.data
        spec = DatasetSpec(
            target=point.target,
            length=point.length,
            train_size=data.train_size,
            val_size=data.val_size,
            test_size=data.test_size,
            seed=data.seed,
            trial=point.trial,
            negatives=data.negatives,
            representation=data.tabular_representation,
        )
        dataset = obtain(spec, data.dataset_dir, data.raw_dir)
        if point.model not in self._proposers:
            self._proposers[point.model] = self._closing(
                make_proposer(point.model, settings, self.run_id)
            )
        return Case(point, dataset, self._proposers[point.model], self._jail, settings, self.run_id)

    def _closing(self, started: Started) -> Started:
        self._stack.callback(self._run, started.aclose)
        return started

    def _run(self, function: Callable[..., Coroutine[Any, Any, T]], *arguments: object) -> T:
        future = self._portal.start_task_soon(function, *arguments)
        try:
            result: T = future.result()
        finally:
            future.cancel()  # after Ctrl-C nobody waits for the result: it need not go on
        return result


def make_proposer(model: str, settings: Settings, run_id: str) -> Proposer:
    """The proposer for this model: the enumerator, or a model behind the ledger."""
    if model == ENUMERATOR:
        from bench.proposers.enumerator import Enumerator

        enumerator: Proposer = Enumerator(seconds=settings.asking.enumerator_seconds)
        return enumerator
    from bench.ledger.proposer import Ledgered

    proposer = make_asker(settings.question, settings.asking)
    if settings.money.dry_run:
        return proposer  # nothing is asked, so nothing is recorded
    return Ledgered(proposer, settings, run_id)
