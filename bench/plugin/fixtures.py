"""The fixture of the benchmark's test: what the search at a grid point left."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

import pytest

from bench.jail import JailBroken
from bench.plugin.hosts.arrival import controller_of
from bench.plugin.stash import AHEAD, ATTEMPTS, HEADWAY, JAIL, LINK, REGISTRY, RUN_ID, SETTINGS
from bench.plugin.which_point import need_point
from bench.proposers.proposer import BudgetSpent, Outage
from bench.question.grid import GridPoint
from bench.question.spec import DatasetError
from bench.record.attempt import Attempt
from bench.record.outcome import Outcome
from bench.record.undecided import budget_line
from bench.record.wording import printable
from targets import TargetFault
from targets.raw import RawTableMissing

if TYPE_CHECKING:  # imported by the processes that run tests
    from bench.search.session import Session


@dataclass(frozen=True, slots=True)
class SearchedPoint:
    """What the search at a grid point left, and what its test is to ask of it."""

    attempts: tuple[Attempt, ...]
    outcome: Outcome
    needs_recovery: bool
    """Whether the point passes only where its program was tried as the rule, and not refuted."""


class Fixtures:
    """The fixture of the benchmark's test, with the searches of this process.

    It is a plugin's method, as that knows the configuration and the test without `request`, which
    pytest makes anew for each test and each fixture that asks for it: a tenth of a millisecond.
    """

    def __init__(self, config: pytest.Config) -> None:
        self._config = config
        self._ahead = config.stash[AHEAD]
        self._needs_recovery = config.stash[SETTINGS].search.require_recovery

    @pytest.fixture
    def searched(self) -> SearchedPoint:
        """What the search at a grid point left. An error where the question could not be put.

        Its parameter is the point.
        """
        test, searches = self._ahead.now, self._searches()
        point = need_point(test)
        with _as_pytest_calls_it(point, searches):
            if searches.settings.money.dry_run:
                test.stash[ATTEMPTS] = [searches.dry_run(point)]
                pytest.skip("dry run")
            search = searches.begin(test.nodeid, point)
            test.stash[ATTEMPTS] = search.attempts
            found = searches.wait(search, self._config.stash[HEADWAY].look)
            test.stash[ATTEMPTS] = list(found.attempts)
            return SearchedPoint(found.attempts, found.outcome, self._needs_recovery)

    def _searches(self) -> "Session":
        """The process's event loop with its searches, jail and proposers, from its first test on.

        It ends with pytest's session, as the last test is torn down.
        """
        ahead = self._ahead
        if ahead.searches is None:
            ahead.searches = self._begun()
            ahead.now.session.addfinalizer(self._end)
        return ahead.searches

    def _begun(self) -> "Session":
        from bench.search.session import Session

        stash, ahead = self._config.stash, self._ahead
        jail, link = stash.get(JAIL, None), stash.get(LINK, None)
        return Session(
            stash[SETTINGS],
            stash[REGISTRY],
            stash[RUN_ID],
            ahead.coming,
            ahead.most,
            jail,
            None if link is None else controller_of(link, stash[SETTINGS]),
        )

    def _end(self) -> None:
        if (searches := self._ahead.searches) is not None:
            searches.close()
            self._ahead.searches = None


@contextmanager
def _as_pytest_calls_it(point: GridPoint, searches: "Session") -> Iterator[None]:
    """Say in pytest's own ways why a question could not be put."""
    try:
        yield
    except BudgetSpent as spent:
        raise pytest.skip.Exception(printable(budget_line(str(spent)))) from None
    except RawTableMissing as missing:
        if searches.settings.grid.functions:
            line = printable(f"{point.id}: {missing}")
            raise pytest.fail.Exception(line, pytrace=False) from None
        raise pytest.skip.Exception(printable(str(missing))) from None
    except (Outage, DatasetError, TargetFault, JailBroken) as error:
        raise pytest.fail.Exception(printable(f"{point.id}: {error}"), pytrace=False) from None
