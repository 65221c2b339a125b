"""What a process holds while it runs tests: one event loop, one jail, a proposer for each model."""

import sys
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Protocol, TypeVar

import anyio
import anyio.from_thread
import anyio.lowlevel

from bench.jail import Jail
from bench.ledger.offloop import in_thread
from bench.ledger.rounds import Rounds
from bench.options.settings import Settings
from bench.proposers import LabelRegistration, PredictorRegistration, Registration, Registry
from bench.proposers.predictor import Predictor
from bench.proposers.proposer import Proposer
from bench.question.dataset import Dataset, beginning, obtain
from bench.question.grid import GridPoint
from bench.question.spec import spec_of
from bench.record.attempt import Attempt
from bench.search.case import Case, PredictorCase
from bench.search.conclusion import Searched
from bench.search.flight import Coming, Flight, Planned, Search, nothing
from bench.search.generalization import generalization_sets
from bench.search.in_context import InContext, lanes
from bench.search.loop import dry_run, search
from bench.search.open_files import searches_at_once

if TYPE_CHECKING:
    from bench.ledger.books import Books

LOOK_SECONDS = 0.2
"""How often a test that waits looks at what else there is to do."""


class _Closable(Protocol):
    async def aclose(self) -> None: ...


Started = TypeVar("Started", bound=_Closable)
Given = TypeVar("Given")


@dataclass(frozen=True, slots=True)
class Controller:
    """What a process on another machine than its run's leaves to that."""

    books: Callable[[], "Books"]
    """The run's ledger and account."""
    compare: Callable[[GridPoint, Dataset], None]
    """Raises DatasetError where a dataset of a point is not that of the run."""


class Session:
    """The synchronous face of the asynchronous core.

    The jail and the connections start when they are first needed.
    """

    def __init__(
        self,
        settings: Settings,
        registry: Registry,
        run_id: str,
        coming: Coming = nothing,
        ahead: int = 0,
        jail: Jail | None = None,
        controller: Controller | None = None,
    ) -> None:
        """`coming` says which tests are next, of which up to `ahead` are begun before they ask.

        `jail` is one that runs already: it is closed with the session. There is a `controller`
        where this machine is another than the run's.
        """
        self.settings = settings
        self._registry = registry
        self.run_id = run_id
        self._controller = controller
        self.rounds = Rounds()
        """Tells what is waited for, with `--batch`."""
        concurrency = searches_at_once(settings)
        # A batch has what all searches of the run ask, over a few connections.
        most = sys.maxsize if settings.asking.batch else concurrency
        self._lanes = lanes(most)
        self._stack = ExitStack()
        self._portal = self._stack.enter_context(anyio.from_thread.start_blocking_portal())
        self._loop = self._portal.call(anyio.lowlevel.current_token)
        self._jail = self._closing(jail or Jail())
        self._proposers: dict[str, Proposer] = {}
        self._predictors: dict[str, Predictor] = {}
        self._builder = self._stack.enter_context(ThreadPoolExecutor(1, "datasets"))
        """Builds one after the other, and none for a search that is stopped before its turn."""
        self._computing = anyio.CapacityLimiter(concurrency)
        """Room for searches whose answers this machine makes, however many wait for a batch."""
        self._flight = Flight(most, ahead, self._search, coming)
        self._kept_up, _ = self._portal.start_task(self._flight.keep_up)

    def begin(self, test: str, point: GridPoint) -> Search:
        """The search of a test, which was begun ahead or begins now."""
        (search,) = self.begin_all([Planned(test, point)])
        return search

    def begin_all(self, planned: Iterable[Planned]) -> list[Search]:
        """The searches of several tests, which begin together."""
        return self._on_loop(lambda: [self._flight.ask(one) for one in planned])

    def wait(self, begun: Search, meanwhile: Callable[[], None] = lambda: None) -> Searched:
        """What a search leaves (see `bench.search.loop`); `meanwhile` is called now and then."""
        try:
            while not _ends_within(LOOK_SECONDS, begun):
                self._on_loop(self._flight.fill)  # a worker may have been given more tests
                meanwhile()
            return begun.ended.result()
        finally:
            if not begun.ended.done():  # after a Ctrl-C: what nobody waits for need not go on
                self._on_loop(begun.scope.cancel)

    def dry_run(self, point: GridPoint) -> Attempt:
        """The record of a question that is not put."""
        case = self._case(point)
        if not isinstance(case, PredictorCase):
            return dry_run(case)
        from bench.search.prediction import predictor_dry_run

        return predictor_dry_run(case)

    def ahead(self, now: str | None) -> tuple[int, int]:
        """Of the tests that have not asked, but for the present one: see `Flight.ahead_of`."""
        return self._flight.ahead_of(now)

    def stop(self) -> None:
        """Stop the searches that are in flight, and begin none ahead any more."""
        self._on_loop(self._flight.stop)

    def close(self) -> None:
        """Stop what was started, all of it, whatever fails on the way."""
        try:
            self._on_loop(self._flight.end)
            self._kept_up.result()
        finally:
            self._stack.close()

    async def _search(self, point: GridPoint, judged: Callable[[Attempt], None]) -> Searched:
        if self._registry[point.model].answers == "paid":
            with self.rounds.search():
                return await self._searched(point, judged)
        async with self._computing:
            return await self._searched(point, judged)

    async def _searched(self, point: GridPoint, judged: Callable[[Attempt], None]) -> Searched:
        case = await in_thread(self._builder, self._whole_case, point)
        if not isinstance(case, PredictorCase):
            return await search(case, judged)
        from bench.search.prediction import predict

        return await predict(case, judged)

    def _whole_case(self, point: GridPoint) -> Case | PredictorCase:
        case, data = self._case(point), self.settings.data
        lengths = self.settings.search.generalize
        sets, notes = generalization_sets(
            case.dataset.spec, lengths, data.dataset_dir, data.raw_dir
        )
        if self._controller is not None:
            for other in sets:
                self._controller.compare(point, other)
        return replace(case, generalization_sets=sets, notes=notes)

    def _case(self, point: GridPoint) -> Case | PredictorCase:
        settings, run_id, data = self.settings, self.run_id, self.settings.data
        spec = spec_of(point.target, point.length, point.trial, data)
        dataset = beginning(obtain(spec, data.dataset_dir, data.raw_dir), point.train_size)
        if self._controller is not None:
            self._controller.compare(point, dataset)
        model, registration = point.model, self._registry[point.model]
        if not isinstance(registration, Registration):
            if model not in self._predictors:
                self._predictors[model] = self._closing(self._predictor(registration))
            return PredictorCase(point, dataset, self._predictors[model], settings, run_id)
        if model not in self._proposers:
            proposer = self._asker(registration)
            self._proposers[model] = self._closing(proposer)
        return Case(point, dataset, self._proposers[model], self._jail, settings, run_id)

    def _predictor(self, registration: PredictorRegistration | LabelRegistration) -> Predictor:
        if isinstance(registration, PredictorRegistration):
            return registration.make()
        asker = self._asker(registration.asked)
        batch, test_size = self.settings.question.icl_batch, self.settings.data.icl_test_size
        return InContext(asker, batch, test_size, self._lanes)

    def _asker(self, registration: Registration) -> Proposer:
        books = None if self._controller is None else self._controller.books
        return make_proposer(registration, self.settings, self.run_id, self.rounds, books)

    def _on_loop(self, function: Callable[[], Given]) -> Given:
        """What a function gives, called by the event loop. The portal would make it a task."""
        return anyio.from_thread.run_sync(function, token=self._loop)

    def _closing(self, started: Started) -> Started:
        self._stack.callback(lambda: self._portal.call(started.aclose))
        return started


def _ends_within(seconds: float, begun: Search) -> bool:
    """Whether a search ends within so many seconds. Raises CancelledError for one that was stopped.

    What the search itself raised is given by `exception`, and so is not taken for a late end.
    """
    try:
        begun.ended.exception(seconds)
    except TimeoutError:
        return False
    return True


def make_proposer(
    registration: Registration,
    settings: Settings,
    run_id: str,
    rounds: Rounds | None = None,
    books: "Callable[[], Books] | None" = None,
) -> Proposer:
    """The proposer of a registration, behind the ledger where its answers are recorded.

    `rounds` are those of the searches that ask it; `books` opens another ledger than the settings'.
    """
    proposer = registration.make()
    if registration.answers == "computed" or settings.money.dry_run:
        return proposer  # with --dry-run nothing is asked, so nothing is recorded
    from bench.ledger.ledgered import Ledgered

    is_paid, opened = registration.answers == "paid", books() if books else None
    return Ledgered(proposer, settings, run_id, is_paid=is_paid, rounds=rounds, books=opened)
